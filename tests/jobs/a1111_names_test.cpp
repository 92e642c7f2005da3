#include "jobs/a1111_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sfumato {
namespace {

TEST(A1111Names, NameEverySamplerAndScheduleApart) {
  std::vector<std::string_view> seen;
  for (const auto& entry : names<SamplingMethod>()) {
    const std::string_view name = a1111_sampler(entry.value);
    EXPECT_NE(name, "") << entry.name;
    EXPECT_EQ(std::ranges::count(seen, name), 0) << name;
    seen.push_back(name);
  }
  for (const auto& entry : names<Scheduler>()) EXPECT_NE(a1111_schedule(entry.value), "") << entry.name;
}

TEST(A1111Names, AreReadBack) {
  for (const auto& method : names<SamplingMethod>()) {
    EXPECT_EQ(sampler_named(method.name).value().method, method.value) << method.name;
    EXPECT_EQ(sampler_named(a1111_sampler(method.value)).value().method, method.value) << method.name;
    EXPECT_FALSE(sampler_named(method.name).value().scheduler) << method.name;
  }
  for (const auto& scheduler : names<Scheduler>()) {
    EXPECT_EQ(scheduler_named(scheduler.name), scheduler.value);
    const bool is_discrete =
        scheduler.value == Scheduler::discrete;  // A1111's nearest is Normal, which is k-diffusion's
    EXPECT_EQ(scheduler_named(a1111_schedule(scheduler.value)), is_discrete ? Scheduler::normal : scheduler.value);
  }
}

TEST(A1111Names, MayHaveTheScheduleAtTheirEnd) {
  const SamplerWords words = sampler_named("DPM++ 2M Karras").value();
  EXPECT_EQ(words.method, SamplingMethod::dpmpp_2m);
  EXPECT_EQ(words.scheduler, Scheduler::karras);
  EXPECT_EQ(sampler_named("DPM++ 2M Polyexponential").value().scheduler, Scheduler::polyexponential);
}

TEST(A1111Names, OfOtherProgramsAreKnown) {
  EXPECT_EQ(sampler_named("k_euler_a").value().method, SamplingMethod::euler_a);
  EXPECT_EQ(sampler_named("euler_ancestral").value().method, SamplingMethod::euler_a);
  EXPECT_EQ(sampler_named("plms").value().method, SamplingMethod::pndm);
  EXPECT_EQ(sampler_named("dpmpp_2m").value().method, SamplingMethod::dpmpp_2m);
  EXPECT_EQ(sampler_named("dpmpp_3m_sde_gpu").value().method, SamplingMethod::dpmpp_3m_sde);
  EXPECT_EQ(sampler_named("euler_ancestral_cfg_pp").value().method, SamplingMethod::euler_a_cfg_pp);
  EXPECT_EQ(sampler_named("DPM++ 2M SDE Heun Exponential").value().method, SamplingMethod::dpmpp_2m_sde_heun);
  EXPECT_EQ(sampler_named("euler_ge").value().method, SamplingMethod::gradient_estimation);
  EXPECT_EQ(sampler_named("uni_pc_bh2").value().method, SamplingMethod::unipc);
  EXPECT_EQ(scheduler_named("Uniform"), Scheduler::normal);
  EXPECT_EQ(scheduler_named("Align Your Steps"), Scheduler::ays);
  EXPECT_EQ(scheduler_named("ddim_uniform"), Scheduler::ddim_uniform);
  EXPECT_EQ(scheduler_named("KL Optimal"), Scheduler::kl_optimal);
}

TEST(A1111Names, ThatAreNoneMeanNothing) {
  for (const char* const name : {"", " ", "Karras", "Euler b", "DPM slow", "euler karras karras"}) {
    EXPECT_FALSE(sampler_named(name)) << name;
  }
  EXPECT_FALSE(scheduler_named("Automatic"));
}

}  // namespace
}  // namespace sfumato

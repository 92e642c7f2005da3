#include "api/sampler_info.h"

#include <gtest/gtest.h>

#include <string>

#include "api/enum_table.h"

namespace sfumato {
namespace {

enum class Colour { red, green };
struct Row {
  Colour colour;
};
constexpr std::array kComplete = {Row{Colour::red}, Row{Colour::green}};
constexpr std::array kShort = {Row{Colour::red}};
constexpr std::array kSwapped = {Row{Colour::green}, Row{Colour::red}};

TEST(EnumTable, HasEveryEnumeratorInItsPlace) {
  EXPECT_TRUE((has_row_per_enumerator<kComplete, &Row::colour>()));
  EXPECT_FALSE((has_row_per_enumerator<kShort, &Row::colour>()));
  EXPECT_FALSE((has_row_per_enumerator<kSwapped, &Row::colour>()));
}

TEST(SamplerInfo, NamesDiffusersClasses) {
  const auto class_of = [](SamplingMethod method) { return info_of(method).diffusers.class_name; };
  EXPECT_EQ(class_of(SamplingMethod::euler_a), "EulerAncestralDiscreteScheduler");
  EXPECT_EQ(class_of(SamplingMethod::dpmpp_2s_a), "") << "diffusers' single-step solver is another method";
  EXPECT_EQ(class_of(SamplingMethod::dpmpp_2m), class_of(SamplingMethod::dpmpp_2m_sde));
  EXPECT_EQ(info_of(SamplingMethod::dpmpp_2m_sde).diffusers.algorithm_type, "sde-dpmsolver++");
  EXPECT_EQ(info_of(Scheduler::exponential).diffusers_key, "use_exponential_sigmas");
}

// A name of another program must lead to one method only.
TEST(SamplerInfo, HasNoAliasTwice) {
  std::string seen = " ";
  for (const SamplerInfo& sampler : samplers()) {
    for (const std::string_view alias : sampler.aliases) {
      if (alias.empty()) continue;
      EXPECT_EQ(seen.find(" " + std::string(alias) + " "), std::string::npos) << alias;
      seen += std::string(alias) + " ";
    }
  }
}

TEST(SamplerInfo, CountsEvaluations) {
  EXPECT_EQ(evaluations(SamplingMethod::euler, 20), 20);
  EXPECT_EQ(evaluations(SamplingMethod::heun, 20), 39);
  EXPECT_EQ(evaluations(SamplingMethod::heun, 1), 1);
  EXPECT_EQ(evaluations(SamplingMethod::pndm, 20), 21);
  EXPECT_EQ(evaluations(SamplingMethod::pndm, 1), 1);
  EXPECT_EQ(evaluations(SamplingMethod::heunpp2, 20), 57);
  EXPECT_EQ(evaluations(SamplingMethod::heunpp2, 1), 1);
}

TEST(SamplerInfo, HasTheNoiseOfItsReference) {
  EXPECT_EQ(default_sde_noise(SamplingMethod::dpmpp_sde), SdeNoise::brownian) << "k-diffusion's, A1111's, diffusers'";
  EXPECT_EQ(default_sde_noise(SamplingMethod::dpmpp_3m_sde), SdeNoise::brownian);
  EXPECT_EQ(default_sde_noise(SamplingMethod::dpmpp_2m_sde), SdeNoise::independent) << "diffusers'";
  EXPECT_EQ(default_sde_noise(SamplingMethod::euler_a), std::nullopt);
}

TEST(SamplerInfo, HasEtaWhereNoiseIsAShare) {
  EXPECT_FALSE(uses_eta(SamplingMethod::ddpm));
  EXPECT_FALSE(uses_eta(SamplingMethod::lcm));
  EXPECT_TRUE(uses_eta(SamplingMethod::ddim));
  EXPECT_EQ(default_eta(SamplingMethod::ddim), 0);
  EXPECT_EQ(default_eta(SamplingMethod::dpmpp_2m_sde), 1);
}

TEST(SamplerInfo, SpacesTimestepsWhereTheNoiseLevelsDependOnThem) {
  EXPECT_TRUE(uses_timestep_spacing(SamplingMethod::dpmpp_2m, Scheduler::discrete));
  EXPECT_FALSE(uses_timestep_spacing(SamplingMethod::dpmpp_2m, Scheduler::karras));
  EXPECT_FALSE(uses_timestep_spacing(SamplingMethod::lcm, Scheduler::discrete));
  EXPECT_TRUE(uses_timestep_spacing(SamplingMethod::lcm, Scheduler::karras));
  EXPECT_TRUE(uses_timestep_spacing(SamplingMethod::euler, Scheduler::karras));
  EXPECT_FALSE(uses_timestep_spacing(SamplingMethod::euler, Scheduler::sgm_uniform));
  EXPECT_TRUE(uses_timestep_spacing(SamplingMethod::euler, Scheduler::beta));
  EXPECT_FALSE(uses_timestep_spacing(SamplingMethod::euler, Scheduler::ays));
}

}  // namespace
}  // namespace sfumato

#include "jobs/a1111_names.h"

#include <array>
#include <cctype>

namespace sfumato {
namespace {

template <typename Enum>
struct OtherNames {
  Enum value;
  std::string_view a1111;
  std::array<std::string_view, 3> others = {};  // squeezed, see below; beside ours and A1111's
};

constexpr std::array kSamplers = std::to_array<OtherNames<SamplingMethod>>({
    {SamplingMethod::ddim, "DDIM"},
    {SamplingMethod::pndm, "PLMS", {"kplms"}},
    {SamplingMethod::ddpm, "DDPM"},
    {SamplingMethod::euler, "Euler", {"keuler"}},
    {SamplingMethod::euler_a, "Euler a", {"keulera", "eulerancestral", "keulerancestral"}},
    {SamplingMethod::heun, "Heun", {"kheun"}},
    {SamplingMethod::lms, "LMS", {"klms"}},
    {SamplingMethod::dpm2, "DPM2", {"kdpm2"}},
    {SamplingMethod::dpm2_a, "DPM2 a", {"kdpm2a", "dpm2ancestral", "kdpm2ancestral"}},
    {SamplingMethod::dpmpp_2s_a, "DPM++ 2S a", {"dpmpp2sa", "dpmpp2sancestral", "kdpmpp2sa"}},
    {SamplingMethod::dpmpp_2m, "DPM++ 2M", {"dpmpp2m", "kdpmpp2m", "dpmsolver++"}},
    {SamplingMethod::dpmpp_2m_sde, "DPM++ 2M SDE", {"dpmpp2msde", "kdpmpp2msde"}},
    {SamplingMethod::dpmpp_sde, "DPM++ SDE", {"dpmppsde", "kdpmppsde"}},
    {SamplingMethod::unipc, "UniPC"},
    {SamplingMethod::lcm, "LCM"},
});

constexpr std::array kSchedules = std::to_array<OtherNames<Scheduler>>({
    {Scheduler::discrete, "Normal", {"uniform"}},
    {Scheduler::karras, "Karras"},
    {Scheduler::exponential, "Exponential"},
    {Scheduler::sgm_uniform, "SGM Uniform"},
});

// "DPM++ 2M", "dpm++_2m" and "dpm++2m" are one name.
std::string squeezed(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != ' ' && c != '_' && c != '-') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

template <typename Enum, std::size_t N>
std::string_view a1111_name(const std::array<OtherNames<Enum>, N>& table, Enum value) {
  for (const OtherNames<Enum>& entry : table) {
    if (entry.value == value) return entry.a1111;
  }
  return "";
}

template <typename Enum, std::size_t N>
std::optional<Enum> find(const std::array<OtherNames<Enum>, N>& table, const std::string& wanted) {
  if (wanted.empty()) return std::nullopt;
  for (const Named<Enum>& entry : names<Enum>()) {
    if (squeezed(entry.name) == wanted) return entry.value;
  }
  for (const OtherNames<Enum>& entry : table) {
    if (squeezed(entry.a1111) == wanted) return entry.value;
    for (const std::string_view other : entry.others) {
      if (other == wanted) return entry.value;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view a1111_sampler(SamplingMethod method) { return a1111_name(kSamplers, method); }
std::string_view a1111_schedule(Scheduler scheduler) { return a1111_name(kSchedules, scheduler); }

std::optional<Scheduler> scheduler_named(std::string_view name) { return find(kSchedules, squeezed(name)); }

std::optional<SamplerWords> sampler_named(std::string_view name) {
  const std::string wanted = squeezed(name);
  if (const auto method = find(kSamplers, wanted)) return SamplerWords{.method = *method, .scheduler = std::nullopt};
  for (const OtherNames<Scheduler>& schedule : kSchedules) {
    const std::string end = squeezed(schedule.a1111);
    if (schedule.value == Scheduler::discrete || !wanted.ends_with(end)) continue;
    const auto method = find(kSamplers, wanted.substr(0, wanted.size() - end.size()));
    if (method) return SamplerWords{.method = *method, .scheduler = schedule.value};
  }
  return std::nullopt;
}

}  // namespace sfumato

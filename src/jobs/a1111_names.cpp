#include "jobs/a1111_names.h"

#include <algorithm>
#include <cctype>
#include <span>

#include "api/sampler_info.h"

namespace sfumato {
namespace {

// "DPM++ 2M", "dpm++_2m" and "dpm++2m" are one name.
std::string normalized(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != ' ' && c != '_' && c != '-') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

// The row with that normalized name; nullptr if none has it. Our own names come first.
template <typename Info>
const Info* find(std::span<const Info> table, const std::string& name) {
  if (name.empty()) return nullptr;
  for (const Info& row : table) {
    if (normalized(row.name) == name) return &row;
  }
  for (const Info& row : table) {
    if (normalized(row.a1111_name) == name || std::ranges::find(row.aliases, name) != row.aliases.end()) return &row;
  }
  return nullptr;
}

}  // namespace

std::string_view a1111_sampler(SamplingMethod method) { return info_of(method).a1111_name; }
std::string_view a1111_schedule(Scheduler scheduler) { return info_of(scheduler).a1111_name; }

std::optional<Scheduler> scheduler_named(std::string_view name) {
  const SchedulerInfo* const found = find(schedulers(), normalized(name));
  return found == nullptr ? std::nullopt : std::optional(found->scheduler);
}

std::optional<SamplerWords> sampler_named(std::string_view name) {
  const std::string whole = normalized(name);
  if (const SamplerInfo* const sampler = find(samplers(), whole)) {
    return SamplerWords{.method = sampler->method, .scheduler = std::nullopt};
  }
  for (const SchedulerInfo& schedule : schedulers()) {
    const std::string suffix = normalized(schedule.a1111_name);
    if (schedule.scheduler == Scheduler::discrete || !whole.ends_with(suffix)) continue;
    if (const auto* const sampler = find(samplers(), whole.substr(0, whole.size() - suffix.size()))) {
      return SamplerWords{.method = sampler->method, .scheduler = schedule.scheduler};
    }
  }
  return std::nullopt;
}

}  // namespace sfumato

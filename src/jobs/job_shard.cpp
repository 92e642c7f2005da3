#include "jobs/job_shard.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kMaxShards = 1'000'000;

std::optional<std::uint64_t> whole_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && !digits.empty() ? std::optional(value)
                                                                                         : std::nullopt;
}

[[noreturn]] void refuse(const std::string& text, const std::string& what) {
  throw Error(ErrorKind::usage, "--shard: \"" + printable(text) + "\": " + what);
}

std::optional<std::uint64_t> variable(const Environment& environment, const char* name, const std::string& text) {
  const char* value = environment(name);
  if (value == nullptr) return std::nullopt;
  const std::optional<std::uint64_t> number = whole_number(value);
  if (!number) refuse(text, std::string(name) + " is \"" + printable(value) + "\", which is no whole number.");
  return number;
}

JobShard from_environment(const std::string& text, std::optional<std::uint64_t> count, const Environment& environment) {
  const auto completion = variable(environment, "JOB_COMPLETION_INDEX", text);
  const auto task = variable(environment, "SLURM_ARRAY_TASK_ID", text);
  const std::uint64_t first = variable(environment, "SLURM_ARRAY_TASK_MIN", text).value_or(0);
  if (!completion && !task) {
    refuse(text, "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set. Say it as i/n, with i from 0 to n-1.");
  }
  const std::uint64_t index = completion.value_or(task.value_or(0) - std::min(first, task.value_or(0)));
  if (!count) count = completion ? std::nullopt : variable(environment, "SLURM_ARRAY_TASK_COUNT", text);
  if (!count) {
    refuse(text, std::string(completion ? "JOB_COMPLETION_INDEX" : "SLURM_ARRAY_TASK_ID") + " is " +
                     std::to_string(index) + ", but of how many is not known. Say env/n.");
  }
  return {.index = index, .count = *count};
}

}  // namespace

JobShard parse_shard(const std::string& text, const Environment& environment) {
  const std::size_t slash = text.find('/');
  const std::string left = text.substr(0, slash);
  std::optional<std::uint64_t> count;
  if (slash != std::string::npos) count = whole_number(std::string_view(text).substr(slash + 1));
  const bool is_env = left == "env";
  if ((slash != std::string::npos && !count) || (!is_env && (!count || !whole_number(left)))) {
    refuse(text, "i/n is wanted, with i from 0 to n-1, or env, or env/n.");
  }
  const JobShard shard =
      is_env ? from_environment(text, count, environment) : JobShard{.index = *whole_number(left), .count = *count};
  if (shard.count < 1 || shard.count > kMaxShards) {
    refuse(text, "the number of shards is from 1 to " + std::to_string(kMaxShards) + ".");
  }
  if (shard.index >= shard.count) {
    refuse(text, "shard " + std::to_string(shard.index) + " of " + std::to_string(shard.count) +
                     ": the first is 0, the last is " + std::to_string(shard.count - 1) + ".");
  }
  return shard;
}

std::string warning_of_array(const Environment& environment) {
  for (const char* name : {"SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"}) {
    if (environment(name) == nullptr) continue;
    return std::string(name) + " is set, but there is no --shard: every task makes all pictures. --shard env" +
           (std::string_view(name).starts_with("JOB") ? "/n" : "") + " shares them out.";
  }
  return "";
}

}  // namespace sfumato

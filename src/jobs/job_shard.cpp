#include "jobs/job_shard.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kMaxShards = 1'000'000;

constexpr const char* kCompletionIndex = "JOB_COMPLETION_INDEX";
constexpr const char* kArrayTask = "SLURM_ARRAY_TASK_ID";
constexpr const char* kProcess = "SLURM_PROCID";

std::optional<std::uint64_t> whole_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool valid = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
  return valid ? std::optional(value) : std::nullopt;
}

std::string decimal(std::uint64_t number) { return std::to_string(number); }

class ShardParser {
 public:
  ShardParser(const std::string& text, const Environment& environment) : text_(text), environment_(environment) {}

  [[nodiscard]] JobShard parse() const {
    const std::size_t slash = std::min(text_.find('/'), text_.size());
    const std::string_view left = std::string_view(text_).substr(0, slash);
    if (slash == text_.size()) {
      if (left == "env") return checked(from_environment());
      refuse_form();
    }
    const std::string_view right = std::string_view(text_).substr(slash + 1);
    const std::optional<std::uint64_t> index = whole_number(left), count = whole_number(right);
    if (index && count) return checked({.index = *index, .count = *count});
    if (left != "env") refuse_form();
    if (count) return checked(from_range(0, *count));
    const std::size_t dash = std::min(right.find('-'), right.size());
    const std::optional<std::uint64_t> first = whole_number(right.substr(0, dash));
    const std::optional<std::uint64_t> last = whole_number(right.substr(std::min(dash + 1, right.size())));
    if (!first || !last || *first > *last || *last - *first >= kMaxShards) refuse_form();
    return from_range(*first, *last - *first + 1);
  }

 private:
  struct Task {
    const char* variable;
    std::uint64_t id;
  };

  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorKind::usage, "`shard`: \"" + printable(text_) + "\": " + what);
  }

  [[noreturn]] void refuse_form() const { refuse("I/N is expected, with I from 0 to N-1, or env, env/N or env/1-N."); }

  [[nodiscard]] JobShard checked(JobShard shard) const {
    if (shard.count < 1 || shard.count > kMaxShards) {
      refuse(decimal(shard.count) + " shards; 1 to " + decimal(kMaxShards) + " are expected.");
    }
    if (shard.index >= shard.count) {
      refuse("shard " + decimal(shard.index) + " of " + decimal(shard.count) + "; 0 to " + decimal(shard.count - 1) +
             " is expected.");
    }
    return shard;
  }

  [[nodiscard]] std::optional<std::uint64_t> variable(const std::string& name) const {
    const char* value = environment_(name.c_str());
    if (value == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> number = whole_number(value);
    if (!number) refuse(name + " is \"" + printable(value) + "\", which is not a whole number.");
    return number;
  }

  [[nodiscard]] Task task() const {
    for (const char* name : {kCompletionIndex, kArrayTask, kProcess}) {
      if (const auto id = variable(name)) return {.variable = name, .id = *id};
    }
    refuse("none of " + std::string(kArrayTask) + ", " + kProcess + " and " + kCompletionIndex +
           " is set. Give it as I/N, with I from 0 to N-1.");
  }

  // The task id is from first to first + count - 1.
  [[nodiscard]] JobShard from_range(std::uint64_t first, std::uint64_t count) const {
    const auto [name, id] = task();
    if (count >= 1 && count <= kMaxShards && (id < first || id - first >= count)) {
      refuse(std::string(name) + " is " + decimal(id) + "; " + decimal(first) + " to " + decimal(first + count - 1) +
             " is expected. For tasks from 1 to N give env/1-N.");
    }
    return {.index = id - first, .count = count};
  }

  [[nodiscard]] JobShard from_environment() const {
    const auto [name, id] = task();
    if (name == kArrayTask) return from_array(id);
    const std::optional<std::uint64_t> count = name == kProcess ? variable("SLURM_NTASKS") : std::nullopt;
    if (!count) refuse(std::string(name) + " is " + decimal(id) + ", but the number of tasks is unknown. Give env/N.");
    return {.index = id, .count = *count};
  }

  // The ids of the array are min, min + step, ... max. Shards of an array with gaps, such as the repetition of a few
  // tasks of another array, would not be those that the ids mean.
  [[nodiscard]] JobShard from_array(std::uint64_t id) const {
    const std::optional<std::uint64_t> count = variable("SLURM_ARRAY_TASK_COUNT");
    if (!count) {
      refuse(std::string(kArrayTask) + " is " + decimal(id) + ", but the number of tasks is unknown. Give env/N.");
    }
    const std::uint64_t min = variable("SLURM_ARRAY_TASK_MIN").value_or(0);
    const std::uint64_t step = variable("SLURM_ARRAY_TASK_STEP").value_or(1);
    const std::optional<std::uint64_t> given_max = variable("SLURM_ARRAY_TASK_MAX");
    (void)checked({.index = 0, .count = *count});
    const std::uint64_t max = given_max.value_or(min + (*count - 1) * step);
    const bool gaps = step == 0 || max < min || (max - min) / step + 1 != *count;
    if (gaps || id < min || id > max || (id - min) % step != 0) {
      refuse("task " + decimal(id) + " of an array of " + decimal(*count) + " tasks from " + decimal(min) + " to " +
             decimal(max) + " in steps of " + decimal(step) +
             ": an array without gaps is expected. Give env/N, where N is the number of tasks in all.");
    }
    return {.index = (id - min) / step, .count = *count};
  }

  const std::string& text_;
  const Environment& environment_;
};

}  // namespace

JobShard parse_shard(const std::string& text, const Environment& environment) {
  return ShardParser(text, environment).parse();
}

std::string warning_of_array(const Environment& environment) {
  const auto warning = [](const char* name, const char* form) {
    return std::string(name) + " is set, but there is no `shard`: every task makes all pictures. `shard` " + form +
           " shares them out.";
  };
  if (environment(kArrayTask) != nullptr) return warning(kArrayTask, "env");
  if (environment(kCompletionIndex) != nullptr) return warning(kCompletionIndex, "env/N");
  // A job of one task has these variables, too.
  const char* const tasks = environment("SLURM_NTASKS");
  const bool several = tasks != nullptr && whole_number(tasks).value_or(0) > 1;
  return several && environment(kProcess) != nullptr ? warning(kProcess, "env") : "";
}

}  // namespace sfumato

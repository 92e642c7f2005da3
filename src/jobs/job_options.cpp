#include "jobs/job_options.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "jobs/drawing_options.h"
#include "jobs/input_options.h"
#include "jobs/option_words.h"

namespace sfumato {
namespace {

// A new table goes behind the others: the order is that of JSON and so of the key.
std::vector<JobOption> all_options() {
  std::vector<JobOption> options(drawing_options().begin(), drawing_options().end());
  options.insert(options.end(), input_options().begin(), input_options().end());
  return options;
}

std::unordered_map<std::string, const JobOption*> named_options() {
  std::unordered_map<std::string, const JobOption*> result;
  for (const JobOption& option : job_options()) {
    result.emplace(option.name, &option);
    std::string_view rest = option.aliases;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      result.emplace(rest.substr(0, end), &option);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return result;
}

}  // namespace

std::span<const JobOption> job_options() {
  static const std::vector<JobOption> options = all_options();
  return options;
}

const JobOption* find_job_option(std::string_view name) {
  static const std::unordered_map<std::string, const JobOption*> options = named_options();
  const auto found = options.find(with_underscores(name));
  return found == options.end() ? nullptr : found->second;
}

const JobOption* find_negated_option(std::string_view name) {
  const std::string full = with_underscores(name);
  const JobOption* option = full.starts_with("no_") ? find_job_option(full.substr(3)) : nullptr;
  return option != nullptr && option->kind == JobOption::Kind::flag ? option : nullptr;
}

}  // namespace sfumato

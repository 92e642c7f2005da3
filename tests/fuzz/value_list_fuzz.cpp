// Any bytes as a list of values of any option. Its first, middle and last values are values of the option.
#include "fuzz.h"
#include "jobs/job_values.h"
#include "jobs/value_list.h"

void sfumato::fuzz(std::string_view input) {
  const JobOption& option = job_options()[choice(input, job_options().size())];
  if (option.kind == JobOption::Kind::file) return;  // looks for files
  const auto list = result_of({ErrorKind::usage}, [&] { return ValueList(option, {std::string(input)}); });
  if (!list) return;
  check(list->size() >= 1 && list->size() <= kMaxJobs, "a number of values");
  for (const std::uint64_t index : {std::uint64_t{0}, list->size() / 2, list->size() - 1}) {
    const std::string text = list->at(index);
    if (is_random(option, text)) {
      check(list->any_random(), "a random value");
    } else if (option.checked_alone) {
      JobValues(GenerateOptions{}).set(option, text);
    }
  }
}

#include "jobs/job_values.h"

namespace sfumato {

OptionSet set_of(const JobOption& option) {
  OptionSet result;
  if (option.stored) result.set(static_cast<std::size_t>(&option - job_options().data()));
  return result;
}

void JobValues::set(const JobOption& option, const std::string& text) {
  option.set(*this, text);
  explicit_ |= set_of(option);
}

void JobValues::mark_explicit(std::string_view name) { explicit_ |= set_of(*find_job_option(name)); }

GenerateOptions JobValues::resolved() const {
  GenerateOptions result = options_;
  for (const JobOption& option : job_options()) {
    const bool is_explicit = (explicit_ & set_of(option)).any();
    if (option.derive_default != nullptr && !is_explicit) option.derive_default(result, defaults_);
  }
  return result;
}

}  // namespace sfumato

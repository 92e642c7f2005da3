#include "run/run_state.h"

#include <algorithm>

namespace sfumato {

std::optional<std::uint64_t> RunCounts::left() const {
  return jobs ? std::optional(*jobs - std::min(*jobs, settled())) : std::nullopt;
}

std::string RunCounts::summary() const {
  std::string text = std::to_string(made) + " made";
  if (existing > 0) text += ", " + std::to_string(existing) + " already there";
  if (failed > 0) text += ", " + std::to_string(failed) + " failed";
  if (set_aside > 0) text += ", " + std::to_string(set_aside) + " set aside";
  if (left().value_or(0) > 0) text += ", " + std::to_string(*left()) + " left";
  return text;
}

void RunState::finished(const Job& job, bool existing) {
  ++(existing ? counts_.existing : counts_.made);
  if (sheet_) sheet_->add(job, job.output, "");
}

void RunState::failed(const Job& job, ErrorKind kind) {
  ++counts_.failed;
  last_failure_ = kind;
  if (sheet_) sheet_->add(job, {}, "failed");
}

void RunState::failed_line() { ++counts_.failed; }

void RunState::set_aside(const Job& job) {
  ++counts_.set_aside;
  if (sheet_) sheet_->add(job, {}, "set aside");
}

}  // namespace sfumato

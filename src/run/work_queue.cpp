#include "run/work_queue.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "jobs/flag_words.h"

namespace sfumato {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(200);

std::optional<Assignment> take_first(std::deque<Assignment>& queue) {
  if (queue.empty()) return std::nullopt;
  std::optional<Assignment> first = std::move(queue.front());
  queue.pop_front();
  return first;
}

}  // namespace

bool WorkQueue::is_of_pass(const std::string& digest) {
  if (!has_passes_) return true;
  const auto known = std::ranges::find(passes_, digest);
  const auto place = static_cast<std::size_t>(known - passes_.begin());
  if (known == passes_.end()) passes_.push_back(digest);
  return place == pass_;
}

bool WorkQueue::next_model() {
  if (!has_passes_ || stop_.is_stopping() || pass_ + 1 >= passes_.size() || !jobs_.rewind()) return false;
  ++pass_;
  return true;
}

// The job with its key and its occurrence among jobs with the same key; nullopt if it is not of this shard, or of
// another pass.
std::optional<Assignment> WorkQueue::identify(Job job) {
  const bool is_mine = options_.shard.has(job.index);
  const Provenance& provenance = models_.provenance(job.model);
  if (!is_of_pass(provenance.model_digest)) return std::nullopt;
  std::string key = key_of(job.options, provenance);
  JobId id = job_id(key).value_or(JobId{});
  id.occurrence = static_cast<std::uint32_t>(++occurrences_[id.high]);
  if (!is_mine) return std::nullopt;
  return Assignment{.job = std::move(job), .key = std::move(key), .id = id, .model = provenance.model_digest};
}

void WorkQueue::report_notes() {
  for (const std::string& detail : destination_.take_details()) reporter_.detail(detail);
  if (folder_ == nullptr) return;
  for (const std::string& note : folder_->take_notes()) reporter_.warn(note);
}

void WorkQueue::fail(const Assignment& assignment, const Error& error) {
  if (folder_ != nullptr) folder_->failed(assignment.id, assignment.key, with_flags(error.what()));
  state_.failed(assignment.job, error.kind());
  reporter_.failed(assignment.job, error.what());
  stop_.failed();
}

bool WorkQueue::is_settled(Assignment& assignment) {
  std::optional<std::filesystem::path> path;
  try {
    path = destination_.find(assignment);
  } catch (const Error& error) {
    // Of a name that no file can have, or of a picture that is there and cannot be read.
    const bool is_of_job = error.kind() == ErrorKind::usage || error.kind() == ErrorKind::input_missing;
    if (folder_ == nullptr || !is_of_job) throw;
    fail(assignment, error);
    return true;
  }
  report_notes();
  if (path) {
    assignment.job.output = *path;
    state_.finished(assignment.job, /*existing=*/true);
    reporter_.finished(assignment.job, assignment.key, /*existing=*/true);
    return true;
  }
  if (folder_ == nullptr || options_.retry) return false;
  const Deaths deaths = folder_->deaths_of(assignment.id);
  if (!deaths.sets_aside()) return false;
  state_.set_aside(assignment.job);
  reporter_.set_aside(assignment.job, deaths.reason());
  return true;
}

bool WorkQueue::is_to_be_made(Assignment& assignment, Defer defer) {
  if (is_settled(assignment)) return false;
  if (folder_ == nullptr || defer == Defer::never) return true;
  if (folder_->owner_of(assignment.id)) {
    deferred_.push_back(std::move(assignment));
    return false;
  }
  if (folder_->deaths_of(assignment.id).count() > 0) {
    quarantined_.push_back(std::move(assignment));
    return false;
  }
  return true;
}

NextAssignment WorkQueue::next(bool may_wait) {
  while (!stop_.is_stopping()) {
    if (folder_ != nullptr) folder_->refresh();
    // A deferred picture that its process has left is made at once, so that few are remembered.
    if (!deferred_.empty() && !folder_->owner_of(deferred_.front().id)) {
      std::optional<Assignment> assignment = take_first(deferred_);
      if (is_to_be_made(*assignment, Defer::allowed)) return *std::move(assignment);
      continue;
    }
    std::optional<Item> item;
    try {
      if (!jobs_.ready(may_wait ? kPatience : std::chrono::milliseconds(0))) {
        if (may_wait) continue;
        return NoneYet{};
      }
      item = jobs_.next();
    } catch (const Error&) {
      if (stop_.is_stopping()) return NoMoreJobs{};  // a signal ended the reading of a line
      throw;
    }
    if (!item) return NoMoreJobs{};
    if (const auto* line = std::get_if<BadLine>(&*item)) {
      if (!options_.shard.has(line->index) || pass_ > 0) continue;
      state_.failed_line();
      reporter_.failed(*line);
      stop_.failed();
      continue;
    }
    std::optional<Assignment> assignment = identify(std::get<Job>(*std::move(item)));
    if (assignment && is_to_be_made(*assignment, Defer::allowed)) return *std::move(assignment);
  }
  return NoMoreJobs{};
}

std::optional<Assignment> WorkQueue::next_quarantined() {
  while (!stop_.is_stopping() && !quarantined_.empty()) {
    folder_->refresh();
    // Those with the fewest deaths first: if somebody kills the process again and again, the deaths spread.
    const auto deaths = [this](const Assignment& of) { return folder_->deaths_of(of.id).count(); };
    const auto least = std::ranges::min_element(quarantined_, {}, deaths);
    std::optional<Assignment> assignment = std::move(*least);
    quarantined_.erase(least);
    if (folder_->owner_of(assignment->id)) {
      deferred_.push_back(*std::move(assignment));
    } else if (is_to_be_made(*assignment, Defer::never)) {
      return assignment;
    }
  }
  return std::nullopt;
}

NextAssignment WorkQueue::next_deferred(bool may_wait) {
  while (!stop_.is_stopping() && !deferred_.empty()) {
    folder_->refresh();
    const std::optional<ProcessName> owner = folder_->owner_of(deferred_.front().id);
    if (!owner) {
      std::optional<Assignment> assignment = take_first(deferred_);
      if (is_to_be_made(*assignment, Defer::never)) return *std::move(assignment);
      continue;
    }
    if (!may_wait) return NoneYet{};
    if (!std::exchange(has_noted_wait_, true)) {
      reporter_.note("waiting for process " + std::to_string(owner->id) + " on " + owner->host + ", which is at " +
                     std::to_string(deferred_.size()) + " of the pictures.");
    }
    std::this_thread::sleep_for(kPatience);
  }
  return NoMoreJobs{};
}

}  // namespace sfumato

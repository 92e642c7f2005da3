#include "run/work_queue.h"

#include <chrono>
#include <thread>

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

// The job's key and which of those with the same key it is; nothing if it is not of this shard.
std::optional<Assignment> WorkQueue::identify(Job job) {
  const bool is_mine = options_.shard.has(job.index);
  std::string key = key_of(job.options, provenance_);
  JobId id = job_id(key).value_or(JobId{});
  id.occurrence = static_cast<std::uint32_t>(++occurrences_[id.high]);
  if (!is_mine) return std::nullopt;
  return Assignment{.job = std::move(job), .key = std::move(key), .id = id};
}

void WorkQueue::tell_notes() {
  if (folder_ == nullptr) return;
  for (const std::string& note : folder_->take_notes()) reporter_.warn(note);
}

void WorkQueue::fail(const Assignment& assignment, const std::string& reason) {
  if (folder_ != nullptr) folder_->failed(assignment.id, assignment.key, with_flags(reason));
  reporter_.failed(assignment.job, reason);
  stop_.failed();
}

bool WorkQueue::is_settled(Assignment& assignment) {
  std::optional<std::filesystem::path> path;
  try {
    path = destination_.find(assignment);
  } catch (const Error& error) {
    if (folder_ == nullptr || error.kind() != ErrorKind::usage) throw;
    fail(assignment, error.what());
    return true;
  }
  tell_notes();
  if (path) {
    assignment.job.output = *path;
    reporter_.finished(assignment.job, assignment.key, /*there=*/true);
    return true;
  }
  if (folder_ == nullptr || options_.retry || folder_->crash_count(assignment.id) < kMaxCrashes) return false;
  reporter_.set_aside(assignment.job);
  return true;
}

bool WorkQueue::is_to_be_made(Assignment& assignment, Defer care) {
  if (is_settled(assignment)) return false;
  if (folder_ == nullptr || care == Defer::never) return true;
  if (folder_->owner_of(assignment.id)) {
    deferred_.push_back(std::move(assignment));
    return false;
  }
  if (folder_->crash_count(assignment.id) > 0) {
    quarantined_.push_back(std::move(assignment));
    return false;
  }
  return true;
}

std::optional<Assignment> WorkQueue::next() {
  while (!stop_.is_stopping()) {
    if (folder_ != nullptr) folder_->refresh();
    // What another process has let go of meanwhile need not be remembered any longer.
    if (!deferred_.empty() && !folder_->owner_of(deferred_.front().id)) {
      std::optional<Assignment> assignment = take_first(deferred_);
      if (is_to_be_made(*assignment, Defer::may_put_off)) return assignment;
      continue;
    }
    std::optional<Item> item = jobs_.next();
    if (!item) return std::nullopt;
    if (const auto* line = std::get_if<BadLine>(&*item)) {
      if (!options_.shard.has(line->index)) continue;
      reporter_.failed(*line);
      stop_.failed();
      continue;
    }
    std::optional<Assignment> assignment = identify(std::get<Job>(*std::move(item)));
    if (assignment && is_to_be_made(*assignment, Defer::may_put_off)) return assignment;
  }
  return std::nullopt;
}

std::optional<Assignment> WorkQueue::next_quarantined() {
  while (!stop_.is_stopping() && !quarantined_.empty()) {
    folder_->refresh();
    std::optional<Assignment> assignment = take_first(quarantined_);
    if (folder_->owner_of(assignment->id)) {
      deferred_.push_back(*std::move(assignment));
    } else if (is_to_be_made(*assignment, Defer::never)) {
      return assignment;
    }
  }
  return std::nullopt;
}

std::optional<Assignment> WorkQueue::next_left_by_others() {
  bool told = false;
  while (!stop_.is_stopping() && !deferred_.empty()) {
    folder_->refresh();
    const std::optional<ProcessName> maker = folder_->owner_of(deferred_.front().id);
    if (!maker) {
      std::optional<Assignment> assignment = take_first(deferred_);
      if (is_to_be_made(*assignment, Defer::never)) return assignment;
      continue;
    }
    if (!told) {
      reporter_.note("waiting for process " + std::to_string(maker->id) + " on " + maker->host + ", which is at " +
                     std::to_string(deferred_.size()) + " of the pictures.");
      told = true;
    }
    std::this_thread::sleep_for(kPatience);
  }
  return std::nullopt;
}

}  // namespace sfumato

// Jobs that are all there already.
#pragma once

#include <utility>
#include <vector>

#include "jobs/job.h"

namespace sfumato {

class JobList : public JobStream {
 public:
  explicit JobList(std::vector<Item> items) : items_(std::move(items)) {}

  [[nodiscard]] std::optional<Item> next() override {
    return next_ < items_.size() ? std::optional(items_[next_++]) : std::nullopt;
  }
  [[nodiscard]] std::optional<JobCount> count() override {
    JobCount count;
    for (const Item& item : items_) ++(std::holds_alternative<Job>(item) ? count.jobs : count.bad_lines);
    return count;
  }

 private:
  std::vector<Item> items_;
  std::size_t next_ = 0;
};

}  // namespace sfumato

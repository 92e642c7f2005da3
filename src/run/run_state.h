// What became of the jobs of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "jobs/job.h"
#include "sfumato/error.h"
#include "sheet/sheet.h"

namespace sfumato {

struct RunCounts {
  std::optional<std::uint64_t> jobs{};  // with bad lines; nullopt while it is not known
  std::uint64_t made = 0;
  std::uint64_t existing = 0;   // finished before this run, or by another process
  std::uint64_t failed = 0;     // with bad lines
  std::uint64_t set_aside = 0;  // output/deaths.h
  std::uint64_t imported = 0;   // pictures in the folder that no journal listed
  std::uint64_t unclaimed = 0;  // pictures in the folder that belong to no job of this run

  [[nodiscard]] std::uint64_t settled() const { return made + existing + failed + set_aside; }
  [[nodiscard]] std::optional<std::uint64_t> left() const;
  // "12 made, 3 already there, 1 failed, 984 left"
  [[nodiscard]] std::string summary() const;
};

// Counts, the cells of the contact sheet, and the last failure. Each job settles once.
class RunState {
 public:
  // sheet: collects a cell of each job; nullopt: none.
  explicit RunState(std::optional<ContactSheet> sheet) : sheet_(std::move(sheet)) {}

  // job.output is the picture. existing: it was made before this run, or by another process.
  void finished(const Job& job, bool existing);
  void failed(const Job& job, ErrorKind kind);
  void failed_line();
  void set_aside(const Job& job);

  [[nodiscard]] RunCounts& counts() { return counts_; }
  [[nodiscard]] const RunCounts& counts() const { return counts_; }
  [[nodiscard]] const std::optional<ContactSheet>& sheet() const { return sheet_; }
  // Why the last picture failed that could have been made.
  [[nodiscard]] std::optional<ErrorKind> last_failure() const { return last_failure_; }

 private:
  RunCounts counts_;
  std::optional<ContactSheet> sheet_;
  std::optional<ErrorKind> last_failure_;
};

}  // namespace sfumato

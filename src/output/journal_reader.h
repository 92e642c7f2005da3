// Reading the journal of another process, dead or at work.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "output/journal.h"

namespace sfumato {

class JournalReader {
 public:
  JournalReader(std::filesystem::path path, ProcessName writer) : path_(std::move(path)), writer_(std::move(writer)) {}

  // Whether the writer is at work, as far as can be seen: it holds its lock, or it is on another machine and wrote not
  // long ago.
  [[nodiscard]] bool is_alive() const;
  // Whether it ended in order, so that what it started and did not finish killed nobody.
  [[nodiscard]] bool ended_in_order() const;

  // Hands over the entries that were appended since the last time. What is no entry is counted and passed over.
  void read(const std::function<void(const JournalEntry&)>& take);
  // For a journal whose writer is dead: cuts off a last line that was never finished. Returns whether there was one.
  bool cut_torn_line();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const ProcessName& writer() const { return writer_; }
  [[nodiscard]] std::size_t unreadable_lines() const { return unreadable_; }

 private:
  void take_lines(const std::function<void(const JournalEntry&)>& take);

  std::filesystem::path path_;
  ProcessName writer_;
  std::uint64_t offset_ = 0;  // of the first byte that was not read
  std::string rest_;          // the beginning of a line whose end was not read
  std::size_t unreadable_ = 0;
};

}  // namespace sfumato

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

  // Whether the writer is at work, as far as can be seen: it holds its lock; or, where locks may not be visible, it did
  // not end, and runs on this host, or its heart beat within two minutes from now. A time in the future is as good as
  // one in the past: clocks differ.
  [[nodiscard]] bool is_alive() const;
  // Whether the writer ended in order: what it started and did not finish killed nobody.
  [[nodiscard]] bool ended_in_order() const;
  [[nodiscard]] bool exists() const;
  // Whether there is more than read() has read.
  [[nodiscard]] bool has_grown() const;

  // Gives the entries that were appended since the last call. Lines that are not entries are counted and skipped.
  void read(const std::function<void(const JournalEntry&)>& take);
  // For a dead writer: cuts off a last line that was never finished. Returns false if there is none, or if it stays
  // because the writer lives after all or the file cannot be changed.
  bool cut_torn_line();
  // For a dead writer: adds what was found out about its end, as far as the file can be changed. Its time stays: it
  // orders the journals.
  void append(const JournalEntry& entry);

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

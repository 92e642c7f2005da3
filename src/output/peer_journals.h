// What all journals of a folder say: those of dead processes, and of processes at work in the folder right now.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "output/deaths.h"
#include "output/journal_reader.h"

namespace sfumato {

class PeerJournals {
 public:
  using Take = std::function<void(const JobId&, const JournalEntry&)>;

  // What is done to journals of dead processes: cut off a last line that was never finished, and write down why the
  // process died, as far as that can be seen now; or nothing.
  enum class Torn { cut, leave };
  // take: receives every entry of a job of the journals in `state_folder` except `own`.
  PeerJournals(std::filesystem::path state_folder, std::filesystem::path own, Take take, Torn torn = Torn::cut);

  // Reads what was written since the last call, also by a process that seemed dead: its journal has grown or is locked.
  void refresh();

  // Reads all journals from their beginning, including `own`; those that were written last come last.
  void read_all(const std::filesystem::path& own, const Take& take) const;

  // The process that is making this picture now.
  [[nodiscard]] std::optional<ProcessName> owner_of(const JobId& job) const;
  // How processes died while they were at this job.
  [[nodiscard]] Deaths deaths_of(const JobId& job) const;
  [[nodiscard]] const std::unordered_set<std::string>& models() const { return models_; }
  [[nodiscard]] std::size_t torn_lines() const { return torn_lines_; }
  [[nodiscard]] std::size_t unreadable_lines() const { return unreadable_lines_; }

  struct Working {
    ProcessName process;
    std::size_t jobs;  // started and not ended
  };
  [[nodiscard]] std::vector<Working> working() const;

 private:
  struct Writer {
    JournalReader reader;
    std::unordered_map<JobId, JobPhase> open{};  // started and not ended
    std::string model{};
    std::vector<std::string> counters{};            // of the kernel (base/oom_kills.h)
    std::vector<std::uint64_t> oom_kills{};         // their values when the last job began
    std::string cause{};                            // why it died; empty: nothing says so
    std::unordered_map<JobId, JobPhase> died_at{};  // its part in `deaths_`
  };
  using Writers = std::list<Writer>;

  void find_journals();
  void revive();
  [[nodiscard]] bool read(Writer& writer);
  void bury(Writer& writer);
  void unbury(Writer& writer);
  void take_entry(Writer& writer, const JournalEntry& entry);

  std::filesystem::path state_folder_;
  std::filesystem::path own_;
  Take take_;
  Torn torn_;
  Writers writers_;                        // alive when they were last looked at
  Writers crashed_;                        // not alive, without having ended in order
  std::unordered_set<std::string> known_;  // file names of all journals that were found
  std::filesystem::file_time_type folder_changed_{};
  std::filesystem::file_time_type folder_read_{};
  std::optional<std::chrono::steady_clock::time_point> revived_;  // when `crashed_` was last looked at
  std::unordered_map<JobId, Deaths> deaths_;
  std::unordered_set<std::string> models_;  // whose pictures are here
  std::size_t torn_lines_ = 0;
  std::size_t unreadable_lines_ = 0;  // of dead writers
};

}  // namespace sfumato

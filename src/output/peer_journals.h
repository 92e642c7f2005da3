// What all journals of a folder say: of processes that are gone, and of those at work in the folder right now.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "output/journal_reader.h"

namespace sfumato {

class PeerJournals {
 public:
  using Take = std::function<void(const JobId&, const JournalEntry&)>;

  enum class Torn { cut, leave };  // last lines that were never finished
  // take: is handed everything that is read from the journals in `state_folder`, but for `own`.
  PeerJournals(std::filesystem::path state_folder, std::filesystem::path own, Take take, Torn torn = Torn::cut);

  // Reads what was written since the last time.
  void refresh();

  // Reads all journals from their beginning, `own` too, those that were written last at the end.
  void read_all(const std::filesystem::path& own, const Take& take) const;

  // The process that is making this picture now.
  [[nodiscard]] std::optional<ProcessName> owner_of(const JobId& job) const;
  // How many processes died while they were at this job.
  [[nodiscard]] int crash_count(const JobId& job) const;
  [[nodiscard]] const std::unordered_set<std::string>& models() const { return models_; }
  [[nodiscard]] std::size_t torn_lines() const { return torn_lines_; }
  [[nodiscard]] std::size_t unreadable_lines() const { return unreadable_lines_; }

  struct Working {
    ProcessName process;
    std::size_t jobs;
  };
  [[nodiscard]] std::vector<Working> working() const;

 private:
  struct Writer {
    JournalReader reader;
    std::unordered_set<JobId> open{};  // started, and nothing followed
    std::string model{};
    bool alive = true;
  };

  void find_journals();
  void read(Writer& writer);
  void take_entry(Writer& writer, const JournalEntry& entry);

  std::filesystem::path state_folder_;
  std::filesystem::path own_;
  Take take_;
  Torn torn_;
  std::list<Writer> writers_;                         // those that may be alive
  std::unordered_set<std::string> known_;             // names of all journals that were found
  std::filesystem::file_time_type folder_changed_{};  // when the folder was looked through
  std::unordered_map<JobId, int> deaths_;
  std::unordered_set<std::string> models_;  // whose pictures are here
  std::size_t torn_lines_ = 0;
  std::size_t unreadable_lines_ = 0;
};

}  // namespace sfumato

// The journal of one process: what it began and what became of it, one JSON object a line, only ever appended to.
//
// It lies in .sfumato/ inside the folder of the pictures, as journal.HOST.PID.N.jsonl. The pictures are the truth and
// this is an index of them: a run survives that it is torn, garbled or gone.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/process.h"
#include "jobs/job_id.h"
#include "output/file_stamp.h"

namespace sfumato {

inline constexpr std::string_view kStateFolder = ".sfumato";

struct JournalEntry {
  enum class Event {
    opened,   // the journal itself: `model` says whose pictures follow
    started,  // durable before the work on a job begins; if nothing follows, the job may have killed the process
    done,     // `file` is finished and durable
    failed,   // `reason`; other jobs went on
    dropped,  // given up in order; nobody's fault
  };
  Event event = Event::opened;
  std::string job{};       // id_text(key, occurrence)
  std::string model{};     // digest of the bundle
  std::string file{};      // relative to the folder of the pictures
  FileStamp stamp{};       // of the file
  std::string sha256{};    // of the file
  std::string reason{};    // one line
  std::uint64_t line = 0;  // of the prompt file; 0: none
  JsonObject values{};     // of a finished picture, for index.jsonl and for people
};

[[nodiscard]] std::string to_line(const JournalEntry& entry);
// Nothing for what is no entry: garbage, or written by a later version.
[[nodiscard]] std::optional<JournalEntry> from_line(std::string_view line);

// The process that a journal belongs to, by its file name; nothing if it is no journal.
[[nodiscard]] std::optional<ProcessName> writer_of(const std::filesystem::path& journal);

// Appends. Each entry is written in one piece and, if `durable`, on the disk when append() returns.
class Journal {
 public:
  // Creates a new file in `state_folder`, and holds a lock on it that goes with the process: so others see that it
  // lives. Throws Error(cannot_create) or Error(io_error).
  Journal(std::filesystem::path state_folder, const std::string& model);
  // Marks the journal as ended in order, by taking the right to write away: that works on a full disk, too. One that
  // says nothing is removed.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Throws Error(io_error).
  void append(const JournalEntry& entry, bool durable = true);
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::size_t entries_ = 0;
};

}  // namespace sfumato

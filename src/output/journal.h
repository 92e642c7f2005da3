// The journal of one process: what it started and what became of it, one JSON object per line, only appended to.
//
// It is .sfumato/journal.HOST.PID.START.N.jsonl inside the folder of the pictures. The pictures are the truth and the
// journal an index of them: a run survives a journal that is torn, damaged or lost.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "base/file_stamp.h"
#include "base/json.h"
#include "base/process.h"
#include "base/signals.h"
#include "jobs/job_id.h"
#include "output/heartbeat.h"

namespace sfumato {

inline constexpr std::string_view kStateFolder = ".sfumato";

// What is done for a job.
enum class JobPhase {
  begin,   // its prompt is encoded, its input files are read, and the network runs for the first time
  sample,  // the network runs
  decode,  // and everything up to the finished file
};
inline constexpr std::size_t kJobPhases = 3;
// The word in journals, a literal.
[[nodiscard]] const char* name_of(JobPhase phase);

struct JournalEntry {
  enum class Event {
    opened,   // the journal itself; `model` made the pictures that follow
    started,  // durable before the work on a job begins; if nothing follows, the job may have killed the process
    done,     // `file` is complete and durable
    failed,   // with `reason`; other jobs went on
    dropped,  // given up in order, through no fault of the job
    entered,  // the job is in another phase
    crashed,  // the process ended for `cause`, or the run that found it dead says so; base/crash.h writes it, too
  };
  Event event = Event::opened;
  std::string job{};                       // id_text(key, occurrence)
  std::string model{};                     // digest of the model; of `done` only if it is not that of the journal
  std::vector<std::string> counters{};     // of `opened`: oom_counters() of the process
  std::vector<std::uint64_t> oom_kills{};  // of `started`: the values of `counters`
  JobPhase phase = JobPhase::begin;        // of `entered`
  std::string cause{};                     // of `crashed`: a signal's name, or as in output/deaths.h
  std::string file{};                      // relative to the folder of the pictures
  FileStamp stamp{};                       // of the file
  std::string sha256{};                    // of the file
  std::string reason{};                    // one line
  std::uint64_t line = 0;                  // of the prompt file, from 1; 0: from the command line
  JsonObject values{};                     // options of a finished picture, for index.jsonl and for readers
};

[[nodiscard]] std::string to_line(const JournalEntry& entry);
// nullopt for a line that is not an entry: damaged, written by a later version, or with a `file` that is not inside the
// folder.
[[nodiscard]] std::optional<JournalEntry> from_line(std::string_view line);

// The process that wrote a journal, from its file name, with or without START; nullopt for the name of another file.
[[nodiscard]] std::optional<ProcessName> writer_of(const std::filesystem::path& journal);

// Appends. Each entry is written by one call and, if `durable`, on the disk when append() returns.
class Journal {
 public:
  // Creates a new file in `state_folder` under a lock that ends with the process and shows that it lives. The name
  // appears only when the lock is held and the first entry is written. From then on its time is set to now every
  // `beat`, which shows that its writer lives where the lock cannot be seen, and a crash of the process is written into
  // it (base/crash.h). Throws Error(cannot_create) or Error(io_error).
  Journal(const std::filesystem::path& state_folder, const std::string& model,
          std::chrono::milliseconds beat = kHeartbeat);
  // Makes the file read-only, which says "ended in order" and works on a full disk, too. Removes a journal without
  // jobs.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Adds `oom_kills` to a `started`. Throws Error(io_error).
  void append(JournalEntry entry, bool durable = true);
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Whether others see by a lock that the writer lives. Otherwise, on a file system without locks, only by its time.
  [[nodiscard]] bool is_locked() const;

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  std::vector<std::string> counters_;
  bool has_jobs_ = false;
  std::optional<Heartbeat> heartbeat_{};
  RemovedWhenLeaving removed_{};  // while it has no jobs
};

}  // namespace sfumato

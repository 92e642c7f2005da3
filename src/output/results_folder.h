// A folder that takes the pictures of a run, and knows what is in it: what earlier runs finished, what other processes
// are at, and what never to try again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "jobs/job_id.h"
#include "output/completed_index.h"
#include "output/journal.h"
#include "output/peer_journals.h"

namespace sfumato {

inline constexpr int kMaxDeaths = 2;  // after so many a job is set aside

class ResultsFolder {
 public:
  // Makes the folder and its .sfumato/, removes what dead processes left half-written, reads all journals, and adopts
  // the pictures that no journal tells of. nested: names have folders in them.
  // Throws Error(cannot_create) if the folder cannot take files, or holds pictures of another model and new_model is
  // not said.
  ResultsFolder(std::filesystem::path folder, const std::string& model_digest, bool nested, bool new_model);

  // The picture of the job, if it is there and whole; relative to the folder. A damaged one is moved aside.
  [[nodiscard]] std::optional<std::string> find(const JobId& job, const std::string& key);
  // Reads what others wrote meanwhile.
  void refresh() { others_.refresh(); }
  // The process that is making it right now.
  [[nodiscard]] std::optional<ProcessName> owner_of(const JobId& job) const { return others_.owner_of(job); }
  // How many processes died at it.
  [[nodiscard]] int crash_count(const JobId& job) const { return others_.crash_count(job); }

  // What these say is durable when they return. They throw Error(io_error).
  void started(const JobId& job, const std::string& key);
  void failed(const JobId& job, const std::string& key, const std::string& reason);
  void dropped(const JobId& job, const std::string& key);
  // Puts a picture under its name, or, if that is taken by something else, under NAME-2.png, NAME-3.png...; returns the
  // name. If another process has finished the same job meanwhile, its picture stays and this one is let go.
  struct Finished {
    std::string key;
    std::string name;    // relative to the folder
    std::uint64_t line;  // of the prompt file
    JsonObject values;   // of the picture
    bool overwrite;      // replace what is there
  };
  std::string finish(const JobId& job, const Finished& picture, std::span<const std::uint8_t> png);

  // Writes index.jsonl (output/index_file.h) from the journals. Throws Error if that cannot be done.
  void write_index();

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  [[nodiscard]] std::size_t adopted() const { return adopted_; }
  [[nodiscard]] std::size_t unclaimed() const { return pictures_.unclaimed(); }
  // One sentence each: what was found to be wrong, and what was done. Empty afterwards.
  [[nodiscard]] std::vector<std::string> take_notes();

 private:
  void adopt(const std::string& file, const ImageIdentity& identity, const FileStamp& stamp);
  void refuse_other_model(const std::string& model_digest) const;
  void move_aside(const std::string& file);

  std::filesystem::path folder_;
  CompletedIndex pictures_;
  Journal journal_;
  std::unordered_set<std::string> adopted_models_;
  PeerJournals others_;
  std::size_t adopted_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace sfumato

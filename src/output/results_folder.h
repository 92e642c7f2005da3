// A folder that holds the pictures of runs and knows its content: what earlier runs finished, what other processes are
// making, and which jobs killed their process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/folder.h"
#include "base/json.h"
#include "jobs/job_id.h"
#include "output/completed_index.h"
#include "output/journal.h"
#include "output/peer_journals.h"

namespace sfumato {

class ResultsFolder {
 public:
  // Creates the folder and its .sfumato/, removes what dead processes left half-written, reads all journals, and
  // imports the pictures of which no journal has an entry. model_digest, more_models: of the run, its own first.
  // nested: names have folders in them.
  // Throws Error(cannot_create) if the folder cannot be written to, or holds pictures of another model without
  // `new_model`.
  ResultsFolder(const std::filesystem::path& folder, const std::string& model_digest, bool nested, bool new_model,
                const std::vector<std::string>& more_models = {});

  // The picture of the job if it exists and is complete, relative to the folder. A damaged one is moved aside.
  // size: size_of_picture(). Throws as CompletedIndex::find().
  [[nodiscard]] std::optional<std::string> find(const JobId& job, const std::string& key,
                                                std::optional<ImageSize> size = std::nullopt);
  // CompletedIndex::check_digests().
  void check_digests(const CompletedIndex::OnChecked& on_checked) { pictures_.check_digests(on_checked); }
  // Reads what other processes wrote meanwhile.
  void refresh() { peers_.refresh(); }
  // The process that is making the job's picture now.
  [[nodiscard]] std::optional<ProcessName> owner_of(const JobId& job) const { return peers_.owner_of(job); }
  // How processes died while they were at the job.
  [[nodiscard]] Deaths deaths_of(const JobId& job) const { return peers_.deaths_of(job); }

  // Record an event of a job, durable when they return. Throw Error(io_error).
  void started(const JobId& job, const std::string& key);
  void failed(const JobId& job, const std::string& key, const std::string& reason);
  void dropped(const JobId& job, const std::string& key);
  // Not durable: a power cut has no cause in the job.
  void entered(const JobId& job, const std::string& key, JobPhase phase);

  struct Finished {
    std::string key;
    std::string name;     // relative to the folder
    std::uint64_t line;   // of the prompt file; 0: from the command line
    std::string model{};  // digest of the model; empty: the run's own
    JsonObject values;    // options of the picture
    bool overwrite;       // replace what is there
  };
  // Writes a picture under its name, or under NAME-2.png, NAME-3.png... if that is taken by something else; returns the
  // name. If another process has finished the same job meanwhile, its picture stays and this one is discarded.
  std::string finish(const JobId& job, const Finished& picture, std::span<const std::uint8_t> png);

  // Writes index.jsonl (output/index_file.h) from the journals. Throws as IndexFile does.
  void write_index();

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  // The number of pictures that were imported, and of those that no job of this run claimed.
  [[nodiscard]] std::size_t imported() const { return imported_; }
  [[nodiscard]] std::size_t unclaimed() const { return pictures_.unclaimed(); }
  // What was found wrong and what was done, one sentence each; empty after the call.
  [[nodiscard]] std::vector<std::string> take_notes();
  // What the file system cannot do and what is done instead, for whoever wants to know; empty after the call.
  [[nodiscard]] std::vector<std::string> take_details();

 private:
  void import_existing(const std::string& file, const ImageIdentity& identity, const FileStamp& stamp);
  void refuse_other_model(const std::vector<std::string>& more_models) const;
  void describe_file_system();
  // Removes what dead processes left half-written in a folder inside, and in all of them.
  void tidy_all();
  void tidy(const std::filesystem::path& inside);
  void move_aside(const std::string& file);

  Folder folder_;
  std::string model_;  // digest of the run's own
  CompletedIndex pictures_;
  Journal journal_;
  std::unordered_set<std::string> imported_models_;
  PeerJournals peers_;
  std::size_t imported_ = 0;
  std::vector<std::string> notes_;
  std::vector<std::string> details_;
  std::unordered_set<std::string> tidied_;  // folders inside, in which dead processes left nothing half-written
};

}  // namespace sfumato

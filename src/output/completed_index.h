// The pictures that a folder holds, by job: an index in memory, of about 150 bytes a picture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/json.h"
#include "output/journal.h"

namespace sfumato {

// What a picture file says of itself. Throws Error if it is no whole PNG.
struct ImageIdentity {
  std::string key;           // empty: it carries none
  std::string model_digest;  // likewise
  std::string dtype;         // of the networks; likewise
  std::string sha256;        // of the file
  JsonObject values;         // all that its `sfumato` text says
};
[[nodiscard]] ImageIdentity identity_of(const std::filesystem::path& picture);

class CompletedIndex {
 public:
  explicit CompletedIndex(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // A picture that a journal tells of. The file need not be there; that is looked at when the job comes.
  // asked: it has come.
  void add(const JobId& job, const JournalEntry& entry, bool asked = false);
  // Whether a picture of the job is known; it need not be there any more.
  [[nodiscard]] bool knows(const JobId& job) const { return pictures_.contains(job); }

  // Whether the file is known as the picture of another job with the same key.
  [[nodiscard]] bool belongs_to_other_job(const std::string& file, const JobId& job) const;

  struct Result {
    std::optional<std::string> file{};      // the picture of the job, relative to the folder
    std::optional<JournalEntry> changed{};  // the file was touched, and is whole: what the journal should say of it
    std::optional<std::string> damaged{};   // a file that should have been it and is not whole
  };
  // Looks whether the job's picture is there and whole: by its size and time, or else by reading it.
  [[nodiscard]] Result find(const JobId& job, const std::string& key);

  // Hands over the pictures in the folder that no journal tells of. nested: in folders below it, too.
  using Adopt = std::function<void(const std::string& file, const ImageIdentity& identity, const FileStamp& stamp)>;
  // Returns how many files ending in .png there are that cannot be read as such.
  std::size_t import_existing(bool nested, const Adopt& adopt);

  // Whether the entry is the one that tells of a picture that is there; once for each picture.
  [[nodiscard]] bool take_for_index(const JobId& job, const JournalEntry& entry);

  // How many pictures are there that nobody looked for with find().
  [[nodiscard]] std::size_t unclaimed() const;

 private:
  struct Picture {
    std::string file;
    FileStamp stamp;
    std::uint64_t digest = 0;  // the first 64 bits of the file's SHA-256
    bool asked = false;
    bool indexed = false;
  };
  enum class State { whole, touched, damaged, other };
  [[nodiscard]] State look_at(const Picture& picture, const std::string& key, JournalEntry& changed) const;

  std::filesystem::path folder_;
  std::unordered_multimap<JobId, Picture> pictures_;  // several: the same job under several names
};

}  // namespace sfumato

// The pictures in a folder, by job: an index in memory, about 150 bytes per picture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/folder.h"
#include "base/json.h"
#include "image/decoded_image.h"
#include "output/journal.h"

namespace sfumato {

// What a picture file says of itself. Empty: the file does not say it.
struct ImageIdentity {
  std::string key;
  std::string model_digest;
  std::string dtype;   // of the networks
  std::string sha256;  // of the file; never empty
  JsonObject values;   // the whole `sfumato` text
};
// Throws Error if the file is not a complete PNG and nothing else, or has another size than its values say. A key
// without a size is not taken for one.
[[nodiscard]] ImageIdentity identity_of(const std::filesystem::path& picture);
// Of a name that a program wrote or that was found in the folder. Throws Error also if it leads outside.
[[nodiscard]] ImageIdentity identity_of(const Folder& folder, const std::filesystem::path& name);

class CompletedIndex {
 public:
  // Names in journals are obeyed only inside the folder; it must outlive the index.
  explicit CompletedIndex(const Folder& folder) : folder_(folder) {}

  // Adds a picture of which a journal has an entry. Whether the file exists is checked by find().
  // claimed: this run has asked for the job.
  void add(const JobId& job, const JournalEntry& entry, bool claimed = false);
  // Whether a picture of the job is known; its file need not exist any more.
  [[nodiscard]] bool knows(const JobId& job) const { return pictures_.contains(job); }

  // Whether the file is the picture of another job with the same key.
  [[nodiscard]] bool belongs_to_other_job(const std::string& file, const JobId& job) const;

  struct Result {
    std::optional<std::string> file{};      // the picture of the job, relative to the folder
    std::optional<JournalEntry> changed{};  // the file was changed and is complete: its new journal entry
    std::optional<std::string> damaged{};   // a file that should be the picture and is damaged
    bool rewritten = false;                 // with `changed`: its bytes are not those that were recorded
  };
  // Checks whether the job's picture exists and is complete: by the size and time of its file, or else by reading it. A
  // picture of other than `size` (size_of_picture(); nullopt: not known) is not the job's, whatever its key. Throws
  // Error(input_missing) if the system does not give the file, which is no damage.
  [[nodiscard]] Result find(const JobId& job, const std::string& key, std::optional<ImageSize> size = std::nullopt);

  // Compares every picture whose file has the recorded size and time with its SHA-256, in the order of names. find()
  // takes those that differ for damaged. Throws as find() and as throw_if_interrupted() do.
  using OnChecked = std::function<void(std::size_t checked, std::size_t all)>;
  void check_digests(const OnChecked& on_checked);

  // Reports the pictures in the folder of which no journal has an entry. nested: also those in folders inside it.
  // Returns the number of files ending in .png that cannot be read as such.
  using OnExisting =
      std::function<void(const std::string& file, const ImageIdentity& identity, const FileStamp& stamp)>;
  std::size_t import_existing(bool nested, const OnExisting& on_existing);

  // Whether the entry describes a picture that exists; true once per picture.
  [[nodiscard]] bool take_for_index(const JobId& job, const JournalEntry& entry);

  // The number of existing pictures that nobody looked for with find().
  [[nodiscard]] std::size_t unclaimed() const;

 private:
  struct Picture {
    std::string file;
    FileStamp stamp;
    std::uint64_t digest = 0;  // the first 64 bits of the file's SHA-256
    bool claimed = false;
    bool indexed = false;
    bool damaged = false;             // check_digests() has found it so
    std::optional<ImageSize> size{};  // size_in() of its values
  };
  enum class State { unchanged, changed, damaged, other };
  [[nodiscard]] State look_at(const Picture& picture, const std::string& key, std::optional<ImageSize> size,
                              JournalEntry& changed) const;

  const Folder& folder_;
  std::unordered_multimap<JobId, Picture> pictures_;  // several per job: the same picture under several names
};

}  // namespace sfumato

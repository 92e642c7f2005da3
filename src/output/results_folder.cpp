#include "output/results_folder.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/printable.h"
#include "base/sha256.h"
#include "base/shown_path.h"
#include "base/temporary_name.h"
#include "output/index_file.h"
#include "output/picture_size.h"
#include "output/publish.h"
#include "output/writable.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

constexpr std::size_t kRememberedFolders = 1000;

Folder prepared(const std::filesystem::path& path) {
  check_folder(path);
  Folder folder(path, ErrorKind::cannot_create);
  const std::filesystem::path state = path / kStateFolder;
  if (!folder.make_parent(std::filesystem::path(kStateFolder) / "journal")) {
    throw Error(ErrorKind::cannot_create,
                shown_path(state) + ": is not a folder and cannot be made one: " +
                    folder.reason_for(std::filesystem::path(kStateFolder) / "journal", errno) + ".");
  }
  check_folder(state);
  remove_stale_temporaries(path);
  remove_stale_temporaries(state);
  return folder;
}

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

// name.png, name-2.png, name-3.png ... A name that would be too long loses letters for the number.
std::string numbered(const std::string& name, int n) {
  if (n == 1) return name;
  const std::filesystem::path path = name;
  const std::string ending = "-" + std::to_string(n) + path.extension().string();
  std::string stem = path.stem().string();
  const std::size_t longest = std::max(path.filename().native().size(), kShortName);
  if (stem.size() + ending.size() > longest) {
    std::size_t end = longest - ending.size();
    while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xc0U) == 0x80) --end;  // within a letter of UTF-8
    stem.resize(end);
  }
  return (path.parent_path() / (stem + ending)).string();
}

// Whether a file is a picture of that job, or has that digest.
bool is_same(const Folder& folder, const std::string& name, const std::string& key, std::optional<ImageSize> size,
             const std::string& sha256) {
  try {
    const ImageIdentity identity = identity_of(folder, name);
    return identity.sha256 == sha256 || (identity.key == key && (!size || size_in(identity.values) == size));
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

ResultsFolder::ResultsFolder(const std::filesystem::path& folder, const std::string& model_digest, bool nested,
                             bool new_model, const std::vector<std::string>& more_models)
    : folder_(prepared(folder)),
      model_(model_digest),
      pictures_(folder_),
      journal_(folder / kStateFolder, model_digest),
      peers_(folder / kStateFolder, journal_.path(), [this](const JobId& job, const JournalEntry& entry) {
        if (entry.event == Event::done) pictures_.add(job, entry);
      }) {
  if (nested) tidy_all();
  describe_file_system();
  const std::size_t unreadable =
      pictures_.import_existing(nested, [this](const std::string& file, const ImageIdentity& identity,
                                               const FileStamp& stamp) { import_existing(file, identity, stamp); });
  if (!new_model) refuse_other_model(more_models);
  if (peers_.torn_lines() > 0) {
    notes_.push_back("the last line of " + counted(peers_.torn_lines(), "journal") +
                     " was never finished, and was cut off.");
  }
  if (peers_.unreadable_lines() > 0) {
    notes_.push_back(counted(peers_.unreadable_lines(), "line") +
                     " of the journals cannot be read and were skipped; the pictures themselves were checked.");
  }
  if (unreadable > 0) {
    notes_.push_back(counted(unreadable, "file") + " in " + shown_path(folder_.path()) +
                     " ending in .png: not a complete picture, left alone.");
  }
}

void ResultsFolder::refuse_other_model(const std::vector<std::string>& more_models) const {
  std::unordered_set<std::string> models = peers_.models();
  models.insert(imported_models_.begin(), imported_models_.end());
  models.erase("");
  const auto is_here = [&](const std::string& digest) { return models.contains(digest); };
  if (models.empty() || is_here(model_) || std::ranges::any_of(more_models, is_here)) return;
  throw Error(ErrorKind::cannot_create, shown_path(folder_.path()) + ": holds pictures of another model (" +
                                            models.begin()->substr(0, 10) + ", this one is " + model_.substr(0, 10) +
                                            "). Give another `output`, or add `new_model` to mix them.");
}

void ResultsFolder::import_existing(const std::string& file, const ImageIdentity& identity, const FileStamp& stamp) {
  std::optional<JobId> job = job_id(identity.key);
  if (!job) return;  // of another program, or without metadata
  while (pictures_.knows(*job)) ++job->occurrence;
  const JournalEntry entry{.event = Event::done,
                           .job = id_text(identity.key, job->occurrence),
                           .file = file,
                           .stamp = stamp,
                           .sha256 = identity.sha256,
                           .values = identity.values};
  journal_.append(entry, /*durable=*/false);
  pictures_.add(*job, entry);
  imported_models_.insert(identity.model_digest);
  ++imported_;
}

std::optional<std::string> ResultsFolder::find(const JobId& job, const std::string& key,
                                               std::optional<ImageSize> size) {
  CompletedIndex::Result result = pictures_.find(job, key, size);
  if (result.damaged) move_aside(*result.damaged);
  if (result.changed) {
    result.changed->job = id_text(key, job.occurrence);
    journal_.append(*result.changed, /*durable=*/false);
  }
  return result.file;
}

void ResultsFolder::move_aside(const std::string& file) {
  const std::string path = shown_path(folder_.path() / file);
  for (int n = 1; n < 1000; ++n) {
    const std::string name = file + ".damaged" + (n == 1 ? "" : "-" + std::to_string(n));
    if (folder_.rename(file, name)) {
      notes_.push_back(path + ": is damaged. It was renamed to " +
                       printable(std::filesystem::path(name).filename().string()) + " and is made again.");
      return;
    }
    if (errno != EEXIST) break;
  }
  notes_.push_back(path + ": is damaged. It is made again under another name.");
}

void ResultsFolder::started(const JobId& job, const std::string& key) {
  journal_.append({.event = Event::started, .job = id_text(key, job.occurrence)});
}

void ResultsFolder::failed(const JobId& job, const std::string& key, const std::string& reason) {
  journal_.append({.event = Event::failed, .job = id_text(key, job.occurrence), .reason = reason});
}

void ResultsFolder::dropped(const JobId& job, const std::string& key) {
  journal_.append({.event = Event::dropped, .job = id_text(key, job.occurrence)});
}

void ResultsFolder::entered(const JobId& job, const std::string& key, JobPhase phase) {
  journal_.append({.event = Event::entered, .job = id_text(key, job.occurrence), .phase = phase}, /*durable=*/false);
}

std::string ResultsFolder::finish(const JobId& job, const Finished& picture, std::span<const std::uint8_t> png) {
  JournalEntry entry{.event = Event::done,
                     .job = id_text(picture.key, job.occurrence),
                     .sha256 = sha256(std::as_bytes(png)),
                     .line = picture.line,
                     .values = picture.values};
  if (!picture.model.empty() && picture.model != model_) entry.model = picture.model;
  const std::optional<ImageSize> size = size_in(picture.values);
  tidy(std::filesystem::path(picture.name).parent_path());
  for (int n = 1; entry.file.empty(); ++n) {
    const std::string candidate = numbered(picture.name, n);
    try {
      entry.stamp = publish(folder_, candidate, png, picture.overwrite);
    } catch (const NameTaken&) {
      // Perhaps by another process that finished the same job.
      refresh();
      if (const std::optional<std::string> theirs = find(job, picture.key, size)) return *theirs;
      if (!is_same(folder_, candidate, picture.key, size, entry.sha256) ||
          pictures_.belongs_to_other_job(candidate, job))
        continue;
      entry.stamp = folder_.stamp_of(candidate).value_or(FileStamp{});
    }
    entry.file = candidate;
  }
  journal_.append(entry);
  pictures_.add(job, entry, /*claimed=*/true);
  return entry.file;
}

void ResultsFolder::write_index() {
  IndexFile index(folder_);
  peers_.read_all(journal_.path(), [&](const JobId& job, const JournalEntry& entry) {
    if (entry.event != Event::done || !pictures_.take_for_index(job, entry)) return;
    index.add({.file = entry.file,
               .key = entry.job.substr(0, entry.job.find('+')),
               .line = entry.line,
               .values = entry.values});
  });
  index.finish();
}

// Folders that a link leads to are not looked into.
void ResultsFolder::tidy_all() {
  constexpr auto kOptions = std::filesystem::directory_options::skip_permission_denied;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(path(), kOptions, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    if (entry->symlink_status(gone).type() != std::filesystem::file_type::directory) continue;
    if (is_temporary_name(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    } else {
      tidy(entry->path().lexically_relative(path()));
    }
  }
}

void ResultsFolder::tidy(const std::filesystem::path& inside) {
  if (tidied_.size() == kRememberedFolders) tidied_.clear();
  if (inside.empty() || !tidied_.insert(inside.string()).second) return;
  if (folder_.can_hold(inside / "picture")) remove_stale_temporaries(path() / inside);
}

void ResultsFolder::describe_file_system() {
  if (std::string note = naming_note(path()); !note.empty()) details_.push_back(std::move(note));
  if (!journal_.is_locked()) {
    details_.push_back(shown_path(path()) +
                       ": its file system has no locks. Other processes see that this one lives by the time of "
                       "its journal, which is set every 30 s.");
  }
}

std::vector<std::string> ResultsFolder::take_details() { return std::exchange(details_, {}); }

std::vector<std::string> ResultsFolder::take_notes() { return std::exchange(notes_, {}); }

}  // namespace sfumato

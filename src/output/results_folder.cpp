#include "output/results_folder.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/printable.h"
#include "base/sha256.h"
#include "base/temporary_name.h"
#include "output/index_file.h"
#include "output/picture_size.h"
#include "output/publish.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

std::filesystem::path prepared(std::filesystem::path folder) {
  check_folder(folder / kStateFolder);
  remove_stale_temporaries(folder);
  remove_stale_temporaries(folder / kStateFolder);
  return folder;
}

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

// name.png, name-2.png, name-3.png ...
std::string numbered(const std::string& name, int n) {
  if (n == 1) return name;
  const std::filesystem::path path = name;
  return (path.parent_path() / (path.stem().string() + "-" + std::to_string(n) + path.extension().string())).string();
}

// Whether a file is a picture of that job, or has that digest.
bool is_same(const std::filesystem::path& path, const std::string& key, std::optional<ImageSize> size,
             const std::string& sha256) {
  try {
    const ImageIdentity identity = identity_of(path);
    return identity.sha256 == sha256 || (identity.key == key && (!size || size_in(identity.values) == size));
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

ResultsFolder::ResultsFolder(std::filesystem::path folder, const std::string& model_digest, bool nested, bool new_model)
    : folder_(prepared(std::move(folder))),
      pictures_(folder_),
      journal_(folder_ / kStateFolder, model_digest),
      peers_(folder_ / kStateFolder, journal_.path(), [this](const JobId& job, const JournalEntry& entry) {
        if (entry.event == Event::done) pictures_.add(job, entry);
      }) {
  const std::size_t unreadable =
      pictures_.import_existing(nested, [this](const std::string& file, const ImageIdentity& identity,
                                               const FileStamp& stamp) { import_existing(file, identity, stamp); });
  if (!new_model) refuse_other_model(model_digest);
  if (peers_.torn_lines() > 0) {
    notes_.push_back("the last line of " + counted(peers_.torn_lines(), "journal") +
                     " was never finished, and was cut off.");
  }
  if (peers_.unreadable_lines() > 0) {
    notes_.push_back(counted(peers_.unreadable_lines(), "line") +
                     " of the journals cannot be read and were skipped; the pictures themselves were checked.");
  }
  if (unreadable > 0) {
    notes_.push_back(counted(unreadable, "file") + " in " + printable(folder_.string(), 400) +
                     " ending in .png: not a complete picture, left alone.");
  }
}

void ResultsFolder::refuse_other_model(const std::string& model_digest) const {
  std::unordered_set<std::string> models = peers_.models();
  models.insert(imported_models_.begin(), imported_models_.end());
  models.erase("");
  if (models.empty() || models.contains(model_digest)) return;
  throw Error(ErrorKind::cannot_create, printable(folder_.string(), 400) + ": holds pictures of another model (" +
                                            models.begin()->substr(0, 10) + ", this one is " +
                                            model_digest.substr(0, 10) +
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
  const std::filesystem::path path = folder_ / file;
  for (int n = 1; n < 1000; ++n) {
    const std::string name = file + ".damaged" + (n == 1 ? "" : "-" + std::to_string(n));
    if (renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, (folder_ / name).c_str(), RENAME_NOREPLACE) == 0) {
      notes_.push_back(printable(path.string(), 400) + ": is damaged. It was renamed to " +
                       printable(std::filesystem::path(name).filename().string()) + " and is made again.");
      return;
    }
    if (errno != EEXIST) break;
  }
  notes_.push_back(printable(path.string(), 400) + ": is damaged. It is made again under another name.");
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
  const std::optional<ImageSize> size = size_in(picture.values);
  for (int n = 1; entry.file.empty(); ++n) {
    const std::string candidate = numbered(picture.name, n);
    const std::filesystem::path path = folder_ / candidate;
    try {
      if (candidate.find('/') != std::string::npos) check_folder(path.parent_path());
      entry.stamp = publish(path, png, picture.overwrite);
    } catch (const NameTaken&) {
      // Perhaps by another process that finished the same job.
      refresh();
      if (const std::optional<std::string> theirs = find(job, picture.key, size)) return *theirs;
      if (!is_same(path, picture.key, size, entry.sha256) || pictures_.belongs_to_other_job(candidate, job)) continue;
      entry.stamp = stamp_of(path).value_or(FileStamp{});
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

std::vector<std::string> ResultsFolder::take_notes() { return std::exchange(notes_, {}); }

}  // namespace sfumato

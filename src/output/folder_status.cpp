#include "output/folder_status.h"

#include <unordered_map>

#include "base/printable.h"
#include "output/peer_journals.h"
#include "output/results_folder.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

std::string key_in(const std::string& job) { return job.substr(0, job.find('+')); }

}  // namespace

FolderStatus status_of(const std::filesystem::path& folder, const CompletedIndex::OnChecked& on_checked) {
  const std::filesystem::path state = folder / kStateFolder;
  std::error_code error;
  if (!std::filesystem::is_directory(state, error)) {
    throw Error(ErrorKind::input_missing,
                printable(folder.string(), 400) + ": is not a folder that a run of several pictures was made into.");
  }
  const Folder root(folder);
  CompletedIndex pictures(root);
  std::unordered_map<JobId, std::string> finished;                // the key of each
  std::unordered_map<JobId, FolderStatus::Failure> last_failure;  // of jobs that were not made since
  std::unordered_map<JobId, std::string> begun;
  const PeerJournals writers(
      state, {},
      [&](const JobId& job, const JournalEntry& entry) {
        if (entry.event == Event::started) begun[job] = key_in(entry.job);
        if (entry.event == Event::failed) last_failure[job] = {.job = key_in(entry.job), .reason = entry.reason};
        if (entry.event != Event::done) return;
        pictures.add(job, entry);
        finished[job] = key_in(entry.job);
      },
      PeerJournals::Torn::leave);
  pictures.import_existing(
      /*nested=*/true, [&](const std::string& file, const ImageIdentity& identity, const FileStamp& stamp) {
        std::optional<JobId> job = job_id(identity.key);
        if (!job) return;
        while (pictures.knows(*job)) ++job->occurrence;
        pictures.add(*job, {.event = Event::done, .file = file, .stamp = stamp, .values = identity.values});
        finished[*job] = identity.key;
      });
  if (on_checked) pictures.check_digests(on_checked);
  FolderStatus status;
  for (const auto& [job, key] : finished) {
    CompletedIndex::Result result = pictures.find(job, key);
    last_failure.erase(job);
    begun.erase(job);
    if (result.file) {
      ++status.done;
      if (result.rewritten) status.rewritten.push_back(*std::move(result.file));
    } else if (result.damaged) {
      status.damaged.push_back(*std::move(result.damaged));
    } else {
      ++status.missing;
    }
  }
  for (auto& [job, failure] : last_failure) status.failed.push_back(std::move(failure));
  for (const auto& [job, key] : begun) {
    if (writers.deaths_of(job).sets_aside()) status.set_aside.push_back(key);
  }
  for (const PeerJournals::Working& writer : writers.working()) {
    status.in_progress.push_back({.process = writer.process, .pictures = writer.jobs});
  }
  return status;
}

}  // namespace sfumato

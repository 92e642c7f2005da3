#include "output/peer_journals.h"

#include <algorithm>
#include <vector>

namespace sfumato {

using Event = JournalEntry::Event;

namespace {

// What was written last comes last, and holds.
std::vector<std::filesystem::path> journals_in(const std::filesystem::path& folder) {
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (writer_of(entry->path())) found.emplace_back(entry->last_write_time(gone), entry->path());
  }
  std::ranges::sort(found);
  std::vector<std::filesystem::path> paths;
  for (auto& [time, path] : found) paths.push_back(std::move(path));
  return paths;
}

}  // namespace

PeerJournals::PeerJournals(std::filesystem::path state_folder, std::filesystem::path own, Take take, Torn torn)
    : state_folder_(std::move(state_folder)), own_(std::move(own)), take_(std::move(take)), torn_(torn) {
  refresh();
}

void PeerJournals::refresh() {
  find_journals();
  for (auto writer = writers_.begin(); writer != writers_.end();) {
    read(*writer);
    writer = writer->alive ? std::next(writer) : writers_.erase(writer);
  }
}

void PeerJournals::find_journals() {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(state_folder_, error);
  if (error || changed == folder_changed_) return;
  folder_changed_ = changed;
  for (const std::filesystem::path& path : journals_in(state_folder_)) {
    if (path == own_ || !known_.insert(path.filename().string()).second) continue;
    writers_.push_back({.reader = JournalReader(path, *writer_of(path))});
  }
}

void PeerJournals::read_all(const std::filesystem::path& own, const Take& take) const {
  const auto read_one = [&take](const std::filesystem::path& path) {
    JournalReader(path, *writer_of(path)).read([&take](const JournalEntry& entry) {
      if (const std::optional<JobId> job = parse_job_id(entry.job)) take(*job, entry);
    });
  };
  for (const std::filesystem::path& path : journals_in(state_folder_)) {
    if (path != own) read_one(path);
  }
  read_one(own);
}

void PeerJournals::read(Writer& writer) {
  // In this order: what it wrote last before it died is read, too.
  writer.alive = writer.reader.is_alive();
  writer.reader.read([&](const JournalEntry& entry) { take_entry(writer, entry); });
  if (writer.alive) return;
  unreadable_lines_ += writer.reader.unreadable_lines();
  if (torn_ == Torn::cut && writer.reader.cut_torn_line()) ++torn_lines_;
  if (writer.reader.ended_in_order()) return;
  for (const JobId& job : writer.open) ++deaths_[job];
}

void PeerJournals::take_entry(Writer& writer, const JournalEntry& entry) {
  if (entry.event == Event::opened) {
    writer.model = entry.model;
    return;
  }
  const std::optional<JobId> job = parse_job_id(entry.job);
  if (!job) return;
  if (entry.event == Event::started) {
    writer.open.insert(*job);
  } else {
    writer.open.erase(*job);
  }
  if (entry.event == Event::done) models_.insert(writer.model);
  take_(*job, entry);
}

std::optional<ProcessName> PeerJournals::owner_of(const JobId& job) const {
  for (const Writer& writer : writers_) {
    if (writer.open.contains(job)) return writer.reader.writer();
  }
  return std::nullopt;
}

int PeerJournals::crash_count(const JobId& job) const {
  const auto found = deaths_.find(job);
  return found == deaths_.end() ? 0 : found->second;
}

std::vector<PeerJournals::Working> PeerJournals::working() const {
  std::vector<Working> result;
  for (const Writer& writer : writers_) result.push_back({writer.reader.writer(), writer.open.size()});
  return result;
}

}  // namespace sfumato

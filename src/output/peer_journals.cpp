#include "output/peer_journals.h"

#include <algorithm>
#include <vector>

#include "base/oom_kills.h"

namespace sfumato {

using Event = JournalEntry::Event;

namespace {

constexpr std::chrono::seconds kClockResolution{2};   // of any file system
constexpr std::chrono::seconds kBetweenRevivals{10};  // there may be thousands of them, on a slow file system

// Ordered by time: of two entries for one job the last one counts.
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

// The first counter that can still be read decides: that of the process's own group before that of the machine.
bool died_for_memory(const std::vector<std::string>& counters, const std::vector<std::uint64_t>& before) {
  for (std::size_t i = 0; i < std::min(counters.size(), before.size()); ++i) {
    if (const std::optional<std::uint64_t> now = oom_kills(counters[i])) return *now > before[i];
  }
  return false;
}

}  // namespace

PeerJournals::PeerJournals(std::filesystem::path state_folder, std::filesystem::path own, Take take, Torn torn)
    : state_folder_(std::move(state_folder)), own_(std::move(own)), take_(std::move(take)), torn_(torn) {
  refresh();
}

void PeerJournals::refresh() {
  find_journals();
  revive();
  for (auto next = writers_.begin(); next != writers_.end();) {
    const auto writer = next++;
    if (read(*writer)) continue;
    bury(*writer);
    if (writer->reader.ended_in_order() || !writer->reader.exists()) {
      writers_.erase(writer);
    } else {
      crashed_.splice(crashed_.end(), writers_, writer);
    }
  }
}

void PeerJournals::find_journals() {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(state_folder_, error);
  // A change within the clock's resolution of the last reading does not show in the folder's time.
  if (error || (changed == folder_changed_ && folder_read_ - changed > kClockResolution)) return;
  folder_changed_ = changed;
  folder_read_ = std::filesystem::file_time_type::clock::now();
  for (const std::filesystem::path& path : journals_in(state_folder_)) {
    if (path == own_ || !known_.insert(path.filename().string()).second) continue;
    writers_.push_back({.reader = JournalReader(path, *writer_of(path))});
  }
}

// Locks and entries of another machine may be seen late.
void PeerJournals::revive() {
  const auto now = std::chrono::steady_clock::now();
  if (crashed_.empty() || (revived_ && now - *revived_ < kBetweenRevivals)) return;
  revived_ = now;
  for (auto next = crashed_.begin(); next != crashed_.end();) {
    const auto writer = next++;
    if (!writer->reader.has_grown() && !writer->reader.is_alive()) continue;
    unbury(*writer);
    writers_.splice(writers_.end(), crashed_, writer);
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

// Returns whether the writer is alive. It is asked first, so that what it wrote last before it died is read, too.
bool PeerJournals::read(Writer& writer) {
  const bool alive = writer.reader.is_alive();
  writer.reader.read([&](const JournalEntry& entry) { take_entry(writer, entry); });
  return alive;
}

// Counts what a dead writer leaves behind.
void PeerJournals::bury(Writer& writer) {
  unreadable_lines_ += writer.reader.unreadable_lines();
  if (torn_ == Torn::cut && writer.reader.cut_torn_line()) ++torn_lines_;
  if (writer.reader.ended_in_order() || writer.open.empty()) return;
  if (writer.cause.empty()) {
    writer.cause = died_for_memory(writer.counters, writer.oom_kills) ? kMemory : kUnknown;
    // The counters grow later, too, for other processes: what they say now, says it for good.
    const bool is_local = writer.reader.writer().host == this_process().host;
    if (torn_ == Torn::cut && is_local) writer.reader.append({.event = Event::crashed, .cause = writer.cause});
  }
  for (const auto& [job, phase] : writer.open) {
    Deaths& deaths = deaths_[job];
    ++deaths.in_phase.at(static_cast<std::size_t>(phase));
    if (writer.cause == kUnknown) continue;
    ++deaths.caused;
    deaths.cause = writer.cause;
    deaths.phase = phase;
  }
  writer.died_at = writer.open;
}

void PeerJournals::unbury(Writer& writer) {
  unreadable_lines_ -= writer.reader.unreadable_lines();
  for (const auto& [job, phase] : writer.died_at) {
    Deaths& deaths = deaths_[job];
    --deaths.in_phase.at(static_cast<std::size_t>(phase));
    if (writer.cause != kUnknown) --deaths.caused;
  }
  writer.died_at.clear();
  writer.cause.clear();
}

void PeerJournals::take_entry(Writer& writer, const JournalEntry& entry) {
  if (entry.event == Event::opened) {
    writer.model = entry.model;
    writer.counters = entry.counters;
    return;
  }
  if (entry.event == Event::crashed) {
    if (writer.cause.empty()) writer.cause = entry.cause;
    return;
  }
  const std::optional<JobId> job = parse_job_id(entry.job);
  if (!job) return;
  if (entry.event == Event::started) {
    writer.open[*job] = JobPhase::begin;
    writer.oom_kills = entry.oom_kills;
  } else if (entry.event == Event::entered) {
    if (const auto open = writer.open.find(*job); open != writer.open.end()) open->second = entry.phase;
  } else {
    writer.open.erase(*job);
  }
  if (entry.event == Event::done) models_.insert(entry.model.empty() ? writer.model : entry.model);
  take_(*job, entry);
}

std::optional<ProcessName> PeerJournals::owner_of(const JobId& job) const {
  for (const Writer& writer : writers_) {
    if (writer.open.contains(job)) return writer.reader.writer();
  }
  return std::nullopt;
}

Deaths PeerJournals::deaths_of(const JobId& job) const {
  const auto found = deaths_.find(job);
  return found == deaths_.end() ? Deaths{} : found->second;
}

std::vector<PeerJournals::Working> PeerJournals::working() const {
  std::vector<Working> result;
  for (const Writer& writer : writers_) result.push_back({writer.reader.writer(), writer.open.size()});
  return result;
}

}  // namespace sfumato

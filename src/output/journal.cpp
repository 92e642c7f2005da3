#include "output/journal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>

#include "base/durable_file.h"
#include "base/fault.h"
#include "base/signals.h"
#include "base/temporary_file.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

constexpr std::string_view kPrefix = "journal.";
constexpr std::string_view kSuffix = ".jsonl";
constexpr int kMaxJournals = 100'000;  // of one process

constexpr std::array<std::pair<Event, std::string_view>, 5> kEvents = {{{Event::opened, "opened"},
                                                                        {Event::started, "started"},
                                                                        {Event::done, "done"},
                                                                        {Event::failed, "failed"},
                                                                        {Event::dropped, "dropped"}}};

std::string_view name_of(Event event) {
  for (const auto& [value, name] : kEvents) {
    if (value == event) return name;
  }
  return "";
}

std::optional<Event> event_of(const std::string& text) {
  for (const auto& [value, name] : kEvents) {
    if (name == text) return value;
  }
  return std::nullopt;
}

// RFC 3339, UTC.
std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void read_stamp(JsonReader& reader, JournalEntry& entry) {
  entry.file = reader.string("file");
  entry.stamp.bytes = static_cast<std::uint64_t>(reader.integer("bytes", 0, INT64_MAX));
  entry.stamp.changed = reader.integer("changed", INT64_MIN, INT64_MAX);
  entry.sha256 = reader.string("sha256");
  if (reader.has("line")) entry.line = static_cast<std::uint64_t>(reader.integer("line", 0, INT64_MAX));
  if (reader.has("values")) {
    if (const auto* values = std::get_if<JsonObject>(&reader.at("values").value)) entry.values = *values;
  }
}

// In one call, so that entries of a killed process are whole but for the last.
void write_entry(int descriptor, const std::filesystem::path& path, const JournalEntry& entry, bool durable) {
  const std::string line = to_line(entry) + "\n";
  const ssize_t written = fault("journal_write") ? -1 : write(descriptor, line.data(), line.size());
  if (written < 0) fail_to_write(ErrorKind::io_error, path, "cannot be written", errno);
  if (static_cast<std::size_t>(written) != line.size()) {
    fail_to_write(ErrorKind::io_error, path, "cannot be written", ENOSPC);
  }
  if (durable && (fault("journal_fsync") || fsync(descriptor) != 0)) {
    fail_to_write(ErrorKind::io_error, path, "cannot be written", errno);
  }
}

}  // namespace

std::string to_line(const JournalEntry& entry) {
  JsonObject line = {{"event", {std::string(name_of(entry.event))}}, {"time", {now()}}};
  if (entry.event == Event::opened) {
    line.push_back({"model", {entry.model}});
  } else {
    line.push_back({"job", {entry.job}});
  }
  if (entry.event == Event::failed) line.push_back({"reason", {entry.reason}});
  if (entry.event == Event::done) {
    line.push_back({"file", {entry.file}});
    line.push_back({"bytes", {static_cast<std::int64_t>(entry.stamp.bytes)}});
    line.push_back({"changed", {entry.stamp.changed}});
    line.push_back({"sha256", {entry.sha256}});
    if (entry.line > 0) line.push_back({"line", {static_cast<std::int64_t>(entry.line)}});
    line.push_back({"values", {entry.values}});
  }
  return dump_json({std::move(line)});
}

std::optional<JournalEntry> from_line(std::string_view line) {
  try {
    const Json json = parse_json(line, "journal", ErrorKind::bad_data);
    JsonReader reader(json, "journal", ErrorKind::bad_data);
    const std::optional<Event> event = event_of(reader.string("event"));
    if (!event) return std::nullopt;
    JournalEntry entry{.event = *event};
    if (entry.event == Event::opened) {
      entry.model = reader.string("model");
    } else {
      entry.job = reader.string("job");
    }
    if (entry.event == Event::failed) entry.reason = reader.string("reason");
    if (entry.event == Event::done) read_stamp(reader, entry);
    return entry;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<ProcessName> writer_of(const std::filesystem::path& journal) {
  std::string name = journal.filename().string();
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return std::nullopt;
  ProcessName process{.host = name.substr(0, dot)};
  const char* const end = name.data() + name.size();
  const auto [after_id, id_error] = std::from_chars(name.data() + dot + 1, end, process.id);
  if (id_error != std::errc() || after_id == end || *after_id != '.') return std::nullopt;
  std::uint64_t start = 0;
  const auto [after_start, start_error] = std::from_chars(after_id + 1, end, start);
  if (start_error == std::errc() && after_start != end && *after_start == '.') process.start = start;
  return process;
}

Journal::Journal(const std::filesystem::path& state_folder, const std::string& model) {
  const ProcessName process = this_process();
  const std::string stem = std::string(kPrefix) + process.host + "." + std::to_string(process.id) + "." +
                           std::to_string(process.start) + ".";
  const auto name = [&](int n) { return state_folder / (stem + std::to_string(n) + std::string(kSuffix)); };
  TemporaryFile file(state_folder, name(1), "journal_open");
  write_entry(file.descriptor(), name(1), {.event = Event::opened, .model = model}, /*durable=*/true);
  int n = 1;
  while (n <= kMaxJournals && !file.rename_to(name(n), /*overwrite=*/false)) ++n;
  path_ = name(n);
  if (n > kMaxJournals) fail_to_write(ErrorKind::cannot_create, path_, "cannot be created", EEXIST);
  file_ = file.release();
  sync_folder(state_folder);
  make_read_only_when_leaving(file_.get());
}

Journal::~Journal() {
  make_read_only_when_leaving(-1);
  if (!has_jobs_) unlink(path_.c_str());
  static_cast<void>(fchmod(file_.get(), S_IRUSR | S_IRGRP | S_IROTH));
}

void Journal::append(const JournalEntry& entry, bool durable) {
  has_jobs_ = true;
  write_entry(file_.get(), path_, entry, durable);
}

}  // namespace sfumato

#include "output/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>

#include "base/crash.h"
#include "base/durable_file.h"
#include "base/fault.h"
#include "base/file_lock.h"
#include "base/folder.h"
#include "base/oom_kills.h"
#include "base/signals.h"
#include "base/temporary_file.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

constexpr std::string_view kPrefix = "journal.";
constexpr std::string_view kSuffix = ".jsonl";
constexpr int kMaxJournals = 100'000;  // of one process

constexpr std::array<std::pair<Event, std::string_view>, 7> kEvents = {{{Event::opened, "opened"},
                                                                        {Event::started, "started"},
                                                                        {Event::done, "done"},
                                                                        {Event::failed, "failed"},
                                                                        {Event::dropped, "dropped"},
                                                                        {Event::entered, "entered"},
                                                                        {Event::crashed, "crashed"}}};
constexpr std::array<const char*, kJobPhases> kPhases = {"begin", "sample", "decode"};

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

JobPhase phase_of(const std::string& text) {
  const auto found = std::ranges::find(kPhases, text);
  return found == kPhases.end() ? JobPhase::begin : static_cast<JobPhase>(found - kPhases.begin());
}

// Journals of older versions, and machines without counters, have none.
void read_counters(JsonReader& reader, JournalEntry& entry) {
  if (reader.has("counters")) {
    for (const Json& name : reader.array("counters")) {
      if (const auto* text = std::get_if<std::string>(&name.value)) entry.counters.push_back(*text);
    }
  }
  if (reader.has("oom_kills")) {
    for (const Json& kills : reader.array("oom_kills")) {
      if (const auto* number = std::get_if<std::int64_t>(&kills.value)) {
        entry.oom_kills.push_back(static_cast<std::uint64_t>(*number));
      }
    }
  }
}

template <typename Value>
Json array_of(const std::vector<Value>& values) {
  JsonArray array;
  for (const Value& value : values) array.push_back({value});
  return {std::move(array)};
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
  // Version 0.1 wrote a name as a prompt line gave it: "./a.png".
  const std::filesystem::path file = reader.string("file");
  const bool has_up = std::ranges::find(file, std::filesystem::path("..")) != file.end();
  entry.file = has_up ? file.string() : file.lexically_normal().string();
  entry.stamp.bytes = static_cast<std::uint64_t>(reader.integer("bytes", 0, INT64_MAX));
  entry.stamp.changed = reader.integer("changed", INT64_MIN, INT64_MAX);
  entry.sha256 = reader.string("sha256");
  if (reader.has("model")) entry.model = reader.string("model");
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

const char* name_of(JobPhase phase) { return kPhases.at(static_cast<std::size_t>(phase)); }

std::string to_line(const JournalEntry& entry) {
  JsonObject line = {{"event", {std::string(name_of(entry.event))}}, {"time", {now()}}};
  if (entry.event == Event::opened) {
    line.push_back({"model", {entry.model}});
    if (!entry.counters.empty()) line.push_back({"counters", array_of(entry.counters)});
  } else if (entry.event == Event::crashed) {
    line.push_back({"cause", {entry.cause}});
  } else {
    line.push_back({"job", {entry.job}});
  }
  if (entry.event == Event::entered) line.push_back({"phase", {std::string(name_of(entry.phase))}});
  if (!entry.oom_kills.empty()) line.push_back({"oom_kills", array_of(entry.oom_kills)});
  if (entry.event == Event::failed) line.push_back({"reason", {entry.reason}});
  if (entry.event == Event::done) {
    line.push_back({"file", {entry.file}});
    line.push_back({"bytes", {static_cast<std::int64_t>(entry.stamp.bytes)}});
    line.push_back({"changed", {entry.stamp.changed}});
    line.push_back({"sha256", {entry.sha256}});
    if (entry.line > 0) line.push_back({"line", {static_cast<std::int64_t>(entry.line)}});
    if (!entry.model.empty()) line.push_back({"model", {entry.model}});
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
    } else if (entry.event == Event::crashed) {
      entry.cause = reader.string("cause");
    } else {
      entry.job = reader.string("job");
    }
    if (entry.event == Event::entered) entry.phase = phase_of(reader.string("phase"));
    read_counters(reader, entry);
    if (entry.event == Event::failed) entry.reason = reader.string("reason");
    if (entry.event == Event::done) read_stamp(reader, entry);
    if (entry.event == Event::done && !is_inside_name(entry.file)) return std::nullopt;
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

Journal::Journal(const std::filesystem::path& state_folder, const std::string& model, std::chrono::milliseconds beat) {
  const ProcessName process = this_process();
  const std::string stem = std::string(kPrefix) + process.host + "." + std::to_string(process.id) + "." +
                           std::to_string(process.start) + ".";
  const auto name = [&](int n) { return stem + std::to_string(n) + std::string(kSuffix); };
  TemporaryFile file(state_folder, state_folder / name(1), "journal_open");
  counters_ = oom_counters();
  write_entry(file.descriptor(), state_folder / name(1),
              {.event = Event::opened, .model = model, .counters = counters_}, /*durable=*/true);
  int n = 1;
  while (n <= kMaxJournals && !file.rename_to(name(n), /*overwrite=*/false)) ++n;
  path_ = state_folder / name(n);
  if (n > kMaxJournals) fail_to_write(ErrorKind::cannot_create, path_, "cannot be created", EEXIST);
  file_ = file.release();
  sync_folder(state_folder);
  make_read_only_when_leaving(file_.get());
  removed_ = RemovedWhenLeaving(AT_FDCWD, path_.string());
  set_crash_journal(file_.get());
  heartbeat_.emplace(file_.get(), beat);
}

bool Journal::is_locked() const { return try_lock(file_.get(), LockMode::exclusive) == LockResult::locked; }

Journal::~Journal() {
  heartbeat_.reset();
  set_crash_journal(-1);
  make_read_only_when_leaving(-1);
  if (!has_jobs_) unlink(path_.c_str());
  static_cast<void>(fchmod(file_.get(), S_IRUSR | S_IRGRP | S_IROTH));
}

void Journal::append(JournalEntry entry, bool durable) {
  has_jobs_ = true;
  removed_.keep();
  if (entry.event == Event::started) {
    for (const std::string& counter : counters_) entry.oom_kills.push_back(oom_kills(counter).value_or(0));
  }
  write_entry(file_.get(), path_, entry, durable);
}

}  // namespace sfumato

// sfumato status FOLDER: what has become of the runs into it.
#include <iostream>
#include <string>

#include "base/json.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "output/folder_status.h"

namespace sfumato {
namespace {

constexpr std::string_view kHelp =
    "usage: sfumato status [--json] FOLDER\n"
    "\n"
    "Counts what has become of the pictures of a folder: done, failed, set aside, damaged, missing,\n"
    "and which process is at how many right now. Nothing is loaded, and nothing is written.\n"
    "\n"
    "  --json   one JSON object\n"
    "\n"
    "exit codes: 0 nothing is wrong; 1 something failed, is damaged, missing or set aside; 66 no such folder\n";

Json integer(std::size_t value) { return {static_cast<std::int64_t>(value)}; }

std::string json_of(const FolderStatus& status) {
  JsonArray damaged, failed, working;
  for (const std::string& file : status.damaged) damaged.push_back({file});
  for (const FolderStatus::Failure& failure : status.failed) {
    failed.push_back({JsonObject{{"key", {failure.job}}, {"reason", {failure.reason}}}});
  }
  for (const FolderStatus::Working& writer : status.in_progress) {
    working.push_back({JsonObject{{"host", {writer.process.host}},
                                  {"process", {std::int64_t{writer.process.id}}},
                                  {"pictures", integer(writer.pictures)}}});
  }
  return dump_json({JsonObject{{"done", integer(status.done)},
                               {"failed", integer(status.failed.size())},
                               {"set_aside", integer(status.set_aside.size())},
                               {"damaged", integer(status.damaged.size())},
                               {"missing", integer(status.missing)},
                               {"in_progress", {std::move(working)}},
                               {"failures", {std::move(failed)}},
                               {"damaged_files", {std::move(damaged)}}}}) +
         "\n";
}

std::string words_of(const FolderStatus& status) {
  std::string text = "done: " + std::to_string(status.done) + "\nfailed: " + std::to_string(status.failed.size()) +
                     "\nset aside: " + std::to_string(status.set_aside.size()) +
                     "\ndamaged: " + std::to_string(status.damaged.size()) +
                     "\nmissing: " + std::to_string(status.missing) + "\n";
  for (const FolderStatus::Working& writer : status.in_progress) {
    text += "in progress: " + std::to_string(writer.pictures) + " by process " + std::to_string(writer.process.id) +
            " on " + writer.process.host + "\n";
  }
  for (const FolderStatus::Failure& failure : status.failed) {
    text += "failed " + failure.job.substr(0, 8) + ": " + printable(failure.reason, 400) + "\n";
  }
  for (const std::string& file : status.damaged) text += "damaged: " + printable(file, 400) + "\n";
  return text;
}

}  // namespace

ExitCode status_command(Arguments arguments) {
  bool json = false;
  std::string folder;
  for (const std::string_view word : arguments) {
    if (word == "--help" || word == "-h") {
      std::cout << kHelp << std::flush;
      return std::cout ? ExitCode::ok : ExitCode::io_error;
    }
    if (word == "--json") {
      json = true;
    } else if (word.starts_with('-') || !folder.empty()) {
      throw Error(ErrorKind::usage, "status: " + printable(word) + ": one folder is wanted, and perhaps --json.");
    } else {
      folder = word;
    }
  }
  if (folder.empty()) throw Error(ErrorKind::usage, "status: no folder. sfumato status FOLDER");
  const FolderStatus status = status_of(folder);
  std::cout << (json ? json_of(status) : words_of(status)) << std::flush;
  if (!std::cout) throw Error(ErrorKind::io_error, "standard output cannot be written to.");
  const bool bad = status.failed.size() + status.set_aside.size() + status.damaged.size() + status.missing > 0;
  return bad ? ExitCode::some_failed : ExitCode::ok;
}

}  // namespace sfumato

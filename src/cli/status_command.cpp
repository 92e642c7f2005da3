// sfumato status FOLDER: what has become of the pictures of its runs.
#include <algorithm>
#include <string>
#include <vector>

#include "base/console.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/progress_line.h"
#include "cli/argument_parser.h"
#include "cli/commands.h"
#include "output/folder_status.h"

namespace sfumato {
namespace {

constexpr std::string_view kHelp =
    "usage: sfumato status [--check] [--json] FOLDER\n"
    "\n"
    "Counts the pictures of a folder: done, failed, set aside, damaged, missing, and in progress by process.\n"
    "Loads nothing and writes nothing.\n"
    "\n"
    "  --check  compare the SHA-256 of every picture with the journal's, at the speed of the disk  [size and time of "
    "its "
    "file]\n"
    "  --json   one JSON object\n"
    "\n"
    "exit codes: 0 nothing is wrong; 1 a picture failed, is damaged, missing or set aside; 66 no such folder\n";

Json integer(std::size_t value) { return {static_cast<std::int64_t>(value)}; }

Json json_of(const FolderStatus& status) {
  JsonArray damaged, rewritten, failed, working;
  for (const std::string& file : status.damaged) damaged.push_back({file});
  for (const std::string& file : status.rewritten) rewritten.push_back({file});
  for (const FolderStatus::Failure& failure : status.failed) {
    failed.push_back({JsonObject{{"key", {failure.job}}, {"reason", {failure.reason}}}});
  }
  for (const FolderStatus::Working& writer : status.in_progress) {
    working.push_back({JsonObject{{"host", {writer.process.host}},
                                  {"pid", {std::int64_t{writer.process.id}}},
                                  {"pictures", integer(writer.pictures)}}});
  }
  return {JsonObject{{"done", integer(status.done)},
                     {"failed", integer(status.failed.size())},
                     {"set_aside", integer(status.set_aside.size())},
                     {"damaged", integer(status.damaged.size())},
                     {"missing", integer(status.missing)},
                     {"in_progress", {std::move(working)}},
                     {"failures", {std::move(failed)}},
                     {"damaged_files", {std::move(damaged)}},
                     {"rewritten_files", {std::move(rewritten)}}}};
}

void print(Console& out, const FolderStatus& status) {
  out.line("done: " + std::to_string(status.done));
  out.line("failed: " + std::to_string(status.failed.size()));
  out.line("set aside: " + std::to_string(status.set_aside.size()));
  out.line("damaged: " + std::to_string(status.damaged.size()));
  out.line("missing: " + std::to_string(status.missing));
  for (const FolderStatus::Working& writer : status.in_progress) {
    out.line("in progress: " + std::to_string(writer.pictures) + " by process " + std::to_string(writer.process.id) +
             " on " + printable(writer.process.host));
  }
  for (const FolderStatus::Failure& failure : status.failed) {
    out.line("failed " + failure.job.substr(0, 8) + ": " + printable(failure.reason, 400));
  }
  for (const std::string& file : status.damaged) out.line("damaged: " + printable(file, 400));
  for (const std::string& file : status.rewritten) out.line("rewritten by another program: " + printable(file, 400));
}

}  // namespace

ExitCode status_command(Arguments arguments) {
  const std::vector<FlagSpec> flags = {{.name = "--check"}, {.name = "--json"}};
  const ParsedArgs args = parse_arguments(arguments, flags);
  if (args.help) return print_text(kHelp);
  if (args.positionals.empty()) throw Error(ErrorKind::usage, "status: no folder. Name one: sfumato status out/");
  if (args.positionals.size() > 1) {
    throw Error(ErrorKind::usage, "status: " + printable(args.positionals[1]) + ": one folder is taken.");
  }
  ProgressLine line(standard_error());
  CompletedIndex::OnChecked on_checked;
  if (args.has("--check")) {
    on_checked = [&line](std::size_t checked, std::size_t all) {
      line.show(
          "checked " + std::to_string(checked) + " of " + std::to_string(all) + (all == 1 ? " picture" : " pictures"),
          static_cast<double>(checked) / static_cast<double>(std::max<std::size_t>(all, 1)));
    };
  }
  const FolderStatus status = status_of(args.positionals.front(), on_checked);
  line.clear();
  if (args.has("--json")) {
    standard_output().json(json_of(status));
  } else {
    print(standard_output(), status);
  }
  standard_output().check();
  const bool bad = status.failed.size() + status.set_aside.size() + status.damaged.size() + status.missing > 0;
  return bad ? ExitCode::some_failed : ExitCode::ok;
}

}  // namespace sfumato

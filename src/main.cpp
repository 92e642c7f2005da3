// The program: runs a command, and turns errors into one line and an exit code.
#include <algorithm>
#include <new>
#include <system_error>

#include "base/console.h"
#include "base/crash.h"
#include "base/mapped_file.h"
#include "base/printable.h"
#include "base/signals.h"
#include "cli/commands.h"
#include "jobs/flag_words.h"

namespace {

using namespace sfumato;

int fail(ErrorKind kind, const std::string& message) {
  standard_error().message("error: " + with_flags(message));
  return static_cast<int>(exit_code_of(kind));
}

ExitCode run(Arguments arguments) {
  const Command* command = arguments.empty() ? nullptr : find_command(arguments.front());
  return command == nullptr ? generate_command(arguments) : command->run(arguments.subspan(1));
}

bool has_debug(Arguments arguments) {
  const auto is = [](std::string_view flag) { return [flag](const char* argument) { return argument == flag; }; };
  const auto end = std::ranges::find_if(arguments, is("--"));
  return std::any_of(arguments.begin(), end, is("--debug"));
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argv + 1, argv + std::max(argc, 1));
  occupy_closed_streams();
  try {
    leave_on_signals();
    report_crashes();
    end_on_lost_mappings(static_cast<int>(exit_code_of(ErrorKind::bad_bundle)));
    return static_cast<int>(run(arguments));
  } catch (const Error& error) {
    return fail(error.kind(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ErrorKind::stopped_early, "not enough memory.");
  } catch (const std::system_error& error) {
    const bool is_limit = error.code() == std::errc::resource_unavailable_try_again;
    return is_limit ? fail(ErrorKind::stopped_early, "no thread can be started: ulimit -u and ulimit -v limit them.")
                    : fail(ErrorKind::internal, error.what());
  } catch (const std::exception& error) {
    // A fault of this program, or of LibTorch: its messages have pages of backtrace after their first line.
    const std::string text = error.what();
    if (has_debug(arguments)) standard_error().lines(text + "\n");
    return fail(ErrorKind::internal, printable(text.substr(0, text.find('\n')), 300) +
                                         (has_debug(arguments) ? "." : ". --debug shows more."));
  }
}

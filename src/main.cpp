// The program: runs a command, and turns errors into one line and an exit code.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <new>
#include <system_error>

#include "base/mapped_file.h"
#include "base/printable.h"
#include "base/signals.h"
#include "cli/commands.h"
#include "jobs/flag_words.h"

namespace {

using namespace sfumato;

// The next file that is opened gets the number of a closed standard stream, so that messages would end up in a picture.
// Opened for reading, the stream still cannot be written to.
void occupy_closed_streams() {
  int file = open("/dev/null", O_RDONLY);
  while (file >= 0 && file <= STDERR_FILENO) file = open("/dev/null", O_RDONLY);
  close(file);
}

int fail(ErrorKind kind, const std::string& message) {
  std::cerr << (isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "") << "sfumato: error: " << with_flags(message) << '\n';
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
    return fail(ErrorKind::internal, has_debug(arguments)
                                         ? text
                                         : printable(text.substr(0, text.find('\n')), 300) + ". --debug shows more.");
  }
}

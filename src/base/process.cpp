#include "base/process.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string_view>

#include "base/file_descriptor.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxHost = 48;  // bytes; the name becomes part of file names

std::string host_name() {
  char buffer[256] = "";
  gethostname(buffer, sizeof buffer - 1);
  std::string name = std::string(buffer).substr(0, kMaxHost);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') c = '-';
  }
  return name.empty() ? "host" : name;
}

// Field 22 of /proc/ID/stat (proc(5)). The second one, the program's name, may hold blanks and brackets. 0: not known.
std::uint64_t start_of(int id) {
  constexpr int kFieldsFromName = 20;
  const FileDescriptor file(open(("/proc/" + std::to_string(id) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[1024];
  const ssize_t count = file ? read(file.get(), buffer, sizeof buffer) : 0;
  if (count <= 0) return 0;
  std::string_view text(buffer, static_cast<std::size_t>(count));
  text.remove_prefix(std::min(text.size(), text.rfind(')') + 1));
  for (int field = 0; field < kFieldsFromName; ++field) {
    text.remove_prefix(std::min(text.size(), text.find(' ') + 1));
  }
  std::uint64_t ticks = 0;
  std::from_chars(text.data(), text.data() + text.size(), ticks);
  return ticks;
}

}  // namespace

ProcessName this_process() {
  static const std::string host = host_name();
  const int id = getpid();
  return {.host = host, .id = id, .start = start_of(id)};
}

bool is_gone(const ProcessName& process) {
  if (process.host != host_name() || process.id <= 0) return false;
  if (kill(process.id, 0) != 0) return errno == ESRCH;
  const std::uint64_t start = start_of(process.id);
  return process.start != 0 && start != 0 && process.start != start;
}

bool is_running(const ProcessName& process) {
  return process.host == host_name() && process.id > 0 && process.start != 0 && start_of(process.id) == process.start;
}

}  // namespace sfumato

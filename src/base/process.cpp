#include "base/process.h"

#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <csignal>

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

}  // namespace

ProcessName this_process() { return {.host = host_name(), .id = getpid()}; }

bool is_gone(const ProcessName& process) {
  return process.host == host_name() && process.id > 0 && kill(process.id, 0) != 0 && errno == ESRCH;
}

}  // namespace sfumato

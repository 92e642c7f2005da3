#include "base/address_space.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "base/open_file.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

std::string gigabytes(std::uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f GB", static_cast<double>(bytes) / 1e9);
  return text;
}

// The first number of /proc/self/statm (proc(5)), in pages.
std::optional<std::uint64_t> used_pages() {
  const FileDescriptor file = try_open_file("/proc/self/statm").file;
  char text[64];
  const ssize_t count = read(file.get(), text, sizeof text);
  std::uint64_t pages = 0;
  const bool is_read = count > 0 && std::from_chars(text, text + count, pages).ec == std::errc();
  return is_read ? std::optional(pages) : std::nullopt;
}

}  // namespace

std::optional<AddressSpace> address_space() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  const std::optional<std::uint64_t> pages = used_pages();
  if (!pages) return std::nullopt;
  return AddressSpace{.limit = limit.rlim_cur, .used = *pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))};
}

void check_address_space(const std::string& what, std::uint64_t needed) {
  const std::optional<AddressSpace> space = address_space();
  if (!space || space->left() >= needed) return;
  throw Error(ErrorKind::stopped_early, what + ": needs " + gigabytes(needed) + " of address space, " +
                                            gigabytes(space->left()) + " of the limit of " + gigabytes(space->limit) +
                                            " are left. Raise it: ulimit -v unlimited.");
}

}  // namespace sfumato

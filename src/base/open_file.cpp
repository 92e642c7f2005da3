#include "base/open_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/shown_path.h"
#include "base/signals.h"

namespace sfumato {
namespace {

constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
constexpr int kPatience = 200;  // milliseconds between looks at the signals

std::string name_of_kind(mode_t mode) {
  if (S_ISDIR(mode)) return "is a folder; a file is expected";
  if (S_ISFIFO(mode)) return "is a named pipe; a regular file is expected";
  if (S_ISSOCK(mode)) return "is a socket; a regular file is expected";
  return "is a device; a regular file is expected";
}

bool is_stream(mode_t mode) { return S_ISREG(mode) || S_ISFIFO(mode) || S_ISCHR(mode); }
bool is_regular(mode_t mode) { return S_ISREG(mode); }

OpenResult try_open(const std::filesystem::path& path, int flags, bool (*is_expected)(mode_t)) {
  if (path.native().find('\0') != std::string::npos) {  // open() would take what is before it
    errno = EINVAL;
    return {.file = {}, .reason = "a NUL in the path"};
  }
  struct stat status{};
  FileDescriptor file(open(path.c_str(), flags));
  if (!file || fstat(file.get(), &status) != 0) {
    const int error = errno;
    // open() says ENXIO for a socket, and ELOOP for a link that it must not follow.
    const bool is_link = (flags & O_NOFOLLOW) != 0 && error == ELOOP;
    std::string reason = is_link ? "is a symbolic link; a regular file is expected" : std::strerror(error);
    if (error == ENXIO && stat(path.c_str(), &status) == 0) reason = name_of_kind(status.st_mode);
    errno = error;
    return {.file = {}, .reason = std::move(reason)};
  }
  if (is_expected(status.st_mode)) return {.file = std::move(file), .reason = ""};
  errno = EINVAL;
  return {.file = {}, .reason = name_of_kind(status.st_mode)};
}

FileDescriptor opened_or_throw(OpenResult result, const std::filesystem::path& path, ErrorKind kind) {
  if (!result.file) throw Error(kind, shown_path(path) + ": " + result.reason + ".");
  return std::move(result.file);
}

}  // namespace

OpenResult try_open_file(const std::filesystem::path& path, Links links) {
  return try_open(path, links == Links::refuse ? kFlags | O_NOFOLLOW : kFlags, &is_regular);
}

FileDescriptor open_file(const std::filesystem::path& path, ErrorKind kind, Links links) {
  return opened_or_throw(try_open_file(path, links), path, kind);
}

FileDescriptor open_stream(const std::filesystem::path& path, ErrorKind kind) {
  return opened_or_throw(try_open(path, kFlags, &is_stream), path, kind);
}

void wait_until_readable(int descriptor) {
  if (descriptor < 0) return;  // poll() would ignore it, read() gives the reason
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  do {
    throw_if_interrupted();  // also of a stream that never ends, and of one whose bytes come one by one
  } while (poll(&waiting, 1, kPatience) <= 0);
}

}  // namespace sfumato

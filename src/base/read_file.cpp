#include "base/read_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/open_file.h"
#include "base/shown_path.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

[[noreturn]] void fail(ErrorKind kind, const std::filesystem::path& path, const std::string& what) {
  throw Error(kind, shown_path(path) + ": " + what + ".");
}

}  // namespace

std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::size_t limit) {
  const FileDescriptor file = open_file(path, ErrorKind::input_missing);
  struct stat status{};
  if (fstat(file.get(), &status) != 0) fail(ErrorKind::input_missing, path, std::strerror(errno));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit) {
    fail(ErrorKind::bad_data, path, std::to_string(size) + " bytes, at most " + std::to_string(limit) + " are read");
  }
  // If the file shrinks meanwhile, the result is shorter; if it grows, the rest is ignored.
  std::vector<std::uint8_t> bytes(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = read(file.get(), bytes.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(ErrorKind::input_missing, path, std::strerror(errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

std::vector<std::uint8_t> read_stream(int descriptor, std::size_t limit, const std::string& where) {
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  std::vector<std::uint8_t> bytes;
  for (;;) {
    wait_until_readable(descriptor);
    const std::size_t done = bytes.size();
    bytes.resize(done + kPiece);
    const ssize_t count = read(descriptor, bytes.data() + done, kPiece);
    const int reason = errno;
    bytes.resize(done + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && (reason == EINTR || reason == EAGAIN)) continue;
    if (count < 0) throw Error(ErrorKind::input_missing, where + ": " + std::strerror(reason) + ".");
    if (count == 0) return bytes;
    if (bytes.size() > limit) {
      throw Error(ErrorKind::bad_data, where + ": more than the " + std::to_string(limit) + " bytes that are read.");
    }
  }
}

}  // namespace sfumato

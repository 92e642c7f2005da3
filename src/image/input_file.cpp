#include "image/input_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <span>

#include "base/open_file.h"
#include "base/read_file.h"
#include "base/sha256.h"
#include "base/shown_path.h"
#include "image/image_limits.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

using Bytes = std::shared_ptr<const std::vector<std::uint8_t>>;

constexpr std::string_view kStandardInput = "-";

std::string name_of_input(const std::string& path) {
  return path == kStandardInput ? "standard input" : shown_path(path);
}

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::input_missing, name_of_input(path) + ": " + what + ".");
}

std::string digest_of(const std::vector<std::uint8_t>& bytes) { return sha256(std::as_bytes(std::span(bytes))); }

std::vector<std::uint8_t> not_empty(std::vector<std::uint8_t> bytes, const std::string& path) {
  if (bytes.empty()) {
    throw Error(ErrorKind::bad_data, name_of_input(path) + ": the file is empty. Give a PNG or a JPEG.");
  }
  return bytes;
}

std::vector<std::uint8_t> read_pipe(const std::string& path) {
  if (path == kStandardInput) {
    if (isatty(STDIN_FILENO) != 0) fail(path, "is a terminal; pipe a picture into it, or name a file");
    return read_stream(STDIN_FILENO, kMaxImageBytes, name_of_input(path));
  }
  const FileDescriptor pipe = open_stream(path, ErrorKind::input_missing);
  return read_stream(pipe.get(), kMaxImageBytes, name_of_input(path));
}

// Whether its bytes can be read only once.
bool is_pipe(const std::string& path) {
  if (path == kStandardInput) return true;
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) fail(path, std::strerror(errno));
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) fail(path, "is a device; give a file");
  return S_ISFIFO(status.st_mode);
}

// Reads each pipe once, and returns the same bytes from then on.
InputFile input_pipe(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, InputFile> known;
  const std::lock_guard lock(mutex);
  if (const auto before = known.find(path); before != known.end()) return before->second;
  const auto bytes = std::make_shared<const std::vector<std::uint8_t>>(not_empty(read_pipe(path), path));
  return known[path] = {.path = path, .sha256 = digest_of(*bytes), .bytes = bytes};
}

}  // namespace

InputFile input_file(const std::string& path) {
  if (is_pipe(path)) return input_pipe(path);
  return {.path = path, .sha256 = digest_of(not_empty(read_file(path, kMaxImageBytes), path)), .bytes = nullptr};
}

Bytes read_input(const InputFile& file) {
  if (file.bytes != nullptr) return file.bytes;
  const bool has_digest = !file.sha256.empty();
  if (!has_digest && is_pipe(file.path)) return input_pipe(file.path).bytes;
  auto bytes =
      std::make_shared<const std::vector<std::uint8_t>>(not_empty(read_file(file.path, kMaxImageBytes), file.path));
  if (has_digest && digest_of(*bytes) != file.sha256) {
    throw Error(ErrorKind::bad_data, shown(file) + ": the file has changed since the run began.");
  }
  return bytes;
}

std::string shown(const InputFile& file) { return name_of_input(file.path); }

}  // namespace sfumato

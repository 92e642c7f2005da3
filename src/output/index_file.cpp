#include "output/index_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "base/printable.h"
#include "base/temporary_name.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kName = "index.jsonl";
constexpr std::size_t kBlock = std::size_t{1} << 18;  // bytes that are written at once
constexpr int kMaxAttempts = 1000;                    // names for a temporary file

[[noreturn]] void fail(ErrorKind kind, const std::filesystem::path& path, const std::string& what) {
  throw Error(kind, printable(path.string(), 400) + ": " + what);
}

// Whether a file is one that this class wrote: empty, or its first line is an entry.
bool is_index(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  constexpr std::string_view kBegin = "{\"file\":\"";
  std::string begin(kBegin.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return file.gcount() == 0 ? file.eof() : begin == kBegin;
}

}  // namespace

IndexFile::IndexFile(const std::filesystem::path& folder) : target_(folder / kName) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(target_, ignored)) && !is_index(target_)) {
    fail(ErrorKind::cannot_create, target_, "is not an index that this program wrote, and stays as it is.");
  }
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    temporary_ = folder / temporary_name(attempt);
    descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (descriptor_ >= 0 || errno != EEXIST) break;
  }
  if (descriptor_ < 0) {
    fail(ErrorKind::cannot_create, target_, std::string("cannot be created: ") + std::strerror(errno) + ".");
  }
  mark_in_use(descriptor_);
}

IndexFile::~IndexFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void IndexFile::add(const IndexEntry& entry) {
  JsonObject line = {{"file", {entry.file.generic_string()}}, {"key", {entry.key}}};
  if (entry.line != 0) line.push_back({"line", {entry.line}});
  line.insert(line.end(), entry.values.begin(), entry.values.end());
  pending_ += dump_json({std::move(line)});
  pending_ += '\n';
  if (pending_.size() >= kBlock) flush();
}

void IndexFile::flush() {
  for (std::string_view rest = pending_; !rest.empty();) {
    const ssize_t written = write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      fail(ErrorKind::io_error, target_, std::string("cannot be written: ") + std::strerror(errno) + ".");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  pending_.clear();
}

void IndexFile::finish() {
  flush();
  const int descriptor = descriptor_;
  if (fsync(descriptor) != 0) {
    fail(ErrorKind::io_error, target_, std::string("cannot be written: ") + std::strerror(errno) + ".");
  }
  descriptor_ = -1;
  if (close(descriptor) != 0 || rename(temporary_.c_str(), target_.c_str()) != 0) {
    fail(ErrorKind::io_error, target_, std::string("cannot be written: ") + std::strerror(errno) + ".");
  }
  temporary_.clear();
}

}  // namespace sfumato

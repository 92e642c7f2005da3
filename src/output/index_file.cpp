#include "output/index_file.h"

#include <unistd.h>

#include <cerrno>
#include <span>
#include <string_view>

#include "base/shown_path.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kName = "index.jsonl";
constexpr std::size_t kBlock = std::size_t{1} << 18;  // bytes written at once

// Whether this class wrote the file: it is empty, or its first line is an entry.
bool is_index(const FileDescriptor& file) {
  constexpr std::string_view kBegin = "{\"file\":\"";
  char begin[kBegin.size()];
  const ssize_t count = pread(file.get(), begin, sizeof begin, 0);
  return count == 0 || (count > 0 && std::string_view(begin, static_cast<std::size_t>(count)) == kBegin);
}

std::filesystem::path checked(const Folder& folder) {
  std::filesystem::path target = folder.path() / kName;
  const FileDescriptor file = folder.open_file(kName);
  if (file ? !is_index(file) : errno != ENOENT) {
    throw Error(ErrorKind::cannot_create,
                shown_path(target) + ": is not an index that this program wrote, and stays as it is.");
  }
  return target;
}

}  // namespace

IndexFile::IndexFile(const Folder& folder) : target_(checked(folder)), file_(folder.make_parent(kName), target_) {}

void IndexFile::add(const IndexEntry& entry) {
  JsonObject line = {{"file", {entry.file.generic_string()}}, {"key", {entry.key}}};
  if (entry.line != 0) line.push_back({"line", {entry.line}});
  line.insert(line.end(), entry.values.begin(), entry.values.end());
  pending_ += dump_json({std::move(line)});
  pending_ += '\n';
  if (pending_.size() >= kBlock) flush();
}

void IndexFile::flush() {
  file_.write(std::as_bytes(std::span(pending_)));
  pending_.clear();
}

void IndexFile::finish() {
  flush();
  file_.sync();
  static_cast<void>(file_.rename_to(kName, /*overwrite=*/true));
}

}  // namespace sfumato

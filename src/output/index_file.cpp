#include "output/index_file.h"

#include <fstream>
#include <span>
#include <string_view>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kName = "index.jsonl";
constexpr std::size_t kBlock = std::size_t{1} << 18;  // bytes written at once

// Whether this class wrote the file: it is empty, or its first line is an entry.
bool is_index(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  constexpr std::string_view kBegin = "{\"file\":\"";
  std::string begin(kBegin.size(), '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return file.gcount() == 0 ? file.eof() : begin == kBegin;
}

std::filesystem::path checked(const std::filesystem::path& target) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(target, ignored)) && !is_index(target)) {
    throw Error(ErrorKind::cannot_create,
                printable(target.string(), 400) + ": is not an index that this program wrote, and stays as it is.");
  }
  return target;
}

}  // namespace

IndexFile::IndexFile(const std::filesystem::path& folder) : target_(checked(folder / kName)), file_(folder, target_) {}

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
  static_cast<void>(file_.rename_to(target_, /*overwrite=*/true));
}

}  // namespace sfumato

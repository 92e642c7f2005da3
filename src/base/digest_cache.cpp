#include "base/digest_cache.h"

#include <algorithm>
#include <cstdlib>
#include <span>

#include "base/json.h"
#include "base/read_file.h"
#include "base/temporary_file.h"

namespace sfumato {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMaxEntry = 1024;  // bytes

bool is_digest(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::filesystem::path folder_in(const char* variable, const std::filesystem::path& below) {
  const char* value = std::getenv(variable);
  // The XDG Base Directory Specification: a relative path is to be ignored.
  if (value == nullptr || *value != '/') return {};
  return std::filesystem::path(value) / below / "sfumato" / "digests";
}

}  // namespace

std::filesystem::path DigestCache::users_folder() {
  const std::filesystem::path folder = folder_in("XDG_CACHE_HOME", "");
  return folder.empty() ? folder_in("HOME", ".cache") : folder;
}

std::filesystem::path DigestCache::path_of(const FileIdentity& file) const {
  return folder_ / (std::to_string(file.device) + "-" + std::to_string(file.inode));
}

std::optional<std::string> DigestCache::find(const FileIdentity& file) const {
  std::error_code error;
  if (folder_.empty() || !std::filesystem::exists(path_of(file), error)) return std::nullopt;
  try {
    const std::vector<std::uint8_t> bytes = read_file(path_of(file), kMaxEntry);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const Json json = parse_json(text, "", ErrorKind::bad_data);
    JsonReader entry(json, "", ErrorKind::bad_data);
    (void)entry.integer("version", kVersion, kVersion);
    const FileStamp stamp{.bytes = static_cast<std::uint64_t>(entry.integer("bytes", 0, INT64_MAX)),
                          .changed = entry.integer("changed", INT64_MIN, INT64_MAX)};
    std::string digest = entry.string("sha256");
    entry.finish();
    if (stamp == file.stamp && is_digest(digest)) return digest;
  } catch (const Error&) {
    // A damaged entry is as good as none.
  }
  return std::nullopt;
}

bool DigestCache::keep(const FileIdentity& file, const std::string& sha256) const {
  if (folder_.empty()) return false;
  const std::string text = dump_json({JsonObject{{"version", {kVersion}},
                                                 {"bytes", {static_cast<std::int64_t>(file.stamp.bytes)}},
                                                 {"changed", {file.stamp.changed}},
                                                 {"sha256", {sha256}}}}) +
                           "\n";
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  try {
    TemporaryFile entry(folder_, path_of(file));
    entry.write(std::as_bytes(std::span(text)));
    return entry.rename_to(path_of(file).filename(), /*overwrite=*/true);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace sfumato

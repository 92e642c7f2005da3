#include "import/write/replace_bundle.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/printable.h"
#include "base/read_file.h"
#include "base/shown_path.h"
#include "bundle/model_json.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

[[noreturn]] void fail(const std::filesystem::path& folder, const std::string& what) {
  throw Error(ErrorKind::cannot_create,
              shown_path(folder) + ": " + what + ", so it is not replaced. Give another `output`.");
}

// The files that the folder's model.json lists. Throws Error.
std::map<std::string, FileDescription> listed_in(const std::filesystem::path& folder) {
  const std::vector<std::uint8_t> bytes = read_file(folder / kModelJson, kMaxModelJson);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return read_model_json(text, shown_path(folder / kModelJson)).files;
}

}  // namespace

void check_replaceable(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(std::filesystem::symlink_status(folder, error))) fail(folder, "is not a bundle");
  if (std::filesystem::is_empty(folder, error)) return;
  if (!std::filesystem::exists(folder / kModelJson, error)) fail(folder, "is not a bundle");
  std::map<std::string, FileDescription> listed;
  try {
    listed = listed_in(folder);
  } catch (const Error& reason) {
    fail(folder, "is not a bundle of this format (" + printable(reason.what(), 300) + ")");
  }
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool is_listed = name == kModelJson || listed.contains(name);
    if (is_listed && !std::filesystem::is_directory(entry->symlink_status(error))) continue;
    fail(folder, "holds " + printable(name) + ", which its model.json does not list");
  }
  if (error) fail(folder, "cannot be read (" + error.message() + ")");
}

bool remove_bundle(const std::filesystem::path& folder) {
  std::error_code error;
  try {
    for (const auto& [name, description] : listed_in(folder)) std::filesystem::remove(folder / name, error);
    std::filesystem::remove(folder / kModelJson, error);
  } catch (const Error&) {
    // An empty folder has no model.json; any other one is left as it is.
  }
  return std::filesystem::remove(folder, error) && !error;
}

}  // namespace sfumato

#include "output/state_file.h"

#include <cerrno>
#include <cstdint>
#include <span>
#include <vector>

#include "base/read_file.h"
#include "base/shown_path.h"
#include "output/journal.h"
#include "output/publish.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxBytes = 32;

std::filesystem::path state_name(const std::string& name) { return std::filesystem::path(kStateFolder) / name; }

bool is_there(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::is_directory(folder, error);
}

}  // namespace

std::optional<std::string> read_state_file(const std::filesystem::path& path, const std::string& name) {
  if (!is_there(path)) return std::nullopt;
  const Folder folder(path);
  const FileDescriptor file = folder.open_file(state_name(name));
  if (!file && errno == ENOENT) return std::nullopt;
  const std::string where = shown_path(path / state_name(name));
  if (!file) {
    throw Error(ErrorKind::input_missing, where + ": " + folder.reason_for(state_name(name), errno) + ".");
  }
  const std::vector<std::uint8_t> bytes = read_stream(file.get(), kMaxBytes, where);
  return std::string(bytes.begin(), bytes.end());
}

bool write_state_file(const std::filesystem::path& path, const std::string& name, const std::string& text) {
  check_folder(path);
  try {
    publish(Folder(path, ErrorKind::cannot_create), state_name(name),
            std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), /*overwrite=*/false);
    return true;
  } catch (const NameTaken&) {
    return false;
  }
}

void remove_state_file(const std::filesystem::path& folder, const std::string& name) {
  if (is_there(folder)) static_cast<void>(Folder(folder).remove(state_name(name)));
}

}  // namespace sfumato

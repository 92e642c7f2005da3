#include "metadata/locate_input.h"

#include <vector>

#include "image/input_file.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

// Of regular files only: a picture of a stranger can name a pipe, a device, or "-", which would be standard input.
bool has_digest(const std::filesystem::path& path, const std::string& sha256) {
  std::error_code error;
  if (path == "-" || sha256.empty() || !std::filesystem::is_regular_file(path, error)) return false;
  try {
    (void)read_input({.path = path.string(), .sha256 = sha256});
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::optional<std::string> locate_input(const InputFile& recorded, std::span<const std::filesystem::path> places) {
  std::vector<std::filesystem::path> candidates = {recorded.path};
  const std::filesystem::path name = std::filesystem::path(recorded.path).filename();
  for (const std::filesystem::path& place : places) {
    std::error_code error;
    candidates.push_back(std::filesystem::is_directory(place, error) ? place / name : place);
  }
  for (const std::filesystem::path& path : candidates) {
    if (has_digest(path, recorded.sha256)) return path.string();
  }
  return std::nullopt;
}

}  // namespace sfumato

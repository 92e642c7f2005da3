#include "metadata/locate_input.h"

#include <vector>

#include "image/input_file.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

bool has_digest(const std::filesystem::path& path, const std::string& sha256) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  try {
    return input_file(path.string()).sha256 == sha256;
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

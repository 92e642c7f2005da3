#include "jobs/file_list.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "base/open_file.h"
#include "base/printable.h"
#include "jobs/input_files.h"
#include "jobs/option_settings.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code error;
  return path == "-" || fs::exists(path, error);
}

// Whatever its extension. A damaged image counts, so that it is reported.
bool begins_like_an_image(const fs::path& path) {
  std::array<char, 4> magic{};
  const OpenResult opened = try_open_file(path);
  if (!opened.file || read(opened.file.get(), magic.data(), magic.size()) < 0) return false;
  constexpr std::array<char, 4> kPng = {'\x89', 'P', 'N', 'G'};
  return magic == kPng || (magic[0] == '\xff' && magic[1] == '\xd8' && magic[2] == '\xff');
}

std::vector<std::string> images_in(const std::string& folder, const std::string& name) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    const fs::path& path = entry->path();
    if (path.filename().string().starts_with('.') || !entry->is_regular_file(ignored)) continue;
    if (begins_like_an_image(path)) found.push_back(path);
  }
  if (error) throw Error(ErrorKind::input_missing, name + ": " + printable(folder, 400) + ": " + error.message() + ".");
  std::ranges::sort(found);
  std::vector<std::string> stems;
  for (const fs::path& path : found) stems.push_back(path.stem().string());
  std::ranges::sort(stems);
  std::erase_if(found, [&](const fs::path& path) {
    const std::string stem = path.stem().string();
    return stem.ends_with(kMaskEnding) &&
           std::ranges::binary_search(stems, stem.substr(0, stem.size() - kMaskEnding.size()));
  });
  if (found.empty()) {
    throw Error(ErrorKind::input_missing,
                name + ": " + printable(folder, 400) + ": there is no PNG or JPEG in this folder.");
  }
  std::vector<std::string> result;
  for (const fs::path& path : found) result.push_back(path.string());
  return result;
}

// End of the path that begins at `begin`: a comma or the end of the text.
std::size_t end_of_path(const std::string& text, std::size_t begin, const std::string& name) {
  if (exists(text.substr(begin))) return text.size();
  const std::size_t first = std::min(text.find(',', begin), text.size());
  for (std::size_t end = first;; end = std::min(text.find(',', end + 1), text.size())) {
    if (exists(text.substr(begin, end - begin))) return end;
    if (end == text.size()) break;
  }
  const std::string path = text.substr(begin, first - begin);
  if (path.empty())
    throw Error(ErrorKind::usage, name + ": \"" + printable(text) + "\": the name of a file is expected.");
  throw Error(ErrorKind::input_missing, name + ": " + printable(path, 400) + ": there is no such file.");
}

}  // namespace

std::vector<std::string> files_named(const JobOption& option, const std::string& text) {
  const std::string name = in_message(option);
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = end_of_path(text, begin, name);
    const std::string path = text.substr(begin, end - begin);
    std::error_code error;
    if (!option.takes_folder && fs::is_directory(path, error)) {
      std::ranges::move(images_in(path, name), std::back_inserter(result));
    } else {
      result.push_back(path);
    }
    begin = end + 1;
  }
  return result;
}

}  // namespace sfumato

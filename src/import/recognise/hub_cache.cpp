#include "import/recognise/hub_cache.h"

#include <algorithm>
#include <vector>

#include "base/bad_data.h"
#include "base/mapped_file.h"
#include "base/shown_path.h"

namespace sfumato {
namespace {

constexpr std::string_view kModels = "models--";
constexpr std::size_t kMaxCommit = 64;

std::filesystem::path plain(const std::filesystem::path& path) {
  return std::filesystem::absolute(path / "x").lexically_normal().parent_path();
}

bool is_model_folder(const std::filesystem::path& folder) { return folder.filename().string().starts_with(kModels); }

// The model's folder in the cache that a snapshot belongs to; empty for other folders.
std::filesystem::path cached_model(const std::filesystem::path& snapshot) {
  const std::filesystem::path folder = plain(snapshot);
  const std::filesystem::path model = folder.parent_path().parent_path();
  return folder.parent_path().filename() == "snapshots" && is_model_folder(model) ? model : std::filesystem::path();
}

std::string main_commit(const std::filesystem::path& model) {
  std::error_code error;
  const std::filesystem::path path = model / "refs" / "main";
  if (!std::filesystem::is_regular_file(path, error)) return "";
  const MappedFile file(path, ErrorKind::input_missing, Links::follow);
  const std::string_view text = file.text().substr(0, kMaxCommit);
  const auto is_hexadecimal = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return {text.begin(), std::ranges::find_if_not(text, is_hexadecimal)};
}

bool is_below(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return std::ranges::mismatch(folder, path).in1 == folder.end();
}

}  // namespace

std::filesystem::path snapshot_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = plain(path);
  std::error_code error;
  if (!is_model_folder(folder) || !std::filesystem::is_directory(folder / "snapshots", error)) return path;
  const std::string commit = main_commit(folder);
  if (!commit.empty() && std::filesystem::is_directory(folder / "snapshots" / commit, error)) {
    return folder / "snapshots" / commit;
  }
  std::vector<std::filesystem::path> snapshots;
  for (std::filesystem::directory_iterator entry(folder / "snapshots", error), end; !error && entry != end;
       entry.increment(error)) {
    snapshots.push_back(entry->path());
  }
  return snapshots.size() == 1 ? snapshots.front() : path;
}

std::string model_name(const std::filesystem::path& folder) {
  const std::filesystem::path model = cached_model(folder);
  if (model.empty()) return plain(folder).filename().string();
  const std::string name = model.filename().string();
  const std::size_t separator = name.rfind("--");
  return name.substr(separator + 2);
}

void check_inside(const std::filesystem::path& file, const std::filesystem::path& root) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(file, error);
  if (error) return;  // whoever opens it says why
  if (is_below(target, std::filesystem::canonical(root, error))) return;
  if (const std::filesystem::path model = cached_model(root);
      !model.empty() && is_below(target, std::filesystem::canonical(model, error) / "blobs")) {
    return;
  }
  throw_bad_data(shown_path(file), "a link that leads out of the model's folder, to " + shown_path(target) +
                                       ". Copy that file to its place");
}

}  // namespace sfumato

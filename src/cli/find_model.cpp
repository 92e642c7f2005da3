#include "cli/find_model.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>
#include <vector>

#include "base/digest_cache.h"
#include "base/mapped_file.h"
#include "base/nearest.h"
#include "base/printable.h"
#include "base/sha256.h"
#include "base/shown_path.h"
#include "bundle/model_json.h"
#include "image/read_png.h"
#include "import/in_place/model_trees.h"
#include "import/recognise/hub_cache.h"
#include "metadata/image_record.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

std::vector<std::filesystem::path>& first_folders() {
  static std::vector<std::filesystem::path> folders;
  return folders;
}

std::vector<std::filesystem::path> model_folders() {
  std::vector<std::filesystem::path> folders = first_folders();
  if (const char* variable = std::getenv("SFUMATO_MODELS")) {
    std::istringstream list(variable);
    for (std::string folder; std::getline(list, folder, ':');) {
      if (!folder.empty()) folders.emplace_back(folder);
    }
  }
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  if (!error) {
    folders.push_back(program.parent_path() / "models");
    folders.push_back(program / "models");
    folders.push_back(program.parent_path() / "share" / "sfumato" / "models");  // where `cmake --install` puts them
  }
  return folders;
}

constexpr std::size_t kHashDigits = 10;

bool is_hash(const std::string& name) {
  return name.size() >= kHashDigits && name.size() <= 64 &&
         std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// All checkpoints in the folders of models and in the hub cache.
std::vector<fs::path> all_checkpoints() {
  std::vector<fs::path> checkpoints;
  const auto add = [&](const fs::path& folder) {
    std::vector<fs::path> found = checkpoints_in(folder);
    checkpoints.insert(checkpoints.end(), found.begin(), found.end());
  };
  for (const fs::path& root : model_folders()) {
    for (const fs::path& folder : checkpoint_folders(root)) add(folder);
  }
  if (const std::optional<fs::path> hub = hub_cache()) add(*hub);
  return checkpoints;
}

// SHA-256 of the checkpoint that the bundle was made from; empty if it is not recorded.
std::string source_in(const fs::path& bundle) {
  try {
    const MappedFile text(bundle / kModelJson, ErrorKind::bad_bundle);
    return read_model_json(text.text(), "").config.source_sha256;
  } catch (const Error&) {
    return "";
  }
}

// The checkpoints whose SHA-256 is known and begins with `hash`.
std::vector<fs::path> checkpoints_with(const std::string& hash) {
  const DigestCache cache(DigestCache::users_folder());
  std::vector<fs::path> found;
  for (const fs::path& checkpoint : all_checkpoints()) {
    const std::optional<FileIdentity> identity = identity_of_file(checkpoint);
    if (identity && cache.find(*identity).value_or("").starts_with(hash)) found.push_back(checkpoint);
  }
  return found;
}

// Without those that are the same by another path.
std::vector<fs::path> distinct(const std::vector<fs::path>& paths) {
  std::vector<fs::path> kept;
  std::set<fs::path> seen;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (seen.insert(fs::canonical(path, error)).second) kept.push_back(path);
  }
  return kept;
}

std::vector<fs::path> models_called(const std::string& name) {
  std::vector<fs::path> models;
  const bool is_plain = name.find('/') == std::string::npos;
  std::error_code error;
  for (const fs::path& folder : model_folders()) {
    if (is_plain && fs::is_directory(folder / name, error)) models.push_back(folder / name);
  }
  for (const fs::path& checkpoint : all_checkpoints()) {
    if (is_called(checkpoint, name)) models.push_back(checkpoint);
  }
  if (models.empty() && is_hash(name)) {
    for (const fs::path& bundle : installed_models()) {
      if (digest_in(bundle).starts_with(name) || source_in(bundle).starts_with(name)) models.push_back(bundle);
    }
    const std::vector<fs::path> checkpoints = checkpoints_with(name);
    models.insert(models.end(), checkpoints.begin(), checkpoints.end());
  }
  return distinct(models);
}

constexpr std::string_view kAdvice =
    "Give the path of a bundle or of a checkpoint, or name the folder of your models with --model-dir.";

// A path that is not there is not looked for elsewhere under its last name; OWNER/NAME may be one of the hub cache.
bool may_be_name(const std::string& said) {
  return !said.empty() && said.front() != '.' && said.front() != '/' && std::ranges::count(said, '/') <= 1;
}

[[noreturn]] void refuse_name(const std::optional<std::string>& said, std::string_view flag) {
  if (said && !may_be_name(*said)) {
    throw Error(ErrorKind::input_missing,
                std::string(flag) + ": " + printable(*said, 200) + ": no such file or folder. " + std::string(kAdvice));
  }
  std::string looked;
  for (const fs::path& folder : model_folders()) {
    looked += (looked.empty() ? "" : ", ") + printable(folder.string(), 200);
  }
  std::vector<std::string> names;
  for (const fs::path& bundle : installed_models()) names.push_back(bundle.filename().string());
  for (const fs::path& checkpoint : all_checkpoints()) names.push_back(checkpoint.stem().string());
  const std::string guess = said ? nearest(*said, names) : "";
  throw Error(ErrorKind::input_missing,
              std::string(flag) + ": there is no model " + (said ? "\"" + printable(*said, 200) + "\"" : "`default`") +
                  " (looked in " + looked + ")" +
                  (guess.empty() ? ". " : "; did you mean \"" + printable(guess) + "\"? ") + std::string(kAdvice));
}

}  // namespace

bool may_be_model(const fs::path& path) {
  std::error_code error;
  return !fs::is_directory(path, error) || fs::exists(path / kModelJson, error) ||
         fs::exists(path / "model_index.json", error) || snapshot_of(path) != path;
}

std::string digest_in(const fs::path& bundle) {
  try {
    return sha256(MappedFile(bundle / kModelJson, ErrorKind::bad_bundle).bytes());
  } catch (const Error&) {
    return "";  // a bundle that cannot be read is not the one
  }
}

void add_model_folder(const fs::path& folder) { first_folders().push_back(folder); }

fs::path find_model(const std::optional<std::string>& said, std::string_view flag) {
  std::error_code error;
  if (!said) {
    for (const fs::path& folder : model_folders()) {
      if (fs::is_directory(folder / "default", error)) return folder / "default";
    }
    refuse_name(said, flag);
  }
  const bool is_path = !said->empty() && fs::exists(*said, error);
  if (is_path && may_be_model(*said)) return *said;
  const std::vector<fs::path> models = may_be_name(*said) ? models_called(*said) : std::vector<fs::path>();
  if (models.empty() && is_path) return *said;  // whoever opens it says what is wrong
  if (models.empty()) refuse_name(said, flag);
  if (models.size() == 1) return models.front();
  std::string list;
  for (const fs::path& model : models) list += (list.empty() ? "" : ", ") + printable(model.string(), 200);
  throw Error(ErrorKind::usage, std::string(flag) + ": " + std::to_string(models.size()) + " models are called \"" +
                                    printable(*said, 200) + "\": " + list + ". Give the path of one of them.");
}

std::vector<fs::path> models_with(const std::string& digest, const std::string& hash) {
  std::vector<fs::path> models;
  for (const fs::path& bundle : installed_models()) {
    if (digest_in(bundle) == digest && !digest.empty()) return {bundle};
    if (is_hash(hash) && source_in(bundle).starts_with(hash)) models.push_back(bundle);
  }
  if (!is_hash(hash)) return models;
  const std::vector<fs::path> checkpoints = checkpoints_with(hash);
  models.insert(models.end(), checkpoints.begin(), checkpoints.end());
  return distinct(models);
}

fs::path chosen_model(const std::optional<std::string>& name, const fs::path& from_image) {
  if (name || from_image.empty()) return find_model(name);
  const std::optional<ImageRecord> record = record_of(read_png_texts(from_image).texts);
  if (!record) return find_model(name);
  const std::vector<fs::path> models = models_with(record->model_digest, record->model_hash);
  return models.size() == 1 ? models.front() : find_model(name);
}

std::filesystem::path find_graphs(const std::string& name) {
  std::string looked;
  for (const std::filesystem::path& folder : model_folders()) {
    const std::filesystem::path path = folder / "graphs" / name;
    std::error_code error;
    if (std::filesystem::exists(path, error)) return path;
    looked += (looked.empty() ? "" : ", ") + printable(path.string(), 200);
  }
  throw Error(ErrorKind::input_missing, "models/graphs/" + name + ": is not there (looked at " + looked +
                                            "). Install sfumato again with its folder models.");
}

std::vector<std::filesystem::path> installed_models() {
  std::vector<std::filesystem::path> models;
  for (const std::filesystem::path& folder : model_folders()) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      if (std::filesystem::exists(entry->path() / "model.json", ignored)) models.push_back(entry->path());
    }
  }
  std::ranges::sort(models);
  models.erase(std::unique(models.begin(), models.end()), models.end());
  return models;
}

}  // namespace sfumato

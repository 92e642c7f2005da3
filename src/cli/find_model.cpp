#include "cli/find_model.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

std::vector<std::filesystem::path> model_folders() {
  std::vector<std::filesystem::path> folders;
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

}  // namespace

std::filesystem::path find_model(const std::optional<std::string>& said) {
  const std::string name = said.value_or("default");
  std::error_code error;
  if (said && std::filesystem::is_directory(name, error)) return name;
  std::string looked = said ? printable(name, 200) : "the installed models";
  // A path that is not there is not searched for elsewhere under its last name.
  if (!name.empty() && name.find('/') == std::string::npos && name.front() != '.') {
    for (const std::filesystem::path& folder : model_folders()) {
      if (std::filesystem::is_directory(folder / name, error)) return folder / name;
      looked += ", " + printable((folder / name).string(), 200);
    }
  }
  throw Error(ErrorKind::input_missing, "--model: no such folder (looked at " + looked +
                                            "). Give a bundle's folder, or a name in $SFUMATO_MODELS.");
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

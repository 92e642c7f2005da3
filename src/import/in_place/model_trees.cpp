#include "import/in_place/model_trees.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "base/yaml.h"
#include "import/recognise/hub_cache.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxDepth = 8;
constexpr std::array<std::string_view, 3> kExtensions = {".safetensors", ".gguf", ".ckpt"};
constexpr std::array<std::string_view, 4> kTrees = {"models/Stable-diffusion", "models/checkpoints", "Stable-diffusion",
                                                    "checkpoints"};
constexpr std::string_view kExtraPaths = "extra_model_paths.yaml";
constexpr std::string_view kHubModel = "models--";

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

fs::path in_home(const std::string& text) {
  const char* home = std::getenv("HOME");
  return home != nullptr && text.starts_with("~/") ? fs::path(home) / text.substr(2) : fs::path(text);
}

// ComfyUI: each section has a base_path, relative to the file, and below it the folders of each kind, one a line.
void add_extra_paths(const fs::path& file, std::vector<fs::path>& folders) {
  std::error_code error;
  if (!fs::exists(file, error)) return;
  std::map<std::string, std::map<std::string, std::string>> sections;
  for (const auto& [key, value] : read_yaml(file, "Correct the file, or leave its folder out of the model folders")) {
    const std::size_t dot = key.rfind('.');
    if (dot != std::string::npos) sections[key.substr(0, dot)][key.substr(dot + 1)] = value;
  }
  for (auto& [name, section] : sections) {
    const fs::path base = file.parent_path() / in_home(section["base_path"]);
    std::istringstream lines(section["checkpoints"]);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t first = line.find_first_not_of(" \t\r");
      if (first == std::string::npos) continue;
      line = line.substr(first, line.find_last_not_of(" \t\r") + 1 - first);
      folders.push_back((base / in_home(line)).lexically_normal());
    }
  }
}

class Walk {
 public:
  std::vector<fs::path> found;

  void visit(const fs::path& folder, int depth) {
    std::error_code error;
    if (depth > kMaxDepth || !seen_.insert(fs::canonical(folder, error)).second) return;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      const fs::path& path = entry->path();
      const std::string name = path.filename().string();
      std::error_code ignored;
      if (name.starts_with('.')) continue;
      if (entry->is_regular_file(ignored)) {
        if (std::ranges::find(kExtensions, path.extension().string()) != kExtensions.end()) found.push_back(path);
      } else if (entry->is_directory(ignored)) {
        visit_folder(path, name, depth);
      }
    }
  }

 private:
  void visit_folder(const fs::path& path, const std::string& name, int depth) {
    std::error_code error;
    if (name.starts_with(kHubModel) && is_folder(path / "snapshots")) {
      if (fs::exists(snapshot_of(path) / "model_index.json", error)) found.push_back(path);
    } else if (fs::exists(path / "model_index.json", error)) {
      found.push_back(path);
    } else if (!fs::exists(path / "model.json", error)) {  // a bundle's weights are no checkpoints
      visit(path, depth + 1);
    }
  }

  std::set<fs::path> seen_;
};

}  // namespace

std::vector<fs::path> checkpoint_folders(const fs::path& root) {
  std::vector<fs::path> folders;
  for (const std::string_view tree : kTrees) folders.push_back(root / tree);
  add_extra_paths(root / kExtraPaths, folders);
  std::erase_if(folders, [](const fs::path& folder) { return !is_folder(folder); });
  if (folders.empty() && is_folder(root)) folders.push_back(root);
  return folders;
}

std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  Walk walk;
  walk.visit(folder, 0);
  std::ranges::sort(walk.found);
  return std::move(walk.found);
}

bool is_called(const fs::path& checkpoint, std::string_view name) {
  const std::string file = checkpoint.filename().string();
  if (file == name) return true;
  if (!file.starts_with(kHubModel)) {
    return std::ranges::find(kExtensions, checkpoint.extension().string()) != kExtensions.end() &&
           checkpoint.stem().string() == name;
  }
  const std::string whole = file.substr(kHubModel.size());  // OWNER--NAME
  const std::size_t separator = whole.find("--");
  if (separator == std::string::npos) return whole == name;
  const std::string own = whole.substr(separator + 2);
  return own == name || whole.substr(0, separator) + "/" + own == name;
}

std::optional<fs::path> hub_cache() {
  const auto value = [](const char* variable) {
    const char* text = std::getenv(variable);
    return fs::path(text == nullptr ? "" : text);
  };
  fs::path folder = value("HF_HUB_CACHE");
  if (folder.empty() && !value("HF_HOME").empty()) folder = value("HF_HOME") / "hub";
  if (folder.empty() && !value("HOME").empty()) folder = value("HOME") / ".cache" / "huggingface" / "hub";
  if (folder.empty() || !is_folder(folder)) return std::nullopt;
  return folder;
}

}  // namespace sfumato

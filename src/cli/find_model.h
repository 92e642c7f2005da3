// Where models are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sfumato {

// The bundle that --model means: a folder that exists; else that name in the folders of $SFUMATO_MODELS (separated by
// ':'); else in models/ next to the program's folder, models/ inside it, or share/sfumato/models of an installed
// program. Without a name it is `default` in those folders, never one in the working folder. Throws
// Error(input_missing) with the places that were searched.
[[nodiscard]] std::filesystem::path find_model(const std::optional<std::string>& name);

// The file or folder `name` of models/graphs, in the same places: "sd1", "clip/merges.txt".
[[nodiscard]] std::filesystem::path find_graphs(const std::string& name);
// Every folder with a model.json in those folders, the same one only once.
[[nodiscard]] std::vector<std::filesystem::path> installed_models();

}  // namespace sfumato

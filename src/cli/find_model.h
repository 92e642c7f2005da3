// Where models are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

// A folder in which models are looked for by name before all others, as if it were the first of $SFUMATO_MODELS. For
// --model-dir; call it before find_model().
void add_model_folder(const std::filesystem::path& folder);

// What --model means: a bundle's folder, a checkpoint's file or a diffusers folder. A path of one is that; a name
// is looked for in the folders of --model-dir and of $SFUMATO_MODELS (separated by ':'), in models/ next to the
// program's folder, models/ inside it, share/sfumato/models of an installed program, and in the hub cache. It is that
// of a bundle, a checkpoint's (import/in_place/model_trees.h), or at least 10 digits of a model's hash (model_hash()).
// Without a name it is the first bundle `default` in those folders, never one in the working folder. Throws
// Error(input_missing) with the places that were searched, and Error(usage) with the paths if a name is that of several
// models. flag: that named it, for the message.
[[nodiscard]] std::filesystem::path find_model(const std::optional<std::string>& name,
                                               std::string_view flag = "--model");

// What the command line says: find_model(name); without a name and with `from_image` (--from-image; empty: none) the
// model that made that picture if exactly one is found, else the default. Throws as find_model() and read_png_texts().
[[nodiscard]] std::filesystem::path chosen_model(const std::optional<std::string>& name,
                                                 const std::filesystem::path& from_image);

// The file or folder `name` of models/graphs, in the same places: "sd1", "clip/merges.txt".
[[nodiscard]] std::filesystem::path find_graphs(const std::string& name);
// Every folder with a model.json in those folders, the same one only once.
[[nodiscard]] std::vector<std::filesystem::path> installed_models();
// Whether a path that exists may be a model: a file, or the folder of a bundle, of diffusers or of a hub cache. A
// folder of pictures may have the name of a model.
[[nodiscard]] bool may_be_model(const std::filesystem::path& path);
// SHA-256 of a bundle's model.json, its digest; empty if that cannot be read.
[[nodiscard]] std::string digest_in(const std::filesystem::path& bundle);
// The model that made a picture, by what the picture says of it: the installed bundle with the digest; else the bundles
// that were made from a checkpoint with this hash, and the checkpoints whose SHA-256 is known and begins with it. Empty
// if nothing is found.
[[nodiscard]] std::vector<std::filesystem::path> models_with(const std::string& digest, const std::string& hash);

}  // namespace sfumato

// Replacing a bundle: only what its own model.json lists is ever removed.
#pragma once

#include <filesystem>

namespace sfumato {

// Throws Error(cannot_create) that names what is in the way, unless `folder` is empty, or its model.json is that of a
// bundle and lists every entry of the folder, which are files or links.
void check_replaceable(const std::filesystem::path& folder);

// Removes the files that model.json lists, then model.json and the folder. Returns whether the folder is gone: an entry
// that is not listed stays, and with it the folder.
bool remove_bundle(const std::filesystem::path& folder);

}  // namespace sfumato

// The cache that Hugging Face's programs download into: models--OWNER--NAME/snapshots/COMMIT, whose files are links
// into models--OWNER--NAME/blobs.
#pragma once

#include <filesystem>
#include <string>

namespace sfumato {

// The snapshot of a model's folder in the cache: that of refs/main, or the only one. `path` itself for other folders.
[[nodiscard]] std::filesystem::path snapshot_of(const std::filesystem::path& path);

// The name of the model in a folder: "NAME" of a snapshot in the cache, else the folder's own.
[[nodiscard]] std::string model_name(const std::filesystem::path& folder);

// Throws Error(bad_data) if `file`, a file of the folder `root`, is a link that leads out of it; into the blobs of the
// same model in the cache it may.
void check_inside(const std::filesystem::path& file, const std::filesystem::path& root);

}  // namespace sfumato

// A model that a command names, opened: a bundle, or a checkpoint that is used where it lies.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/console.h"
#include "bundle/bundle.h"
#include "cli/model_choice.h"

namespace sfumato {

struct OpenedModel {
  std::shared_ptr<const Bundle> bundle;
  std::vector<std::string> notes{};  // of a checkpoint: how its settings were found
  bool is_new = false;               // a checkpoint whose SHA-256 was not known yet
};

// path: as find_model() gives it. Shows on `err` how far the SHA-256 of a checkpoint is that is not yet known
// (base/digest_cache.h). Throws as BundleFolder or CheckpointBundle do, and Error(usage) for a bundle with a flag of
// checkpoints.
[[nodiscard]] OpenedModel open_model(const std::filesystem::path& path, const ModelChoice& choice, Console& err);

}  // namespace sfumato

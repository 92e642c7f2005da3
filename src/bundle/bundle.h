// A model on disk: a folder that model.json describes (models/README.md). scripts/export/bundle.py writes it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bundle/checked_files.h"
#include "bundle/model_config.h"

namespace sfumato {

// Once a Bundle exists, every file of it is there, has the size that model.json states, and is mapped; there is no
// other file in the folder; and its graphs and tokenizer are ones this program knows, or were trusted. Digests are
// computed in the background, and nobody sees a file before its SHA-256 was found to be the one that model.json states.
class Bundle {
 public:
  // Throws Error(input_missing) if the folder is not there, Error(bad_bundle) if anything about it is wrong.
  // trust: use graphs (they are programs) and a tokenizer that are not listed in models/graphs (bundle/known_files.h).
  explicit Bundle(const std::filesystem::path& folder, bool trust = false);

  [[nodiscard]] const ModelConfig& config() const { return config_; }
  // SHA-256 of model.json, which names the digest of everything else.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  // A file of the bundle, by its name in model.json. Waits until it has been checked; throws Error(bad_bundle) if it is
  // damaged.
  [[nodiscard]] const MappedFile& file(std::string_view name) const;
  // Waits for all files. Throws Error(bad_bundle) for the first, by name, that is damaged.
  void check_all() const;
  // How messages name that file.
  [[nodiscard]] std::string path_of(std::string_view name) const;

 private:
  std::filesystem::path folder_;
  std::string digest_;
  ModelConfig config_;
  std::unique_ptr<const CheckedFiles> files_;
};

}  // namespace sfumato

// A bundle: a model on disk, a folder with model.json (docs/bundle-format.md). scripts/export/bundle.py writes bundles.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bundle/checked_files.h"
#include "bundle/model_config.h"
#include "bundle/trusted_graph.h"

namespace sfumato {

// A Bundle has mapped every file, each of the size that model.json states; the folder has no other file; and its graphs
// and tokenizer are known files, or were trusted. Digests are verified in the background: file() waits for the file's.
class Bundle {
 public:
  // Throws Error(input_missing) if the folder does not exist, Error(bad_bundle) if anything in it is wrong.
  // trust: which graphs and tokenizers to use besides those that models/graphs lists (bundle/known_files.h).
  explicit Bundle(const std::filesystem::path& folder, Trust trust = Trust::known);

  [[nodiscard]] const ModelConfig& config() const { return config_; }
  // SHA-256 of model.json, which lists the digests of all other files.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  // A file of the bundle, by its name in model.json. Waits until its digest is verified; throws Error(bad_bundle) if it
  // does not match, or if the file has changed since.
  [[nodiscard]] const MappedFile& file(std::string_view name) const;
  // A graph of the bundle, by its name in model.json, fit to be loaded. Waits as file() does. Throws Error(bad_bundle)
  // also if the graph does what `trust` does not allow.
  [[nodiscard]] TrustedGraph graph(std::string_view name) const;
  // Waits for all files, and checks all graphs. Throws Error(bad_bundle) for the first one that is damaged or does what
  // `trust` does not allow, by name.
  void check_all() const;
  // Throws Error(bad_bundle) if a file has changed since it was verified (bundle/checked_files.h).
  void check_unchanged() const;
  // The path of a file in messages.
  [[nodiscard]] std::string path_of(std::string_view name) const;

 private:
  std::filesystem::path folder_;
  Trust trust_;
  std::string digest_;
  ModelConfig config_;
  std::unique_ptr<CheckedFiles> files_;
};

}  // namespace sfumato

// A bundle on disk: a folder with model.json (docs/bundle-format.md). scripts/export/bundle.py and `sfumato import`
// write bundles.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bundle/bundle.h"
#include "bundle/checked_files.h"

namespace sfumato {

// A BundleFolder has mapped every file, each of the size that model.json states; the folder has no other file; and its
// graphs and tokenizer are known files, or were trusted. Digests are verified in the background: file(), graph() and
// weights() wait for those of their files.
class BundleFolder final : public Bundle {
 public:
  // Throws Error(input_missing) if the folder does not exist, Error(bad_bundle) if anything in it is wrong.
  // trust: which graphs and tokenizers to use besides those that models/graphs lists (bundle/known_files.h).
  explicit BundleFolder(const std::filesystem::path& folder, Trust trust = Trust::known);

  [[nodiscard]] const ModelConfig& config() const override { return config_; }
  // SHA-256 of model.json, which lists the digests of all other files.
  [[nodiscard]] const std::string& digest() const override { return digest_; }
  [[nodiscard]] const MappedFile& file(std::string_view name) const override;
  [[nodiscard]] TrustedGraph graph(std::string_view name) const override;
  [[nodiscard]] std::vector<Weight> weights(NetworkKind kind) const override;
  void check_all() const override;
  void check_unchanged() const override;
  [[nodiscard]] std::string path_of(std::string_view name) const override;

 private:
  std::filesystem::path folder_;
  Trust trust_;
  std::string digest_;
  ModelConfig config_;
  std::unique_ptr<CheckedFiles> files_;
};

}  // namespace sfumato

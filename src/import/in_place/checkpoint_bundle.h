// A checkpoint as an open model: its weights are views of its own files. Nothing of them is copied to a disk; what must
// be transposed, cut or widened is so while it is loaded.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.h"
#include "import/recognise/checkpoint.h"
#include "import/recognise/weight_map.h"
#include "import/write/graph_set.h"
#include "import/write/model_settings.h"

namespace sfumato {

// What `import` would be told of the checkpoint.
struct InPlaceOptions {
  CheckpointOptions checkpoint{};
  ModelSettings settings{};        // over what the checkpoint says
  std::filesystem::path merges{};  // of CLIP's tokenizer
  Trust trust = Trust::known;      // of the graphs
};

class CheckpointBundle final : public Bundle {
 public:
  // source: opened with options.checkpoint. digests: of its files (source_digests.h). Throws as map_weights() and
  // config_of() do, and for settings that do not go together.
  CheckpointBundle(Checkpoint source, const GraphSet& graphs, const InPlaceOptions& options,
                   std::vector<std::string> digests);

  [[nodiscard]] const ModelConfig& config() const override { return config_; }
  // SHA-256 over the configuration without name, licence and defaults, the digests of all files, and the options that
  // choose among the tensors. It depends neither on paths nor on this machine.
  [[nodiscard]] const std::string& digest() const override { return digest_; }
  [[nodiscard]] const MappedFile& file(std::string_view name) const override;
  [[nodiscard]] TrustedGraph graph(std::string_view name) const override;
  [[nodiscard]] std::vector<Weight> weights(NetworkKind kind) const override;
  void check_all() const override {}
  // A file whose status alone has changed, as by chmod or a new hard link, is digested again.
  void check_unchanged() const override;
  [[nodiscard]] std::string path_of(std::string_view name) const override;

  // What was not said and had to be decided, or was decided otherwise than the files say.
  [[nodiscard]] const std::vector<std::string>& notes() const { return source_.schedule.notes; }

 private:
  [[nodiscard]] std::string digest_of_all(const InPlaceOptions& options) const;

  mutable Checkpoint source_;  // mutable: an accepted change of a file's status
  std::vector<std::string> digests_;
  WeightMap map_;
  ModelConfig config_;
  Trust trust_;
  std::map<std::string, MappedFile, std::less<>> files_;   // graphs and tokenizer
  std::map<std::string, std::string, std::less<>> paths_;  // of files_, for messages
  std::string digest_;
};

}  // namespace sfumato

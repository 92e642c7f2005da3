// A model, opened: its configuration, its graphs and tokenizer, its weights. Whether these lie in a bundle's folder
// (bundle/bundle_folder.h) or in a checkpoint's own files (import/in_place) is known to nobody above.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "bundle/model_config.h"
#include "bundle/trusted_graph.h"
#include "bundle/weight.h"

namespace sfumato {

class Bundle {
 public:
  virtual ~Bundle() = default;

  [[nodiscard]] virtual const ModelConfig& config() const = 0;
  // 64 hexadecimal digits over everything of the model that decides a picture: job keys contain it.
  [[nodiscard]] virtual const std::string& digest() const = 0;
  // A file by its name in the configuration: tokenizer, classes of a semantic map. Throws Error(bad_bundle) if it is
  // damaged, or has changed since it was opened.
  [[nodiscard]] virtual const MappedFile& file(std::string_view name) const = 0;
  // A graph by its name in the configuration, fit to be loaded. Throws as file() does, and if the graph does what the
  // user's trust does not allow.
  [[nodiscard]] virtual TrustedGraph graph(std::string_view name) const = 0;
  // The parameters of a network that config() has. Throws as file() does. The views live as long as the bundle.
  [[nodiscard]] virtual std::vector<Weight> weights(NetworkKind kind) const = 0;
  // Waits until all files are verified. Throws Error(bad_bundle) for the first that is damaged, and for a graph that
  // does what trust does not allow.
  virtual void check_all() const = 0;
  // Throws Error(bad_bundle) if a file has changed since it was verified.
  virtual void check_unchanged() const = 0;
  // The path in messages of a file of the configuration, or of what describes the model (kModelJson).
  [[nodiscard]] virtual std::string path_of(std::string_view name) const = 0;

 protected:
  Bundle() = default;
  Bundle(const Bundle&) = default;
  Bundle& operator=(const Bundle&) = default;
};

}  // namespace sfumato

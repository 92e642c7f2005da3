#include "import/write/graph_set.h"

#include <algorithm>
#include <limits>

#include "base/mapped_file.h"
#include "base/shown_path.h"
#include "nn/network.h"

namespace sfumato {
namespace {

// A dimension of the first parameter whose name has this suffix.
int dimension(const Parameters& parameters, std::string_view suffix, std::size_t index,
              const std::filesystem::path& graph) {
  for (const auto& [name, shape] : parameters) {
    if (name.ends_with(suffix) && shape.size() > index && shape[index] > 0 &&
        shape[index] < std::numeric_limits<int>::max()) {
      return static_cast<int>(shape[index]);
    }
  }
  throw Error(ErrorKind::bad_bundle,
              shown_path(graph) + ": has no parameter *" + std::string(suffix) + ", so it is another network.");
}

// The file in the first folder that has it; in the last if none has.
std::filesystem::path first_of(const std::vector<std::filesystem::path>& folders, const std::string& name) {
  std::filesystem::path path;
  for (const std::filesystem::path& folder : folders) {
    path = folder / name;
    std::error_code error;
    if (std::filesystem::exists(path, error)) break;
  }
  return path;
}

}  // namespace

GraphSet open_graphs(const std::vector<std::filesystem::path>& folders, const FamilyInfo& family, Trust trust) {
  GraphSet set;
  for (const NetworkKind kind : family.networks) {
    const std::filesystem::path path = first_of(folders, std::string(name_of(kind)) + ".ts");
    const MappedFile graph(path, ErrorKind::input_missing, Links::follow);
    set.files.emplace(kind, path);
    set.parameters.emplace(kind, parameters_of(TrustedGraph(graph.text(), trust, shown_path(path))));
  }
  return set;
}

GraphNumbers numbers_of(const GraphSet& graphs) {
  const auto find = [&](NetworkKind kind, std::string_view suffix, std::size_t index) {
    return dimension(graphs.parameters.at(kind), suffix, index, graphs.files.at(kind));
  };
  GraphNumbers numbers;
  numbers.conditioning_width = find(NetworkKind::unet, ".attn2.to_k.weight", 1);
  numbers.latent_channels = find(NetworkKind::unet, "conv_out.weight", 0);
  numbers.max_tokens = numbers.vocabulary = std::numeric_limits<int>::max();
  for (const NetworkKind kind : {NetworkKind::text_encoder, NetworkKind::text_encoder_2}) {
    if (!graphs.parameters.contains(kind)) continue;
    numbers.max_tokens = std::min(numbers.max_tokens, find(kind, "position_embedding.weight", 0));
    numbers.vocabulary = std::min(numbers.vocabulary, find(kind, "token_embedding.weight", 0));
  }
  if (graphs.parameters.contains(NetworkKind::text_encoder_2)) {
    numbers.pooled_width = find(NetworkKind::text_encoder_2, "text_projection.weight", 0);
  }
  // Every upsampler of the decoder doubles the sides.
  numbers.downscale = 1;
  for (const auto& [name, shape] : graphs.parameters.at(NetworkKind::vae_decoder)) {
    if (name.ends_with(".upsamplers.0.conv.weight") && numbers.downscale < 64) numbers.downscale *= 2;
  }
  return numbers;
}

}  // namespace sfumato

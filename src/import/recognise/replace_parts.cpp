#include "import/recognise/replace_parts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bad_data.h"
#include "base/shown_path.h"
#include "import/recognise/checkpoint_schedule.h"
#include "import/recognise/edm_markers.h"
#include "import/recognise/named_models.h"
#include "import/recognise/recognise.h"
#include "import/recognise/weight_set.h"

namespace sfumato {
namespace {

struct Part {
  NetworkKind kind;  // either of the autoencoder's two networks stands for both
  std::string_view option;
  std::string_view folder;  // of a pipeline
  std::string_view stem;    // of its weight files
  std::string_view own;     // for messages: what it takes the place of
};
constexpr Part kUnet = {NetworkKind::unet, "unet", "unet", "diffusion_pytorch_model", "parts of its own U-Net"};
constexpr std::array<Part, 2> kTexts = {
    {{NetworkKind::text_encoder, "text_encoder", "text_encoder", "model", "parts of its own text encoder"},
     {NetworkKind::text_encoder_2, "text_encoder_2", "text_encoder_2", "model", "parts of its own text encoder 2"}}};
constexpr Part kVae = {NetworkKind::vae_decoder, "vae", "vae", "diffusion_pytorch_model", "parts of its own VAE"};

bool is_of(const ClassifiedTensor& tensor, NetworkKind kind) {
  if (tensor.slots.empty()) return false;
  const NetworkKind network = tensor.slots.front().network;
  return network == kind || (kind == NetworkKind::vae_decoder && network == NetworkKind::vae_encoder);
}

std::vector<ClassifiedTensor> classify(const WeightFile& file, NetworkKind kind, bool in_folder) {
  switch (kind) {
    case NetworkKind::unet:
      // A shard need not have the first layer, by which a U-Net is found in a file.
      if (in_folder) check_kind(file, {.names = UnetNames::diffusers, .prefix = "", .whole = true});
      return in_folder ? classify_network(file, kind) : classify_unet(file);
    case NetworkKind::text_encoder:
    case NetworkKind::text_encoder_2:
      return in_folder ? classify_network(file, kind) : classify_text_encoder(file, kind);
    default:
      if (const std::string named = named_autoencoder(file); !named.empty()) throw_bad_data(file.where, named);
      return in_folder ? classify_network(file, kind) : classify_vae(file);
  }
}

struct Opened {
  std::size_t first_file = 0;  // in the checkpoint
  std::filesystem::path folder{};
  std::vector<ClassifiedTensor> tensors{};
};

Opened open_part(const std::filesystem::path& path, const Part& part, const std::string& variant,
                 Checkpoint& checkpoint) {
  Opened opened{.first_file = checkpoint.files.size()};
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  if (is_folder) {
    const std::filesystem::path inside = path / part.folder;
    opened.folder = std::filesystem::is_directory(inside, error) ? inside : path;
    (void)open_weight_set(opened.folder, std::string(part.stem), variant, checkpoint.files);
  } else {
    checkpoint.files.push_back(open_weights(path));
  }
  for (std::size_t i = opened.first_file; i < checkpoint.files.size(); ++i) {
    for (ClassifiedTensor& tensor : classify(checkpoint.files[i], part.kind, is_folder)) {
      opened.tensors.push_back(std::move(tensor));
    }
  }
  return opened;
}

// A dimension of the first tensor that goes to a parameter of this suffix; 0 if there is none.
std::int64_t side(const std::vector<ClassifiedTensor>& tensors, std::string_view suffix, std::size_t index) {
  for (const ClassifiedTensor& entry : tensors) {
    for (const ParameterSlot& slot : entry.slots) {
      if (slot.name.ends_with(suffix) && entry.tensor->shape.size() > index) return entry.tensor->shape[index];
    }
  }
  return 0;
}

[[noreturn]] void refuse_family(const Opened& part, const Checkpoint& checkpoint, const std::string& what) {
  throw_bad_data(checkpoint.files[part.first_file].where, what + ", and " + checkpoint.where + " is of " +
                                                              std::string(info_of(checkpoint.family).title) +
                                                              ". Combine parts of one family");
}

void check_unet_family(const Opened& unet, const Checkpoint& checkpoint) {
  const FamilyInfo* const family = family_of_width(side(unet.tensors, ".attn2.to_k.weight", 1));
  if (family == nullptr || family->family == checkpoint.family) return;
  refuse_family(unet, checkpoint, "a U-Net of " + std::string(family->title));
}

void check_text_family(const Opened& text, std::size_t index, const Checkpoint& checkpoint) {
  const std::int64_t width = side(text.tensors, "token_embedding.weight", 1);
  const std::int64_t expected = info_of(checkpoint.family).signature.text_widths.at(index);
  const bool known = std::ranges::any_of(families(), [&](const FamilyInfo& family) {
    return std::ranges::find(family.signature.text_widths, width) != family.signature.text_widths.end();
  });
  if (width == expected || !known) return;
  refuse_family(
      text, checkpoint,
      "a text encoder of width " + std::to_string(width) + " where one of " + std::to_string(expected) + " belongs");
}

void put(Opened part, const Part& place, Checkpoint& checkpoint) {
  for (ClassifiedTensor& tensor : checkpoint.tensors) {
    if (!is_of(tensor, place.kind)) continue;
    tensor.slots.clear();
    tensor.unused_as = place.own;
  }
  for (ClassifiedTensor& tensor : part.tensors) {
    // What else is in the file of the part is not this model's.
    if (is_of(tensor, place.kind)) checkpoint.tensors.push_back(std::move(tensor));
  }
}

void replace_unet(const CheckpointOptions& options, Checkpoint& checkpoint) {
  Opened unet = open_part(options.unet, kUnet, options.variant, checkpoint);
  check_unet_family(unet, checkpoint);
  const WeightFile& file = checkpoint.files[unet.first_file];
  set_input_channels(checkpoint, side(unet.tensors, "conv_in.weight", 1), file.where);
  if (unet.folder.empty() && states_schedule(file, info_of(checkpoint.family))) {
    checkpoint.schedule = checkpoint_schedule(file, info_of(checkpoint.family), options.prediction_type);
    if (const auto latents = edm_latents(file)) checkpoint.latents = *latents;
  }
  put(std::move(unet), kUnet, checkpoint);
}

void replace_text(const std::filesystem::path& path, std::size_t index, const CheckpointOptions& options,
                  Checkpoint& checkpoint) {
  const Part& place = kTexts.at(index);
  if (!has(info_of(checkpoint.family), place.kind)) {
    throw Error(ErrorKind::usage, "`" + std::string(place.option) + "`: " + checkpoint.where + " is of " +
                                      std::string(info_of(checkpoint.family).title) +
                                      ", which has one text encoder. Give `" +
                                      std::string(kTexts.at(1 - index).option) + "`.");
  }
  Opened text = open_part(path, place, options.variant, checkpoint);
  check_text_family(text, index, checkpoint);
  put(std::move(text), place, checkpoint);
}

void replace_vae(const CheckpointOptions& options, Checkpoint& checkpoint) {
  Opened vae = open_part(options.vae, kVae, options.variant, checkpoint);
  std::error_code error;
  if (!vae.folder.empty() && std::filesystem::exists(vae.folder / "config.json", error)) {
    LatentConfig latents = read_latent_config(vae.folder / "config.json", info_of(checkpoint.family));
    // Mean and deviation are those that the U-Net was trained with; an autoencoder without them has the same latents.
    if (checkpoint.latents.mean.empty() || !latents.mean.empty()) checkpoint.latents = std::move(latents);
  }
  put(std::move(vae), kVae, checkpoint);
}

}  // namespace

void replace_parts(const CheckpointOptions& options, Checkpoint& checkpoint) {
  if (!options.unet.empty()) replace_unet(options, checkpoint);
  if (!options.text_encoder.empty()) replace_text(options.text_encoder, 0, options, checkpoint);
  if (!options.text_encoder_2.empty()) replace_text(options.text_encoder_2, 1, options, checkpoint);
  if (!options.vae.empty()) replace_vae(options, checkpoint);
}

}  // namespace sfumato

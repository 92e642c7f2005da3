#include "import/recognise/classify_tensors.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/bad_data.h"
#include "import/recognise/adapters.h"
#include "import/recognise/fp8_scales.h"
#include "import/recognise/recognise.h"
#include "import/recognise/unet_names.h"
#include "names/clip_names.h"
#include "names/ldm_unet_names.h"
#include "names/name_parts.h"
#include "names/vae_names.h"

namespace sfumato {
namespace {

constexpr std::string_view kEma = "model_ema.";
constexpr std::array<std::string_view, 2> kVae = {"first_stage_model.", "vae."};

enum class TextNames { transformers, open_clip };
struct TextPrefix {
  std::string_view prefix;
  NetworkKind kind;
  TextNames names;
};
constexpr std::array<TextPrefix, 11> kTexts = {{
    {"cond_stage_model.transformer.", NetworkKind::text_encoder, TextNames::transformers},
    {"cond_stage_model.1.transformer.", NetworkKind::text_encoder_2, TextNames::transformers},  // stable-diffusion.cpp
    {"cond_stage_model.model.", NetworkKind::text_encoder, TextNames::open_clip},
    {"conditioner.embedders.0.model.", NetworkKind::text_encoder, TextNames::open_clip},
    {"conditioner.embedders.0.transformer.", NetworkKind::text_encoder, TextNames::transformers},
    {"conditioner.embedders.1.model.", NetworkKind::text_encoder_2, TextNames::open_clip},
    {"conditioner.embedders.1.transformer.", NetworkKind::text_encoder_2, TextNames::transformers},
    {"text_encoders.clip_l.transformer.", NetworkKind::text_encoder, TextNames::transformers},
    {"text_encoders.clip_g.transformer.", NetworkKind::text_encoder_2, TextNames::transformers},
    {"text_encoder.", NetworkKind::text_encoder, TextNames::transformers},
    {"text_encoder_2.", NetworkKind::text_encoder_2, TextNames::transformers},
}};

// Sizes of networks, counted from the names.
struct Counts {
  int unet_resnets_per_level = 2;
  int vae_levels = 4;
};

Counts count(const WeightFile& file, const UnetPlace& unet) {
  Counts counts;
  int first_downsampling = 0;
  int levels = 0;
  for (const StoredTensor& tensor : file.tensors) {
    std::string_view name = tensor.name;
    if (unet.names == UnetNames::ldm && consume_prefix(name, unet.prefix)) {
      // The first downsampling block follows conv_in and the resnets of the first level.
      const bool downsamples = name.ends_with(".0.op.weight") && consume_prefix(name, "input_blocks.");
      const auto block = downsamples ? consume_index(name) : std::nullopt;
      if (block && (first_downsampling == 0 || *block < first_downsampling)) first_downsampling = *block;
      if (!unet.prefix.empty()) continue;
    }
    for (const std::string_view prefix : kVae) (void)consume_prefix(name, prefix);
    if (!consume_prefix(name, "decoder.up.")) continue;
    if (const auto level = consume_index(name)) levels = std::max(levels, *level + 1);
  }
  if (first_downsampling > 1) counts.unet_resnets_per_level = first_downsampling - 1;
  if (levels > 0) counts.vae_levels = levels;
  return counts;
}

// Why a tensor without a slot is no loss; for others the first parts of its name.
std::string group_of(std::string_view name) {
  constexpr std::array<std::string_view, 8> schedule = {"betas",      "alphas_cumprod", "sqrt_",     "log_one_minus",
                                                        "posterior_", "lvlb_weights",   "denoiser.", "logvar"};
  constexpr std::array<std::string_view, 8> marks = {
      "v_pred",   "ztsnr",   "global_step",         "scale_factor",
      "edm_mean", "edm_std", "edm_vpred.sigma_max", "edm_vpred.sigma_min"};
  if (name.empty()) return "tensors without a name";
  if (const std::string_view adapter = adapter_group(name); !adapter.empty()) return std::string(adapter);
  if (name.starts_with(kEma)) return "EMA copies";
  if (name.ends_with("position_ids")) return "position ids";
  if (name.ends_with("logit_scale")) return "logit scales";
  if (std::ranges::any_of(schedule, [&](std::string_view begin) { return name.starts_with(begin); }))
    return "numbers of the noise schedule";
  if (std::ranges::find(marks, name) != marks.end()) return "marks";
  if (name.starts_with("first_stage_model.loss.") || name.starts_with("loss."))
    return "parts of the VAE's training loss";
  if (name.starts_with("safety_checker.")) return "parts of the safety checker";
  const std::size_t first = name.find('.');
  const std::size_t second = first == std::string_view::npos ? first : name.find('.', first + 1);
  return std::string(name.substr(0, second)) + (second == std::string_view::npos ? "" : ".*");
}

std::vector<ParameterSlot> unet_slots(std::string_view name, UnetNames names, int resnets_per_level) {
  std::string parameter = names == UnetNames::ldm ? unet_name(name, resnets_per_level) : std::string(name);
  // An unknown tensor keeps its name and its network, so that map_weights refuses it: it would change the picture.
  if (parameter.empty()) parameter = std::string(name);
  return {{NetworkKind::unet, std::move(parameter)}};
}

std::vector<ParameterSlot> to_vector(std::optional<ParameterSlot> slot) {
  return slot ? std::vector<ParameterSlot>{std::move(*slot)} : std::vector<ParameterSlot>{};
}

std::vector<ParameterSlot> text_slots(std::string_view name, const TextPrefix& prefix) {
  if (name.ends_with("position_ids") || name.ends_with("logit_scale")) return {};
  if (prefix.names == TextNames::open_clip) return open_clip_slots(name, prefix.kind);
  return clip_slots(name, prefix.kind);
}

// Whose names the networks of a file have.
struct Spelling {
  UnetPlace unet;
  VaeNames vae = VaeNames::none;
  Counts counts;
  bool refiner = false;  // its first text encoder is text_encoder_2
};

Spelling spelling_of(const WeightFile& file) {
  const UnetPlace unet = find_unet(file);
  return {.unet = unet, .vae = vae_names(file), .counts = count(file, unet), .refiner = is_refiner(file, unet)};
}

std::vector<ParameterSlot> vae_slots(std::string_view name, const Spelling& spelling) {
  return to_vector(spelling.vae == VaeNames::diffusers ? diffusers_vae_slot(name)
                                                       : ldm_vae_slot(name, spelling.counts.vae_levels));
}

std::vector<ParameterSlot> checkpoint_slots(std::string_view name, const Spelling& spelling) {
  if (!adapter_group(name).empty()) return {};
  if (spelling.unet.names != UnetNames::none && consume_prefix(name, spelling.unet.prefix)) {
    return unet_slots(name, spelling.unet.names, spelling.counts.unet_resnets_per_level);
  }
  for (const std::string_view prefix : kVae) {
    if (consume_prefix(name, prefix)) return vae_slots(name, spelling);
  }
  for (TextPrefix prefix : kTexts) {
    if (!consume_prefix(name, prefix.prefix)) continue;
    if (spelling.refiner) prefix.kind = NetworkKind::text_encoder_2;
    return text_slots(name, prefix);
  }
  return {};
}

ClassifiedTensor classified(const WeightFile& file, const StoredTensor& tensor, std::vector<ParameterSlot> slots) {
  std::string unused = slots.empty() ? group_of(tensor.name) : "";
  return {.file = &file, .tensor = &tensor, .slots = std::move(slots), .unused_as = std::move(unused)};
}

// The average of "model.diffusion_model.out.0.bias" is "model_ema.diffusion_modelout0bias".
std::string ema_name(std::string_view name) {
  std::string result(kEma);
  const std::string_view rest = name.substr(name.find('.') + 1);
  std::ranges::copy_if(rest, std::back_inserter(result), [](char c) { return c != '.'; });
  return result;
}

// Moves the slots of the plain weights to their averages.
void take_ema(const WeightFile& file, std::vector<ClassifiedTensor>& tensors) {
  std::unordered_map<std::string_view, std::size_t> indices;
  for (std::size_t i = 0; i < tensors.size(); ++i) indices.emplace(tensors[i].tensor->name, i);
  std::size_t expected = 0;
  std::size_t missing = 0;
  for (ClassifiedTensor& plain : tensors) {
    if (plain.slots.empty() || plain.slots.front().network != NetworkKind::unet) continue;
    if (plain.tensor->name.starts_with(kEma)) continue;  // it has just got its place
    ++expected;
    const auto found = indices.find(ema_name(plain.tensor->name));
    if (found == indices.end()) {
      ++missing;
      continue;
    }
    tensors[found->second].slots = std::move(plain.slots);
    tensors[found->second].unused_as.clear();
    plain.slots.clear();
    plain.unused_as = "plain weights of the U-Net";
  }
  if (missing > 0) {
    throw_bad_data(file.where, "has EMA copies of " + std::to_string(expected - missing) + " of the " +
                                   std::to_string(expected) + " tensors of its U-Net. Import it without `ema`");
  }
}

// transformers' or OpenCLIP's names without a prefix.
TextNames text_names(const WeightFile& file, std::string_view prefix) {
  const auto blocks = [&](const StoredTensor& tensor) {
    return tensor.name.starts_with(prefix) &&
           std::string_view(tensor.name).substr(prefix.size()).starts_with("transformer.resblocks.");
  };
  return std::ranges::any_of(file.tensors, blocks) ? TextNames::open_clip : TextNames::transformers;
}

}  // namespace

std::vector<ClassifiedTensor> classify_checkpoint(const WeightFile& file, EmaWeights ema) {
  const Spelling spelling = spelling_of(file);
  std::vector<ClassifiedTensor> result;
  for (const StoredTensor& tensor : file.tensors)
    result.push_back(classified(file, tensor, checkpoint_slots(tensor.name, spelling)));
  take_scales(result);
  if (ema == EmaWeights::take) take_ema(file, result);
  return result;
}

std::vector<ClassifiedTensor> classify_unet(const WeightFile& file) {
  const Spelling spelling = spelling_of(file);
  check_kind(file, spelling.unet);
  std::vector<ClassifiedTensor> result;
  for (const StoredTensor& tensor : file.tensors) {
    std::string_view name = tensor.name;
    const bool inside = adapter_group(name).empty() && consume_prefix(name, spelling.unet.prefix);
    if (!inside && !spelling.unet.prefix.empty()) continue;
    result.push_back(classified(file, tensor,
                                inside ? unet_slots(name, spelling.unet.names, spelling.counts.unet_resnets_per_level)
                                       : std::vector<ParameterSlot>{}));
  }
  take_scales(result);
  return result;
}

std::vector<ClassifiedTensor> classify_text_encoder(const WeightFile& file, NetworkKind encoder) {
  constexpr std::string_view vision = "vision_model.";
  std::string_view prefix;
  for (const TextPrefix& text : kTexts) {
    const auto begins = [&](const StoredTensor& tensor) { return tensor.name.starts_with(text.prefix); };
    if (text.kind == encoder && std::ranges::any_of(file.tensors, begins)) prefix = text.prefix;
  }
  const TextPrefix place{prefix, encoder, text_names(file, prefix)};
  std::vector<ClassifiedTensor> result;
  bool found = false;
  for (const StoredTensor& tensor : file.tensors) {
    std::string_view name = tensor.name;
    if (!consume_prefix(name, prefix)) continue;
    // A whole CLIP model also has the half that sees.
    const bool other = name.starts_with(vision) || name.starts_with("visual");
    std::vector<ParameterSlot> slots = other ? std::vector<ParameterSlot>{} : text_slots(name, place);
    for (const ParameterSlot& slot : slots) found |= slot.name.starts_with("text_model.encoder.layers.");
    result.push_back(classified(file, tensor, std::move(slots)));
  }
  if (!found) {
    throw_bad_data(file.where, "has no text encoder (CLIP): none of its " + std::to_string(file.tensors.size()) +
                                   " tensors is a layer's");
  }
  take_scales(result);
  return result;
}

std::vector<ClassifiedTensor> classify_vae(const WeightFile& file) {
  const Spelling spelling = spelling_of(file);
  if (spelling.vae == VaeNames::none) {
    throw_bad_data(file.where, "has no autoencoder (VAE): none of its " + std::to_string(file.tensors.size()) +
                                   " tensors is a decoder's");
  }
  const auto prefixed = [](const StoredTensor& tensor) {
    return std::ranges::any_of(kVae, [&](std::string_view prefix) { return tensor.name.starts_with(prefix); });
  };
  const bool in_checkpoint = std::ranges::any_of(file.tensors, prefixed);
  std::vector<ClassifiedTensor> result;
  for (const StoredTensor& tensor : file.tensors) {
    if (in_checkpoint && !prefixed(tensor)) continue;
    std::string_view name = tensor.name;
    for (const std::string_view prefix : kVae) (void)consume_prefix(name, prefix);
    result.push_back(classified(file, tensor, vae_slots(name, spelling)));
  }
  take_scales(result);
  return result;
}

std::vector<ClassifiedTensor> classify_network(const WeightFile& file, NetworkKind kind) {
  std::vector<ClassifiedTensor> result;
  for (const StoredTensor& tensor : file.tensors) {
    std::vector<ParameterSlot> slots;
    switch (kind) {
      case NetworkKind::unet:
        if (adapter_group(tensor.name).empty()) slots = {{kind, tensor.name}};
        break;
      case NetworkKind::vae_decoder:
      case NetworkKind::vae_encoder:
        slots = to_vector(diffusers_vae_slot(tensor.name));
        break;
      case NetworkKind::text_encoder:
      case NetworkKind::text_encoder_2:
        slots = text_slots(tensor.name, {"", kind, TextNames::transformers});
        break;
    }
    result.push_back(classified(file, tensor, std::move(slots)));
  }
  take_scales(result);
  return result;
}

}  // namespace sfumato

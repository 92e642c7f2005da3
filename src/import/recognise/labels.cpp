#include "import/recognise/labels.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "import/recognise/recognise.h"
#include "names/clip_names.h"
#include "names/ldm_unet_names.h"
#include "names/name_parts.h"
#include "names/vae_names.h"

namespace sfumato {
namespace {

constexpr std::string_view kUnet = "model.diffusion_model.";
constexpr std::string_view kEma = "model_ema.";
constexpr std::array<std::string_view, 2> kVae = {"first_stage_model.", "vae."};

enum class TextNames { transformers, open_clip };
struct TextPrefix {
  std::string_view prefix;
  NetworkKind kind;
  TextNames names;
};
constexpr std::array<TextPrefix, 7> kTexts = {{
    {"cond_stage_model.transformer.", NetworkKind::text_encoder, TextNames::transformers},
    {"cond_stage_model.model.", NetworkKind::text_encoder, TextNames::open_clip},
    {"conditioner.embedders.0.transformer.", NetworkKind::text_encoder, TextNames::transformers},
    {"conditioner.embedders.1.model.", NetworkKind::text_encoder_2, TextNames::open_clip},
    {"conditioner.embedders.1.transformer.", NetworkKind::text_encoder_2, TextNames::transformers},
    {"text_encoders.clip_l.transformer.", NetworkKind::text_encoder, TextNames::transformers},
    {"text_encoders.clip_g.transformer.", NetworkKind::text_encoder_2, TextNames::transformers},
}};

// How many levels or resnets there are follows from the names.
struct Counts {
  int unet_resnets_per_level = 2;
  int vae_levels = 4;
};

Counts count(const WeightFile& file) {
  Counts counts;
  int first_change = 0;
  int levels = 0;
  for (const StoredTensor& tensor : file.tensors) {
    std::string_view name = tensor.name;
    if (consume_prefix(name, kUnet)) {
      // The first change of size on the way down is the block after conv_in and the first level's resnets.
      const bool change = name.ends_with(".0.op.weight") && consume_prefix(name, "input_blocks.");
      const auto block = change ? consume_index(name) : std::nullopt;
      if (block && (first_change == 0 || *block < first_change)) first_change = *block;
      continue;
    }
    for (const std::string_view prefix : kVae) (void)consume_prefix(name, prefix);
    if (!consume_prefix(name, "decoder.up.")) continue;
    if (const auto level = consume_index(name)) levels = std::max(levels, *level + 1);
  }
  if (first_change > 1) counts.unet_resnets_per_level = first_change - 1;
  if (levels > 0) counts.vae_levels = levels;
  return counts;
}

// Why a tensor without a place is no loss; for others the beginning of its name.
std::string group_of(std::string_view name) {
  constexpr std::array<std::string_view, 8> schedule = {"betas",      "alphas_cumprod", "sqrt_",     "log_one_minus",
                                                        "posterior_", "lvlb_weights",   "denoiser.", "logvar"};
  constexpr std::array<std::string_view, 4> marks = {"v_pred", "ztsnr", "global_step", "scale_factor"};
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

std::vector<ParameterSlot> unet_target(std::string_view name, int resnets_per_level) {
  std::string target = unet_name(name, resnets_per_level);
  // What no U-Net has keeps its name and its network, so that it is missed there: it would change the picture.
  if (target.empty()) target = std::string(name);
  return {{NetworkKind::unet, std::move(target)}};
}

std::vector<ParameterSlot> one(std::optional<ParameterSlot> target) {
  return target ? std::vector<ParameterSlot>{std::move(*target)} : std::vector<ParameterSlot>{};
}

std::vector<ParameterSlot> text_target(std::string_view name, const TextPrefix& prefix) {
  if (name.ends_with("position_ids") || name.ends_with("logit_scale")) return {};
  if (prefix.names == TextNames::open_clip) return open_clip_targets(name, prefix.kind);
  return {{prefix.kind, clip_name(name)}};
}

std::vector<ParameterSlot> checkpoint_targets(std::string_view name, const Counts& counts) {
  if (consume_prefix(name, kUnet)) return unet_target(name, counts.unet_resnets_per_level);
  for (const std::string_view prefix : kVae) {
    if (consume_prefix(name, prefix)) return one(ldm_vae_target(name, counts.vae_levels));
  }
  for (const TextPrefix& prefix : kTexts) {
    if (consume_prefix(name, prefix.prefix)) return text_target(name, prefix);
  }
  return {};
}

ClassifiedTensor labelled(const WeightFile& file, const StoredTensor& tensor, std::vector<ParameterSlot> targets) {
  std::string unused = targets.empty() ? group_of(tensor.name) : "";
  return {.file = &file, .tensor = &tensor, .targets = std::move(targets), .unused_as = std::move(unused)};
}

// "model.diffusion_model.out.0.bias" is averaged under "model_ema.diffusion_modelout0bias".
std::string ema_name(std::string_view name) {
  std::string result(kEma);
  const std::string_view rest = name.substr(name.find('.') + 1);
  std::ranges::copy_if(rest, std::back_inserter(result), [](char c) { return c != '.'; });
  return result;
}

// Lets the averages take the places of the plain weights.
void take_ema(const WeightFile& file, std::vector<ClassifiedTensor>& tensors) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < tensors.size(); ++i) places.emplace(tensors[i].tensor->name, i);
  std::size_t wanted = 0;
  std::size_t missing = 0;
  for (ClassifiedTensor& plain : tensors) {
    if (!plain.tensor->name.starts_with(kUnet)) continue;
    ++wanted;
    const auto found = places.find(ema_name(plain.tensor->name));
    if (found == places.end()) {
      ++missing;
      continue;
    }
    tensors[found->second].targets = std::move(plain.targets);
    plain.targets.clear();
    plain.unused_as = "plain weights of the U-Net";
  }
  if (missing > 0) {
    throw Error(ErrorKind::bad_data, file.where + ": has EMA copies of " + std::to_string(wanted - missing) +
                                         " of the " + std::to_string(wanted) +
                                         " tensors of its U-Net. Import it without --ema.");
  }
}

}  // namespace

std::vector<ClassifiedTensor> label_checkpoint(const WeightFile& file, EmaWeights ema) {
  const Counts counts = count(file);
  std::vector<ClassifiedTensor> result;
  for (const StoredTensor& tensor : file.tensors)
    result.push_back(labelled(file, tensor, checkpoint_targets(tensor.name, counts)));
  if (ema == EmaWeights::take) take_ema(file, result);
  return result;
}

std::vector<ClassifiedTensor> label_vae(const WeightFile& file) {
  const VaeNames names = vae_names(file);
  if (names == VaeNames::none) {
    throw Error(ErrorKind::bad_data, file.where + ": no autoencoder (VAE) is in it: none of its " +
                                         std::to_string(file.tensors.size()) + " tensors is a decoder's.");
  }
  const Counts counts = count(file);
  const auto prefixed = [](const StoredTensor& tensor) {
    return std::ranges::any_of(kVae, [&](std::string_view prefix) { return tensor.name.starts_with(prefix); });
  };
  const bool part_of_more = std::ranges::any_of(file.tensors, prefixed);
  std::vector<ClassifiedTensor> result;
  for (const StoredTensor& tensor : file.tensors) {
    if (part_of_more && !prefixed(tensor)) continue;
    std::string_view name = tensor.name;
    for (const std::string_view prefix : kVae) (void)consume_prefix(name, prefix);
    result.push_back(
        labelled(file, tensor,
                 one(names == VaeNames::ldm ? ldm_vae_target(name, counts.vae_levels) : diffusers_vae_target(name))));
  }
  return result;
}

std::vector<ClassifiedTensor> label_part(const WeightFile& file, NetworkKind kind) {
  std::vector<ClassifiedTensor> result;
  for (const StoredTensor& tensor : file.tensors) {
    std::vector<ParameterSlot> targets;
    switch (kind) {
      case NetworkKind::unet:
        targets = {{kind, tensor.name}};
        break;
      case NetworkKind::vae_decoder:
      case NetworkKind::vae_encoder:
        targets = one(diffusers_vae_target(tensor.name));
        break;
      case NetworkKind::text_encoder:
      case NetworkKind::text_encoder_2:
        targets = text_target(tensor.name, {"", kind, TextNames::transformers});
        break;
    }
    result.push_back(labelled(file, tensor, std::move(targets)));
  }
  return result;
}

}  // namespace sfumato

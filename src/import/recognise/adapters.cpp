#include "import/recognise/adapters.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "bundle/family.h"

namespace sfumato {
namespace {

// A part of a tensor name and what it identifies.
struct Mark {
  std::string_view part;
  std::string_view title;
};

// Formats of LoRAs.
constexpr std::array<Mark, 10> kLoras = {{
    {".lora_down.", "a LoRA (kohya's names"},
    {".lora_up.", "a LoRA (kohya's names"},
    {".lora_A.", "a LoRA (PEFT's names"},
    {".lora_B.", "a LoRA (PEFT's names"},
    {".lora.down.", "a LoRA (diffusers' names"},
    {".lora.up.", "a LoRA (diffusers' names"},
    {"_lora.down.", "a LoRA (diffusers' older names"},
    {".hada_w1_", "a LyCORIS (LoHa"},
    {".lokr_w", "a LyCORIS (LoKr"},
    {".oft_", "an OFT adapter ("},
}};

// Formats of what steers a model.
constexpr std::array<Mark, 5> kControls = {{
    {"control_model.", "a ControlNet"},
    {"controlnet_cond_embedding.", "a ControlNet"},
    {"input_hint_block.", "a ControlNet"},
    {"ip_adapter.", "an IP-Adapter"},
    {"image_proj.", "an IP-Adapter"},
}};

// Families of LoRAs.
constexpr std::array<Mark, 7> kLoraFamilies = {{
    {"lora_te2_", "Stable Diffusion XL"},
    {"lora_te1_", "Stable Diffusion XL"},
    {"text_encoder_2.", "Stable Diffusion XL"},
    {"lora_unet_double_blocks", "Flux"},
    {"single_transformer_blocks.", "Flux"},
    {"lora_unet_joint_blocks", "Stable Diffusion 3"},
    {"transformer.transformer_blocks.", "Stable Diffusion 3 or Flux"},
}};

bool has_part(const WeightFile& file, std::string_view part) {
  return std::ranges::any_of(file.tensors,
                             [&](const StoredTensor& tensor) { return tensor.name.find(part) != std::string::npos; });
}

// By the input width of the cross-attention's key projection, which a LoRA's first factor has.
std::string family_by_width(const WeightFile& file) {
  for (const StoredTensor& tensor : file.tensors) {
    const bool key =
        tensor.name.find("attn2_to_k") != std::string::npos || tensor.name.find("attn2.to_k") != std::string::npos;
    const bool first = tensor.name.find("down") != std::string::npos || tensor.name.find("lora_A") != std::string::npos;
    if (!key || !first || tensor.shape.size() < 2) continue;
    if (const FamilyInfo* family = family_of_width(tensor.shape[1])) return std::string(family->title);
  }
  return "an unknown family";
}

std::string lora_family(const WeightFile& file) {
  for (const Mark& mark : kLoraFamilies) {
    if (has_part(file, mark.part)) return std::string(mark.title);
  }
  return family_by_width(file);
}

bool is_textual_inversion(const WeightFile& file) {
  constexpr std::size_t most = 8;  // tensors
  const auto names = [&](std::string_view name) {
    return std::ranges::any_of(file.tensors, [&](const StoredTensor& tensor) { return tensor.name == name; });
  };
  if (names("emb_params") || (names("clip_l") && names("clip_g"))) return true;
  // diffusers names the only tensor after the word: <my-cat>.
  return file.tensors.size() <= most && std::ranges::all_of(file.tensors, [](const StoredTensor& tensor) {
           const bool word = tensor.name.find('.') == std::string::npos;
           const bool rows = tensor.shape.size() == 1 || tensor.shape.size() == 2;
           const std::int64_t side = tensor.shape.empty() ? 0 : tensor.shape.back();
           return word && rows && (side == 768 || side == 1024 || side == 1280);
         });
}

}  // namespace

std::string adapter_in(const WeightFile& file) {
  const std::string count = std::to_string(file.tensors.size()) + " tensors";
  for (const Mark& mark : kLoras) {
    if (!has_part(file, mark.part)) continue;
    const std::string title(mark.title);
    return title + (title.ends_with('(') ? "" : ", ") + count + ") for " + lora_family(file) +
           ", which changes a model but is not a whole one. Give the model that it was made for";
  }
  for (const Mark& mark : kControls) {
    if (!has_part(file, mark.part)) continue;
    return std::string(mark.title) + " (" + count +
           "), which steers a model but is not a whole one. Give the model that it was made for";
  }
  if (is_textual_inversion(file)) {
    return "a textual inversion (" + count +
           "), which is a word for a model, not a model. Give the model that it was made for";
  }
  return "";
}

std::string_view adapter_group(std::string_view tensor) {
  const auto marked = [&](const Mark& mark) { return tensor.find(mark.part) != std::string_view::npos; };
  if (tensor.starts_with("lora_") || std::ranges::any_of(kLoras, marked)) return "LoRA tensors";
  return std::ranges::any_of(kControls, marked) ? "ControlNet tensors" : "";
}

}  // namespace sfumato

// A folder as diffusers' save_pretrained() writes it: model_index.json, and a folder for each network.
#include <algorithm>
#include <array>

#include "base/bad_data.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/shown_path.h"
#include "import/recognise/checkpoint.h"
#include "import/recognise/edm_markers.h"
#include "import/recognise/hub_cache.h"
#include "import/recognise/recognise.h"
#include "import/recognise/scheduler_config.h"
#include "import/recognise/weight_set.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxConfig = std::size_t{1} << 20;  // bytes

std::string text_of(const std::filesystem::path& path) {
  const MappedFile file(path, ErrorKind::input_missing, Links::follow);
  if (file.bytes().size() > kMaxConfig)
    throw_bad_data(shown_path(path), std::to_string(file.bytes().size()) + " bytes, at most 1048576 are read");
  return std::string(file.text());
}

// A small JSON file of the folder. Other keys than those that are read do not matter.
class Config {
 public:
  explicit Config(const std::filesystem::path& path)
      : json_(parse_json(text_of(path), shown_path(path), ErrorKind::bad_data)),
        reader_(json_, shown_path(path), ErrorKind::bad_data) {}

  JsonReader& operator*() { return reader_; }
  JsonReader* operator->() { return &reader_; }
  // Whether the key is there and not null.
  bool has(std::string_view key) {
    return reader_.has(key) && !std::holds_alternative<std::nullptr_t>(reader_.at(key).value);
  }

 private:
  Json json_;
  JsonReader reader_;
};

// The class of a part in model_index.json, "CLIPTextModel" of ["transformers", "CLIPTextModel"]; empty if not stated.
std::string class_of(Config& index, std::string_view part) {
  if (!index.has(part)) return "";
  const auto* const entry = std::get_if<JsonArray>(&index->at(part).value);
  if (entry == nullptr || entry->size() != 2) return "";
  const auto* const name = std::get_if<std::string>(&entry->back().value);
  return name == nullptr ? "" : *name;
}

// What a part is if it is of another class than that of Stable Diffusion.
struct PartClass {
  std::string_view part;
  std::string_view expected;
};
constexpr std::array<PartClass, 4> kPartClasses = {{{"unet", "UNet2DConditionModel"},
                                                    {"text_encoder", "CLIPTextModel"},
                                                    {"text_encoder_2", "CLIPTextModelWithProjection"},
                                                    {"vae", "AutoencoderKL"}}};

// Any pipeline is taken, whose parts are those of text-to-image or of inpainting; what it has beside them is not used.
void check_parts(Config& index, const std::filesystem::path& path) {
  const std::string where = shown_path(path / "model_index.json");
  const std::string pipeline = index.has("_class_name") ? index->string("_class_name") : "";
  const std::string what = pipeline.empty() ? "a folder that names no pipeline" : "a " + printable(pipeline);
  for (const PartClass& part : kPartClasses) {
    const std::string name = class_of(index, part.part);
    if (name.empty() || name == part.expected) continue;
    const std::string_view taesd = name == "AutoencoderTiny" ? " (TAESD, for previews)" : "";
    throw_bad_data(where, what + " whose " + std::string(part.part) + " is " + printable(name) + std::string(taesd) +
                              ", " + std::string(part.expected) + " is expected. Text-to-image models of " +
                              family_titles() + " are supported");
  }
  std::error_code error;
  const auto has_folder = [&](std::string_view part) { return std::filesystem::is_directory(path / part, error); };
  // A refiner states no text_encoder.
  const bool only_second = class_of(index, "text_encoder").empty() && has_folder("text_encoder_2");
  for (const std::string_view part : {"unet", "text_encoder", "vae"}) {
    if (has_folder(part) || (only_second && part == "text_encoder")) continue;
    throw_bad_data(where, what + " without a folder " + std::string(part) + ". Text-to-image models of " +
                              family_titles() + " are supported");
  }
}

void check_input_channels(std::int64_t channels, const std::string& where) {
  if (channels == 4 || channels == kInpaintingChannels || channels == kInstructPix2PixChannels) return;
  const std::string_view what = channels == 7 ? " (an upscaler)" : channels == 5 ? " (a depth-guided model)" : "";
  throw_bad_data(
      where, "in_channels: " + std::to_string(channels) + std::string(what) +
                 "; 4 are expected, 9 for inpainting, or 8 for editing (InstructPix2Pix). Give a text-to-image model");
}

// Inputs of a U-Net beside latents, timestep, conditioning and size ids.
struct MoreInput {
  std::string_view key;  // not null in the configuration of a U-Net that has it
  std::string_view what;
};
constexpr std::array<MoreInput, 3> kMoreInputs = {
    {{"class_embed_type", "an unCLIP model, which varies a picture"},
     {"num_class_embeds", "an upscaler, or a model of picture classes"},
     {"encoder_hid_dim_type", "a model with another encoder before its U-Net"}}};

void check_unet_inputs(Config& unet, const std::string& where) {
  for (const MoreInput& input : kMoreInputs) {
    if (unet.has(input.key)) {
      throw_bad_data(where, std::string(input.key) + ": " + std::string(input.what) + ". Give a text-to-image model");
    }
  }
}

std::int64_t input_channels(Config& unet) {
  return unet.has("in_channels") ? unet->integer("in_channels", 1, 65536) : 4;
}

// The text encoders that a folder has.
struct TextParts {
  bool first = false;
  bool second = false;
};

const FamilyInfo& family_of_unet(Config& unet, const TextParts& texts, const std::string& where) {
  check_unet_inputs(unet, where);
  check_input_channels(input_channels(unet), where);
  const bool text_time = unet.has("addition_embed_type") && unet->string("addition_embed_type") == "text_time";
  if (texts.second != text_time) {
    throw_bad_data(where, text_time
                              ? "takes pooled conditioning and the folder has no text_encoder_2: a part is missing"
                              : "takes no pooled conditioning, and the folder has a text_encoder_2");
  }
  const std::int64_t width = unet.has("cross_attention_dim") ? unet->integer("cross_attention_dim", 1, 65536) : 0;
  const bool linear = unet.has("use_linear_projection") && unet->boolean("use_linear_projection");
  // Other widths than the published ones are distinguished by the kind of the attention's projections.
  const FamilyInfo* found = nullptr;
  for (const FamilyInfo& family : families()) {
    if (has(family, NetworkKind::text_encoder_2) != text_time) continue;
    if (has(family, NetworkKind::text_encoder) != texts.first) continue;
    if (family.signature.conditioning_width == width) return family;
    if (found == nullptr || family.linear_projection == linear) found = &family;
  }
  return *found;
}

// What a folder is that diffusers saved one network to; empty if it is none.
std::string lone_network(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path / "config.json", error)) return "";
  Config config(path / "config.json");
  const std::string name = config.has("_class_name") ? config->string("_class_name") : "";
  if (name == "UNet2DConditionModel") {
    return "a U-Net alone, without model_index.json. Give a whole checkpoint of its family, and this with `unet` "
           "beside "
           "it";
  }
  if (name == "AutoencoderKL") return "an autoencoder (VAE) alone. Give it with `vae`, next to a checkpoint";
  if (name == "AutoencoderTiny") {
    return "TAESD, a small autoencoder for previews, which is not supported. Give the autoencoder of the family itself";
  }
  return name.empty() ? "" : "a " + printable(name) + " alone. Give the folder that holds model_index.json";
}

// The licence in the front matter of a model card: "license: creativeml-openrail-m".
std::string license_in(const std::filesystem::path& card) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(card, error) || std::filesystem::file_size(card, error) > kMaxConfig) return "";
  const std::string text = text_of(card);
  if (!text.starts_with("---\n")) return "";
  const std::string front = text.substr(0, text.find("\n---", 3));
  constexpr std::string_view key = "\nlicense: ";
  const std::size_t at = front.find(key);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size();
  return printable(front.substr(begin, front.find('\n', begin) - begin));
}

// Whether weights of the requested variant were found, in any network.
using Variants = std::vector<VariantFound>;

void open_network(const std::filesystem::path& folder, NetworkKind kind, const std::string& stem,
                  const CheckpointOptions& options, Checkpoint& checkpoint, Variants& variants) {
  const std::size_t before = checkpoint.files.size();
  variants.push_back(open_weight_set(folder, stem, options.variant, checkpoint.files));
  for (std::size_t i = before; i < checkpoint.files.size(); ++i) {
    if (kind == NetworkKind::unet) check_kind(checkpoint.files[i], {.names = UnetNames::diffusers, .whole = true});
    for (ClassifiedTensor& tensor : classify_network(checkpoint.files[i], kind)) {
      checkpoint.tensors.push_back(std::move(tensor));
    }
  }
}

std::vector<double> numbers_in(JsonReader& reader, std::string_view key) {
  std::vector<double> numbers;
  for (const Json& entry : reader.array(key)) {
    if (const auto* whole = std::get_if<std::int64_t>(&entry.value)) {
      numbers.push_back(static_cast<double>(*whole));
    } else if (const auto* real = std::get_if<double>(&entry.value)) {
      numbers.push_back(*real);
    } else {
      reader.fail(key, "a list of numbers is expected");
    }
  }
  return numbers;
}

// Files of the folder and of its networks' folders may be links, but not out of it.
void check_links(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 6> folders = {"",    "unet",     "text_encoder", "text_encoder_2",
                                                       "vae", "scheduler"};
  std::error_code error;
  for (const std::string_view folder : folders) {
    for (std::filesystem::directory_iterator entry(path / folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->is_symlink(error)) check_inside(entry->path(), path);
    }
  }
}

}  // namespace

LatentConfig read_latent_config(const std::filesystem::path& config, const FamilyInfo& family) {
  Config vae(config);
  if (vae.has("_class_name") && vae->string("_class_name") == "AutoencoderTiny") {
    throw_bad_data(shown_path(config),
                   "TAESD, a small autoencoder for previews, which is not supported. Give the family's own");
  }
  const bool has_mean = vae.has("latents_mean"), has_deviation = vae.has("latents_std");
  if (vae.has("shift_factor") || (has_mean && family.family != Family::sdxl)) {
    throw_bad_data(shown_path(config), "shifts its latents, which is not supported");
  }
  LatentConfig latents;
  latents.scaling_factor = vae.has("scaling_factor") ? vae->real("scaling_factor", 1e-6, 1e6) : family.scaling_factor;
  if (!has_mean && !has_deviation) return latents;
  if (!has_mean || !has_deviation) {
    throw_bad_data(shown_path(config), "has one of latents_mean and latents_std, and not the other. Download it again");
  }
  latents.mean = numbers_in(*vae, "latents_mean");
  latents.deviation = numbers_in(*vae, "latents_std");
  check_statistics(latents, "latents_mean", "latents_std", shown_path(config));
  return latents;
}

Checkpoint open_diffusers_folder(const std::filesystem::path& given, const CheckpointOptions& options) {
  const std::filesystem::path path = snapshot_of(given);
  check_links(path);
  Checkpoint checkpoint{.where = shown_path(path), .name = model_name(path), .license = license_in(path / "README.md")};
  std::error_code error;
  if (std::filesystem::exists(path / "model.json", error)) {
    throw_bad_data(checkpoint.where, "a bundle already, which needs no import. Give it with `model`");
  }
  if (!std::filesystem::exists(path / "model_index.json", error)) {
    if (const std::string network = lone_network(path); !network.empty()) throw_bad_data(checkpoint.where, network);
    throw Error(ErrorKind::input_missing,
                checkpoint.where +
                    ": a folder without model_index.json, which diffusers writes. Give a folder of diffusers, or a "
                    ".safetensors file.");
  }
  if (options.ema == EmaWeights::take) {
    throw_bad_data(checkpoint.where, "`ema` is for checkpoints in one file. For a folder choose with `variant`");
  }
  Config index(path / "model_index.json");
  check_parts(index, path);
  const TextParts texts = {
      .first = std::filesystem::is_directory(path / "text_encoder", error),
      .second = index.has("text_encoder_2") && std::filesystem::is_directory(path / "text_encoder_2", error)};
  Config unet(path / "unet" / "config.json");
  const FamilyInfo& family = family_of_unet(unet, texts, shown_path(path / "unet" / "config.json"));
  checkpoint.family = family.family;
  set_input_channels(checkpoint, input_channels(unet), shown_path(path / "unet" / "config.json"));
  if (checkpoint.instruct_pix2pix && index.has("is_cosxl_edit")) {
    checkpoint.instruct_pix2pix->scaled = index->boolean("is_cosxl_edit");
  }
  checkpoint.zero_empty_negative_prompt =
      family.zero_empty_negative_prompt &&
      (!index.has("force_zeros_for_empty_prompt") || index->boolean("force_zeros_for_empty_prompt"));
  checkpoint.latents = read_latent_config(path / "vae" / "config.json", family);
  if (unet.has("sample_size") && std::holds_alternative<std::int64_t>(unet->at("sample_size").value)) {
    checkpoint.latent_side = static_cast<int>(unet->integer("sample_size", 1, kMaxSide));
  }
  const std::filesystem::path scheduler = path / "scheduler" / "scheduler_config.json";
  checkpoint.schedule = read_scheduler_config(text_of(scheduler), shown_path(scheduler), options.prediction_type);
  Variants variants;
  const auto add = [&](std::string_view part, NetworkKind kind, const std::string& stem) {
    open_network(path / part, kind, stem, options, checkpoint, variants);
  };
  if (texts.first && options.text_encoder.empty()) add("text_encoder", NetworkKind::text_encoder, "model");
  if (texts.second && options.text_encoder_2.empty()) add("text_encoder_2", NetworkKind::text_encoder_2, "model");
  if (options.unet.empty()) add("unet", NetworkKind::unet, "diffusion_pytorch_model");
  if (options.vae.empty()) add("vae", NetworkKind::vae_decoder, "diffusion_pytorch_model");
  if (!options.variant.empty() && std::ranges::find(variants, VariantFound::yes) == variants.end()) {
    throw Error(ErrorKind::input_missing, checkpoint.where + ": no part has weights of variant " +
                                              printable(options.variant) +
                                              ". Leave out `variant`, or name one that is there.");
  }
  return checkpoint;
}

}  // namespace sfumato

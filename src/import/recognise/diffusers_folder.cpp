// A folder as diffusers' save_pretrained() writes it: model_index.json, and a folder for each network.
#include <algorithm>
#include <array>

#include "base/bad_data.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/shown_path.h"
#include "import/recognise/checkpoint.h"
#include "import/recognise/scheduler_config.h"
#include "import/recognise/weight_set.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxConfig = std::size_t{1} << 20;  // bytes

// Pipelines that have the networks of text-to-image or of inpainting.
constexpr std::array<std::string_view, 9> kPipelines = {"StableDiffusionPipeline",
                                                        "StableDiffusionXLPipeline",
                                                        "StableDiffusionImg2ImgPipeline",
                                                        "StableDiffusionXLImg2ImgPipeline",
                                                        "StableDiffusionInpaintPipeline",
                                                        "StableDiffusionXLInpaintPipeline",
                                                        "LatentConsistencyModelPipeline",
                                                        "LatentConsistencyModelImg2ImgPipeline",
                                                        "DiffusionPipeline"};

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

void check_pipeline(Config& index, const std::string& where) {
  const std::string name = index.has("_class_name") ? index->string("_class_name") : "";
  if (std::ranges::find(kPipelines, name) != kPipelines.end()) return;
  throw_bad_data(where, "a " + (name.empty() ? "folder that names no pipeline" : printable(name)) +
                            ". Text-to-image models of " + family_titles() + " are supported");
}

void check_input_channels(std::int64_t channels, const std::string& where) {
  if (channels == 4 || channels == kInpaintingChannels) return;
  const std::string_view what = channels == 8   ? " (InstructPix2Pix)"
                                : channels == 7 ? " (an upscaler)"
                                : channels == 5 ? " (a depth-guided model)"
                                                : "";
  throw_bad_data(where, "in_channels: " + std::to_string(channels) + std::string(what) +
                            "; 4 are expected, or 9 for inpainting. Give a text-to-image model");
}

std::int64_t input_channels(Config& unet) {
  return unet.has("in_channels") ? unet->integer("in_channels", 1, 65536) : 4;
}

const FamilyInfo& family_of_unet(Config& unet, bool second_text_encoder, const std::string& where) {
  check_input_channels(input_channels(unet), where);
  const bool text_time = unet.has("addition_embed_type") && unet->string("addition_embed_type") == "text_time";
  if (second_text_encoder != text_time) {
    throw_bad_data(
        where,
        text_time
            ? "takes pooled conditioning and the folder has no text_encoder_2: an SDXL refiner, or a part is missing"
            : "takes no pooled conditioning, and the folder has a text_encoder_2");
  }
  const std::int64_t width = unet.has("cross_attention_dim") ? unet->integer("cross_attention_dim", 1, 65536) : 0;
  const bool linear = unet.has("use_linear_projection") && unet->boolean("use_linear_projection");
  // Other widths than the published ones are distinguished by the kind of the attention's projections.
  const FamilyInfo* found = nullptr;
  for (const FamilyInfo& family : families()) {
    if (has(family, NetworkKind::text_encoder_2) != text_time) continue;
    if (family.signature.conditioning_width == width) return family;
    if (found == nullptr || family.linear_projection == linear) found = &family;
  }
  return *found;
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

void open_network(const std::filesystem::path& folder, NetworkKind kind, const std::string& stem,
                  const CheckpointOptions& options, Checkpoint& checkpoint) {
  const std::size_t before = checkpoint.files.size();
  open_weight_set(folder, stem, options.variant, checkpoint.files);
  for (std::size_t i = before; i < checkpoint.files.size(); ++i) {
    for (ClassifiedTensor& tensor : classify_network(checkpoint.files[i], kind)) {
      checkpoint.tensors.push_back(std::move(tensor));
    }
  }
}

}  // namespace

double read_scaling_factor(const std::filesystem::path& config, const FamilyInfo& family) {
  Config vae(config);
  if (vae.has("shift_factor") || vae.has("latents_mean")) {
    throw_bad_data(shown_path(config), "shifts its latents, which is not supported");
  }
  return vae.has("scaling_factor") ? vae->real("scaling_factor", 1e-6, 1e6) : family.scaling_factor;
}

Checkpoint open_diffusers_folder(const std::filesystem::path& path, const CheckpointOptions& options) {
  Checkpoint checkpoint{
      .where = shown_path(path),
      .name = std::filesystem::absolute(path / "x").lexically_normal().parent_path().filename().string(),
      .license = license_in(path / "README.md")};
  std::error_code error;
  if (std::filesystem::exists(path / "model.json", error)) {
    throw_bad_data(checkpoint.where, "a bundle already, which needs no import. Give it with `model`");
  }
  if (!std::filesystem::exists(path / "model_index.json", error)) {
    throw Error(ErrorKind::input_missing,
                checkpoint.where +
                    ": a folder without model_index.json, which diffusers writes. Give a folder of diffusers, or a "
                    ".safetensors file.");
  }
  if (options.ema == EmaWeights::take) {
    throw_bad_data(checkpoint.where, "`ema` is for checkpoints in one file. For a folder choose with `variant`");
  }
  Config index(path / "model_index.json");
  check_pipeline(index, shown_path(path / "model_index.json"));
  const bool second = index.has("text_encoder_2") && std::filesystem::is_directory(path / "text_encoder_2", error);
  Config unet(path / "unet" / "config.json");
  const FamilyInfo& family = family_of_unet(unet, second, shown_path(path / "unet" / "config.json"));
  checkpoint.family = family.family;
  checkpoint.inpainting = input_channels(unet) == kInpaintingChannels;
  checkpoint.zero_empty_negative_prompt =
      family.zero_empty_negative_prompt &&
      (!index.has("force_zeros_for_empty_prompt") || index->boolean("force_zeros_for_empty_prompt"));
  checkpoint.scaling_factor = read_scaling_factor(path / "vae" / "config.json", family);
  if (unet.has("sample_size") && std::holds_alternative<std::int64_t>(unet->at("sample_size").value)) {
    checkpoint.latent_side = static_cast<int>(unet->integer("sample_size", 1, kMaxSide));
  }
  const std::filesystem::path scheduler = path / "scheduler" / "scheduler_config.json";
  checkpoint.schedule = read_scheduler_config(text_of(scheduler), shown_path(scheduler), options.prediction_type);
  open_network(path / "text_encoder", NetworkKind::text_encoder, "model", options, checkpoint);
  if (second) open_network(path / "text_encoder_2", NetworkKind::text_encoder_2, "model", options, checkpoint);
  open_network(path / "unet", NetworkKind::unet, "diffusion_pytorch_model", options, checkpoint);
  if (options.vae.empty()) {
    open_network(path / "vae", NetworkKind::vae_decoder, "diffusion_pytorch_model", options, checkpoint);
  }
  return checkpoint;
}

}  // namespace sfumato

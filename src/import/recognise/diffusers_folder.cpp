// A folder as diffusers' save_pretrained() writes it: model_index.json, and a folder for each part.
#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/printable.h"
#include "import/recognise/checkpoint.h"
#include "import/recognise/weight_set.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxConfig = std::size_t{1} << 20;  // bytes

// Pipelines whose networks are those of text-to-image, or made for inpainting.
constexpr std::array<std::string_view, 9> kPipelines = {"StableDiffusionPipeline",
                                                        "StableDiffusionXLPipeline",
                                                        "StableDiffusionImg2ImgPipeline",
                                                        "StableDiffusionXLImg2ImgPipeline",
                                                        "StableDiffusionInpaintPipeline",
                                                        "StableDiffusionXLInpaintPipeline",
                                                        "LatentConsistencyModelPipeline",
                                                        "LatentConsistencyModelImg2ImgPipeline",
                                                        "DiffusionPipeline"};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::bad_data, where + ": " + what + ".");
}

std::string shown(const std::filesystem::path& path) { return printable(path.string(), 400); }

std::string text_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error) throw Error(ErrorKind::input_missing, shown(path) + ": " + error.message() + ".");
  const MappedFile file(real, ErrorKind::input_missing);
  if (file.bytes().size() > kMaxConfig)
    refuse(shown(path), std::to_string(file.bytes().size()) + " bytes, at most 1048576 are read");
  return std::string(file.text());
}

// A small JSON file of the folder. Keys that are not asked for are the other programs' business.
class Config {
 public:
  explicit Config(const std::filesystem::path& path)
      : json_(parse_json(text_of(path), shown(path), ErrorKind::bad_data)),
        reader_(json_, shown(path), ErrorKind::bad_data) {}

  JsonReader& operator*() { return reader_; }
  JsonReader* operator->() { return &reader_; }
  // Nothing if the key is absent or null.
  bool given(std::string_view key) {
    return reader_.has(key) && !std::holds_alternative<std::nullptr_t>(reader_.at(key).value);
  }

 private:
  Json json_;
  JsonReader reader_;
};

void check_pipeline(Config& index, const std::string& where) {
  const std::string name = index.given("_class_name") ? index->string("_class_name") : "";
  if (std::ranges::find(kPipelines, name) != kPipelines.end()) return;
  refuse(where, "a " + (name.empty() ? "folder that names no pipeline" : printable(name)) +
                    ". Text-to-image models of Stable Diffusion 1.x, 2.x and XL are known here");
}

void check_input_channels(std::int64_t channels, const std::string& where) {
  if (channels == 4 || channels == kInpaintingChannels) return;
  const std::string_view what = channels == 8   ? " (InstructPix2Pix)"
                                : channels == 7 ? " (an upscaler)"
                                : channels == 5 ? " (a depth-guided model)"
                                                : "";
  refuse(where, "in_channels: " + std::to_string(channels) + std::string(what) +
                    "; 4 are wanted, or 9 for inpainting. Give a text-to-image model");
}

std::int64_t input_channels(Config& unet) {
  return unet.given("in_channels") ? unet->integer("in_channels", 1, 65536) : 4;
}

Family family_of_unet(Config& unet, bool second_text_encoder, const std::string& where) {
  check_input_channels(input_channels(unet), where);
  const bool text_time = unet.given("addition_embed_type") && unet->string("addition_embed_type") == "text_time";
  if (second_text_encoder != text_time) {
    refuse(where,
           text_time
               ? "takes pooled conditioning and the folder has no text_encoder_2: an SDXL refiner, or a part is missing"
               : "takes no pooled conditioning, and the folder has a text_encoder_2");
  }
  if (text_time) return Family::sdxl;
  const std::int64_t width = unet.given("cross_attention_dim") ? unet->integer("cross_attention_dim", 1, 65536) : 0;
  if (width == conditioning_width(Family::sd1)) return Family::sd1;
  if (width == conditioning_width(Family::sd2)) return Family::sd2;
  // Of other sizes: Stable Diffusion 2 made the attention's convolutions linear.
  const bool linear = unet.given("use_linear_projection") && unet->boolean("use_linear_projection");
  return linear ? Family::sd2 : Family::sd1;
}

// The licence that a model card's first lines give: "license: creativeml-openrail-m".
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

void open_part(const std::filesystem::path& folder, NetworkKind kind, const std::string& part, const std::string& stem,
               const CheckpointOptions& options, Checkpoint& source) {
  const std::size_t before = source.files.size();
  open_weight_set(folder / part, stem, options.variant, source.files);
  for (std::size_t i = before; i < source.files.size(); ++i) {
    for (ClassifiedTensor& labelled : label_part(source.files[i], kind)) source.tensors.push_back(std::move(labelled));
  }
}

}  // namespace

double read_scaling_factor(const std::filesystem::path& config, Family family) {
  Config vae(config);
  if (vae.given("shift_factor") || vae.given("latents_mean")) {
    refuse(shown(config), "shifts its latents, which is not known here");
  }
  return vae.given("scaling_factor") ? vae->real("scaling_factor", 1e-6, 1e6) : scaling_factor(family);
}

Checkpoint open_diffusers_folder(const std::filesystem::path& path, const CheckpointOptions& options) {
  Checkpoint source{.where = shown(path),
                    .name = std::filesystem::absolute(path / "x").lexically_normal().parent_path().filename().string(),
                    .license = license_in(path / "README.md")};
  std::error_code error;
  if (std::filesystem::exists(path / "model.json", error)) {
    refuse(source.where, "a bundle already, which needs no import. Give it to --model");
  }
  if (!std::filesystem::exists(path / "model_index.json", error)) {
    throw Error(ErrorKind::input_missing,
                source.where +
                    ": a folder without model_index.json, so it is none that diffusers wrote. Give that folder, or a "
                    ".safetensors file.");
  }
  if (options.ema == EmaWeights::take) {
    refuse(source.where, "--ema is for checkpoints in one file. For a folder choose with --variant");
  }
  Config index(path / "model_index.json");
  check_pipeline(index, shown(path / "model_index.json"));
  const bool second = index.given("text_encoder_2") && std::filesystem::is_directory(path / "text_encoder_2", error);
  Config unet(path / "unet" / "config.json");
  source.family = family_of_unet(unet, second, shown(path / "unet" / "config.json"));
  source.inpainting = input_channels(unet) == kInpaintingChannels;
  source.zero_empty_negative_prompt = source.family == Family::sdxl && (!index.given("force_zeros_for_empty_prompt") ||
                                                                        index->boolean("force_zeros_for_empty_prompt"));
  source.scaling_factor = read_scaling_factor(path / "vae" / "config.json", source.family);
  if (unet.given("sample_size") && std::holds_alternative<std::int64_t>(unet->at("sample_size").value)) {
    source.latent_side = static_cast<int>(unet->integer("sample_size", 1, kMaxSide));
  }
  const std::filesystem::path scheduler = path / "scheduler" / "scheduler_config.json";
  source.schedule = read_scheduler_config(text_of(scheduler), shown(scheduler), options.prediction_type);
  open_part(path, NetworkKind::text_encoder, "text_encoder", "model", options, source);
  if (second) open_part(path, NetworkKind::text_encoder_2, "text_encoder_2", "model", options, source);
  open_part(path, NetworkKind::unet, "unet", "diffusion_pytorch_model", options, source);
  if (options.vae.empty()) open_part(path, NetworkKind::vae_decoder, "vae", "diffusion_pytorch_model", options, source);
  return source;
}

}  // namespace sfumato

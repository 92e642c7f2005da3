#include "bundle/check_weights.h"

#include <algorithm>
#include <string_view>

#include "base/printable.h"
#include "bundle/model_json.h"

namespace sfumato {
namespace {

constexpr std::string_view kTokens = "text_model.embeddings.token_embedding.weight";        // [vocabulary, D]
constexpr std::string_view kPositions = "text_model.embeddings.position_embedding.weight";  // [max_tokens, D]
constexpr std::string_view kPooled = "text_projection.weight";                              // [P, D]
constexpr std::string_view kUnetFirst = "conv_in.weight";                                   // [_, channels in, 3, 3]
constexpr std::string_view kUnetLast = "conv_out.weight";                                   // [C, _, 3, 3]
constexpr std::string_view kContext = ".attn2.to_k.weight";                                 // a suffix; [_, D]
constexpr std::string_view kSizes = "add_embedding.linear_1.weight";                        // of a pooled width
constexpr std::string_view kDecoderFirst = "decoder.conv_in.weight";                        // [_, C, 3, 3]
constexpr std::string_view kEncoderLast = "encoder.conv_out.weight";                        // [2 C, _, 3, 3]
constexpr std::string_view kUpsampler = ".upsamplers.0.conv.weight";                        // suffixes: each doubles
constexpr std::string_view kDownsampler = ".downsamplers.0.conv.weight";                    // or halves the sides

class Check {
 public:
  Check(const ModelConfig& config, const std::map<NetworkKind, ParameterShapes>& networks, const std::string& where)
      : config_(config), networks_(networks), where_(where) {}

  void run() const {
    if (config_.has(NetworkKind::text_encoder)) check_text(NetworkKind::text_encoder);
    if (config_.has(NetworkKind::text_encoder_2)) check_text(NetworkKind::text_encoder_2);
    check_conditioning();
    check_latents();
    check_downscale(NetworkKind::vae_decoder, kUpsampler);
    check_downscale(NetworkKind::vae_encoder, kDownsampler);
  }

 private:
  [[noreturn]] void fail(const std::string& field, const std::string& what) const {
    throw Error(ErrorKind::bad_bundle,
                where_ + ": " + field + ": " + what + ". Import or export the model again, or correct model.json.");
  }
  // "UNET's conv_in.weight"
  static std::string parameter(NetworkKind kind, std::string_view name) {
    return std::string(name_of(kind)) + "'s " + printable(name);
  }

  // A dimension of the parameter that is named so, or has this suffix if it begins with '.'.
  [[nodiscard]] std::int64_t side(NetworkKind kind, std::string_view name, std::size_t index) const {
    const ParameterShapes& shapes = networks_.at(kind);
    const auto found = name.front() == '.' ? std::ranges::find_if(
                                                 shapes, [&](const auto& entry) { return entry.first.ends_with(name); })
                                           : shapes.find(name);
    if (found == shapes.end() || found->second.size() <= index) {
      fail("networks: " + std::string(name_of(kind)),
           "its weights are of another network: they have no " +
               (name.front() == '.' ? "*" + std::string(name) : std::string(name)));
    }
    return found->second[index];
  }

  void expect(const std::string& field, std::int64_t stated, std::int64_t found, NetworkKind kind,
              std::string_view name) const {
    if (stated == found) return;
    fail(field, std::to_string(stated) + ", but by " + parameter(kind, name) + " it is " + std::to_string(found));
  }

  void check_text(NetworkKind kind) const {
    (void)side(kind, kTokens, 1);
    const std::int64_t longest = side(kind, kPositions, 0);
    if (config_.tokenizer.max_tokens > longest) {
      expect("tokenizer: max_tokens", config_.tokenizer.max_tokens, longest, kind, kPositions);
    }
  }

  void check_conditioning() const {
    expect("conditioning_width", config_.conditioning_width, side(NetworkKind::unet, kContext, 1), NetworkKind::unet,
           "cross-attention");
    const bool has_first = config_.has(NetworkKind::text_encoder),
               has_second = config_.has(NetworkKind::text_encoder_2);
    const std::int64_t first = has_first ? side(NetworkKind::text_encoder, kTokens, 1) : 0,
                       second = has_second ? side(NetworkKind::text_encoder_2, kTokens, 1) : 0;
    expect("conditioning_width", config_.conditioning_width, first + second,
           has_first ? NetworkKind::text_encoder : NetworkKind::text_encoder_2,
           has_first && has_second ? "and text_encoder_2's embeddings" : "embeddings");
    if (has_second) {
      expect("pooled_width", config_.pooled_width, side(NetworkKind::text_encoder_2, kPooled, 0),
             NetworkKind::text_encoder_2, kPooled);
    }
    const bool takes_pooled = networks_.at(NetworkKind::unet).contains(kSizes);
    if (takes_pooled != (config_.pooled_width > 0)) {
      fail("pooled_width",
           std::string(takes_pooled ? "is missing, but the U-Net takes" : "is there, but the U-Net does not take") +
               " a pooled conditioning");
    }
  }

  void check_latents() const {
    const std::int64_t channels = config_.latents.channels;
    expect("latents: channels", channels, side(NetworkKind::unet, kUnetLast, 0), NetworkKind::unet, kUnetLast);
    expect("latents: channels", channels, side(NetworkKind::vae_decoder, kDecoderFirst, 1), NetworkKind::vae_decoder,
           kDecoderFirst);
    const std::int64_t moments = side(NetworkKind::vae_encoder, kEncoderLast, 0);
    expect("latents: channels", 2 * channels, moments, NetworkKind::vae_encoder, kEncoderLast);
    const std::int64_t more = side(NetworkKind::unet, kUnetFirst, 1) - channels;
    const std::int64_t masked = config_.inpainting ? channels + 1 : 0, edited = config_.instruct_pix2pix ? channels : 0,
                       map = config_.segmap ? config_.segmap->channels : 0;
    if (more == masked + edited + map) return;
    const std::string field = config_.segmap             ? "segmap: channels"
                              : config_.inpainting       ? "inpainting"
                              : config_.instruct_pix2pix ? "instruct_pix2pix"
                                                         : "latents: channels";
    fail(field, "the U-Net takes " + std::to_string(more) + " channels after those of the latents (" +
                    parameter(NetworkKind::unet, kUnetFirst) + "), but model.json states a mask and map of " +
                    std::to_string(masked + edited + map));
  }

  void check_downscale(NetworkKind kind, std::string_view suffix) const {
    const auto count =
        std::ranges::count_if(networks_.at(kind), [&](const auto& entry) { return entry.first.ends_with(suffix); });
    expect("latents: downscale", config_.latents.downscale, std::int64_t{1} << std::min<std::int64_t>(count, 62), kind,
           suffix.substr(1, suffix.find('.', 1) - 1));
  }

  const ModelConfig& config_;
  const std::map<NetworkKind, ParameterShapes>& networks_;
  const std::string& where_;
};

}  // namespace

void check_weights(const ModelConfig& config, const std::map<NetworkKind, ParameterShapes>& networks,
                   const std::string& where) {
  Check(config, networks, where).run();
}

void check_weights(const Bundle& bundle) {
  std::map<NetworkKind, ParameterShapes> networks;
  for (const auto& [kind, network] : bundle.config().networks) {
    ParameterShapes& shapes = networks[kind];
    for (Weight& weight : bundle.weights(kind)) shapes.emplace(std::move(weight.name), std::move(weight.shape));
  }
  check_weights(bundle.config(), networks, bundle.path_of(kModelJson));
}

}  // namespace sfumato

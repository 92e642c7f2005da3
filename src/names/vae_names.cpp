#include "names/vae_names.h"

#include <array>

#include "names/name_parts.h"

namespace sfumato {
namespace {

constexpr std::array<Renamed, 5> kLdmAttention = {{
    {"norm.", "group_norm."},
    {"q.", "to_q."},
    {"k.", "to_k."},
    {"v.", "to_v."},
    {"proj_out.", "to_out.0."},
}};
constexpr std::array<Renamed, 4> kOldAttention = {{
    {"query.", "to_q."},
    {"key.", "to_k."},
    {"value.", "to_v."},
    {"proj_attn.", "to_out.0."},
}};

std::string resnet(std::string_view name) {
  if (take(name, "nin_shortcut.")) return "conv_shortcut." + std::string(name);
  return std::string(name);
}

std::string middle(std::string_view name) {
  if (take(name, "block_1.")) return "mid_block.resnets.0." + resnet(name);
  if (take(name, "block_2.")) return "mid_block.resnets.1." + resnet(name);
  if (!take(name, "attn_1.")) return "";
  const std::string inner = renamed(name, kLdmAttention);
  return inner.empty() ? "" : "mid_block.attentions.0." + inner;
}

// One level: its resnets and its change of size.
std::string level(std::string_view name, const std::string& prefix, std::string_view ldm_sampler,
                  const std::string& sampler) {
  if (take(name, "block.")) {
    const auto place = take_index(name);
    return place ? prefix + "resnets." + std::to_string(*place) + "." + resnet(name) : "";
  }
  return take(name, ldm_sampler) ? prefix + sampler + std::string(name) : "";
}

std::string coder(std::string_view name, int levels) {
  if (take(name, "norm_out.")) return "conv_norm_out." + std::string(name);
  if (name.starts_with("conv_in.") || name.starts_with("conv_out.")) return std::string(name);
  if (take(name, "mid.")) return middle(name);
  if (take(name, "down.")) {
    const auto index = take_index(name);
    return index
               ? level(name, "down_blocks." + std::to_string(*index) + ".", "downsample.conv.", "downsamplers.0.conv.")
               : "";
  }
  if (take(name, "up.")) {
    const auto index = take_index(name);
    return index && *index < levels ? level(name, "up_blocks." + std::to_string(levels - 1 - *index) + ".",
                                            "upsample.conv.", "upsamplers.0.conv.")
                                    : "";
  }
  return "";
}

}  // namespace

std::optional<Target> ldm_vae_target(std::string_view ldm_name, int levels) {
  if (ldm_name.starts_with("quant_conv.")) return Target{NetworkKind::vae_encoder, std::string(ldm_name)};
  if (ldm_name.starts_with("post_quant_conv.")) return Target{NetworkKind::vae_decoder, std::string(ldm_name)};
  const bool decoder = ldm_name.starts_with("decoder.");
  if (!take(ldm_name, decoder ? "decoder." : "encoder.")) return std::nullopt;
  const std::string inner = coder(ldm_name, levels);
  if (inner.empty()) return std::nullopt;
  return decoder ? Target{NetworkKind::vae_decoder, "decoder." + inner}
                 : Target{NetworkKind::vae_encoder, "encoder." + inner};
}

std::optional<Target> diffusers_vae_target(std::string_view name) {
  const bool decoder = name.starts_with("decoder.") || name.starts_with("post_quant_conv.");
  if (!decoder && !name.starts_with("encoder.") && !name.starts_with("quant_conv.")) return std::nullopt;
  Target target{decoder ? NetworkKind::vae_decoder : NetworkKind::vae_encoder, std::string(name)};
  constexpr std::string_view attention = "mid_block.attentions.0.";
  if (const std::size_t at = name.find(attention); at != std::string_view::npos) {
    const std::string inner = renamed(name.substr(at + attention.size()), kOldAttention);
    if (!inner.empty()) target.name = std::string(name.substr(0, at + attention.size())) + inner;
  }
  return target;
}

}  // namespace sfumato

#include "names/vae_names.h"

#include <array>

#include "names/name_parts.h"

namespace sfumato {
namespace {

constexpr std::array<PrefixRule, 5> kLdmAttentionRules = {{
    {"norm.", "group_norm."},
    {"q.", "to_q."},
    {"k.", "to_k."},
    {"v.", "to_v."},
    {"proj_out.", "to_out.0."},
}};
constexpr std::array<PrefixRule, 4> kOldAttentionRules = {{
    {"query.", "to_q."},
    {"key.", "to_k."},
    {"value.", "to_v."},
    {"proj_attn.", "to_out.0."},
}};

std::string resnet(std::string_view name) {
  if (consume_prefix(name, "nin_shortcut.")) return "conv_shortcut." + std::string(name);
  return std::string(name);
}

std::string middle(std::string_view name) {
  if (consume_prefix(name, "block_1.")) return "mid_block.resnets.0." + resnet(name);
  if (consume_prefix(name, "block_2.")) return "mid_block.resnets.1." + resnet(name);
  if (!consume_prefix(name, "attn_1.")) return "";
  const std::string inner = apply_prefix_rules(name, kLdmAttentionRules);
  return inner.empty() ? "" : "mid_block.attentions.0." + inner;
}

// One level: its resnets and its down- or upsampler.
std::string level(std::string_view name, const std::string& prefix, std::string_view ldm_sampler,
                  const std::string& sampler) {
  if (consume_prefix(name, "block.")) {
    const auto position = consume_index(name);
    return position ? prefix + "resnets." + std::to_string(*position) + "." + resnet(name) : "";
  }
  return consume_prefix(name, ldm_sampler) ? prefix + sampler + std::string(name) : "";
}

std::string coder(std::string_view name, int levels) {
  if (consume_prefix(name, "norm_out.")) return "conv_norm_out." + std::string(name);
  if (name.starts_with("conv_in.") || name.starts_with("conv_out.")) return std::string(name);
  if (consume_prefix(name, "mid.")) return middle(name);
  if (consume_prefix(name, "down.")) {
    const auto index = consume_index(name);
    return index
               ? level(name, "down_blocks." + std::to_string(*index) + ".", "downsample.conv.", "downsamplers.0.conv.")
               : "";
  }
  if (consume_prefix(name, "up.")) {
    const auto index = consume_index(name);
    return index && *index < levels ? level(name, "up_blocks." + std::to_string(levels - 1 - *index) + ".",
                                            "upsample.conv.", "upsamplers.0.conv.")
                                    : "";
  }
  return "";
}

}  // namespace

std::optional<ParameterSlot> ldm_vae_slot(std::string_view ldm_name, int levels) {
  if (ldm_name.starts_with("quant_conv.")) return ParameterSlot{NetworkKind::vae_encoder, std::string(ldm_name)};
  if (ldm_name.starts_with("post_quant_conv.")) return ParameterSlot{NetworkKind::vae_decoder, std::string(ldm_name)};
  const bool decoder = ldm_name.starts_with("decoder.");
  if (!consume_prefix(ldm_name, decoder ? "decoder." : "encoder.")) return std::nullopt;
  const std::string inner = coder(ldm_name, levels);
  if (inner.empty()) return std::nullopt;
  return decoder ? ParameterSlot{NetworkKind::vae_decoder, "decoder." + inner}
                 : ParameterSlot{NetworkKind::vae_encoder, "encoder." + inner};
}

std::optional<ParameterSlot> diffusers_vae_slot(std::string_view name) {
  const bool decoder = name.starts_with("decoder.") || name.starts_with("post_quant_conv.");
  if (!decoder && !name.starts_with("encoder.") && !name.starts_with("quant_conv.")) return std::nullopt;
  ParameterSlot slot{decoder ? NetworkKind::vae_decoder : NetworkKind::vae_encoder, std::string(name)};
  constexpr std::string_view attention = "mid_block.attentions.0.";
  if (const std::size_t at = name.find(attention); at != std::string_view::npos) {
    const std::string inner = apply_prefix_rules(name.substr(at + attention.size()), kOldAttentionRules);
    if (!inner.empty()) slot.name = std::string(name.substr(0, at + attention.size())) + inner;
  }
  return slot;
}

}  // namespace sfumato

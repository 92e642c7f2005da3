#include "names/ldm_unet_names.h"

#include <array>

#include "names/name_parts.h"

namespace sfumato {
namespace {

constexpr std::array<PrefixRule, 8> kOuterRules = {{
    {"time_embed.cond_proj.", "time_embedding.cond_proj."},
    {"time_embed.0.", "time_embedding.linear_1."},
    {"time_embed.2.", "time_embedding.linear_2."},
    {"label_emb.0.0.", "add_embedding.linear_1."},
    {"label_emb.0.2.", "add_embedding.linear_2."},
    {"input_blocks.0.0.", "conv_in."},
    {"out.0.", "conv_norm_out."},
    {"out.2.", "conv_out."},
}};
constexpr std::array<PrefixRule, 6> kResnetRules = {{
    {"in_layers.0.", "norm1."},
    {"in_layers.2.", "conv1."},
    {"emb_layers.1.", "time_emb_proj."},
    {"out_layers.0.", "norm2."},
    {"out_layers.3.", "conv2."},
    {"skip_connection.", "conv_shortcut."},
}};

// prefix + diffusers' name of the resnet's tensor; empty if there is no such tensor.
std::string resnet(const std::string& prefix, std::string_view name) {
  const std::string inner = apply_prefix_rules(name, kResnetRules);
  return inner.empty() ? "" : prefix + inner;
}

std::string down(std::string_view name, int per_level) {
  const auto block = consume_index(name);
  const auto child = consume_index(name);
  if (!block || *block == 0 || !child) return "";
  const std::string level = "down_blocks." + std::to_string((*block - 1) / (per_level + 1)) + ".";
  const std::string position = "." + std::to_string((*block - 1) % (per_level + 1)) + ".";
  if (*child == 1) return level + "attentions" + position + std::string(name);
  if (*child != 0) return "";
  if (consume_prefix(name, "op.")) return level + "downsamplers.0.conv." + std::string(name);
  return resnet(level + "resnets" + position, name);
}

std::string middle(std::string_view name) {
  const auto child = consume_index(name);
  if (!child || *child > 2) return "";
  if (*child == 1) return "mid_block.attentions.0." + std::string(name);
  return resnet("mid_block.resnets." + std::to_string(*child / 2) + ".", name);
}

std::string up(std::string_view name, int per_level) {
  const auto block = consume_index(name);
  const auto child = consume_index(name);
  if (!block || !child) return "";
  const std::string level = "up_blocks." + std::to_string(*block / (per_level + 1)) + ".";
  const std::string position = "." + std::to_string(*block % (per_level + 1)) + ".";
  if (*child == 0) return resnet(level + "resnets" + position, name);
  // The upsampler is the last child: the second, or the third after an attention.
  if (consume_prefix(name, "conv.")) return level + "upsamplers.0.conv." + std::string(name);
  return *child == 1 ? level + "attentions" + position + std::string(name) : "";
}

}  // namespace

std::string unet_name(std::string_view ldm_name, int resnets_per_level) {
  if (const std::string outer = apply_prefix_rules(ldm_name, kOuterRules); !outer.empty()) return outer;
  if (consume_prefix(ldm_name, "input_blocks.")) return down(ldm_name, resnets_per_level);
  if (consume_prefix(ldm_name, "middle_block.")) return middle(ldm_name);
  if (consume_prefix(ldm_name, "output_blocks.")) return up(ldm_name, resnets_per_level);
  return "";
}

}  // namespace sfumato

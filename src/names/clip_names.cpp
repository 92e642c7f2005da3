#include "names/clip_names.h"

#include <array>

#include "names/name_parts.h"

namespace sfumato {
namespace {

constexpr std::array<PrefixRule, 4> kOuterRules = {{
    {"positional_embedding", "text_model.embeddings.position_embedding.weight"},
    {"token_embedding.weight", "text_model.embeddings.token_embedding.weight"},
    {"ln_final.weight", "text_model.final_layer_norm.weight"},
    {"ln_final.bias", "text_model.final_layer_norm.bias"},
}};
constexpr std::array<PrefixRule, 5> kLayerRules = {{
    {"ln_1.", "layer_norm1."},
    {"ln_2.", "layer_norm2."},
    {"mlp.c_fc.", "mlp.fc1."},
    {"mlp.c_proj.", "mlp.fc2."},
    {"attn.out_proj.", "self_attn.out_proj."},
}};

// Three parameters from one: `attention` is the name before "q_proj", `rest` what follows "in_proj_".
std::vector<ParameterSlot> attention_slots(const std::string& attention, std::string_view rest, NetworkKind encoder) {
  return {{encoder, attention + "q_proj." + std::string(rest), Piece::first_third},
          {encoder, attention + "k_proj." + std::string(rest), Piece::second_third},
          {encoder, attention + "v_proj." + std::string(rest), Piece::last_third}};
}

}  // namespace

std::string clip_name(std::string_view name) {
  const bool complete = name.starts_with("text_model.") || name.starts_with("text_projection.");
  return complete ? std::string(name) : "text_model." + std::string(name);
}

std::vector<ParameterSlot> clip_slots(std::string_view name, NetworkKind encoder) {
  if (name == "text_model.text_projection") return {{encoder, "text_projection.weight", Piece::transposed}};
  constexpr std::string_view joined = "in_proj.";
  if (const std::size_t at = name.find(joined); at != std::string_view::npos) {
    return attention_slots(clip_name(name.substr(0, at)), name.substr(at + joined.size()), encoder);
  }
  return {{encoder, clip_name(name)}};
}

std::vector<ParameterSlot> open_clip_slots(std::string_view name, NetworkKind encoder) {
  for (const PrefixRule& rule : kOuterRules) {
    if (name == rule.from) return {{encoder, std::string(rule.to)}};
  }
  // Conversions from transformers' names keep its text projection as it is.
  if (name == "text_projection.weight") return {{encoder, std::string(name)}};
  if (name == "text_projection") return {{encoder, "text_projection.weight", Piece::transposed}};
  if (!consume_prefix(name, "transformer.resblocks.")) return {};
  const auto index = consume_index(name);
  if (!index) return {};
  const std::string layer = "text_model.encoder.layers." + std::to_string(*index) + ".";
  if (consume_prefix(name, "attn.in_proj_")) {
    return attention_slots(layer + "self_attn.", name, encoder);
  }
  const std::string inner = apply_prefix_rules(name, kLayerRules);
  return inner.empty() ? std::vector<ParameterSlot>{} : std::vector<ParameterSlot>{{encoder, layer + inner}};
}

}  // namespace sfumato

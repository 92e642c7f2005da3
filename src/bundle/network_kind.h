// The networks that a model is made of.
#pragma once

#include <array>
#include <string_view>

namespace sfumato {

enum class NetworkKind { text_encoder, text_encoder_2, unet, vae_decoder, vae_encoder };

struct NetworkKindInfo {
  NetworkKind kind;
  std::string_view name;  // the key in model.json and the stem of its files
  bool optional;          // some models work without it; one of the text encoders is always there
};

inline constexpr std::array<NetworkKindInfo, 5> kNetworkKinds = {{
    {NetworkKind::text_encoder, "text_encoder", true},
    {NetworkKind::text_encoder_2, "text_encoder_2", true},
    {NetworkKind::unet, "unet", false},
    {NetworkKind::vae_decoder, "vae_decoder", false},
    {NetworkKind::vae_encoder, "vae_encoder", false},
}};

// "vae_decoder"
[[nodiscard]] constexpr std::string_view name_of(NetworkKind kind) {
  for (const NetworkKindInfo& entry : kNetworkKinds) {
    if (entry.kind == kind) return entry.name;
  }
  return "";
}

}  // namespace sfumato

// The families of Stable Diffusion whose networks this program has, and what their checkpoints do not say.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace sfumato {

enum class Family { sd1, sd2, sdxl };

enum class NetworkKind { text_encoder, text_encoder_2, unet, vae_decoder, vae_encoder };
inline constexpr std::array<NetworkKind, 5> kNetworkKinds = {NetworkKind::text_encoder, NetworkKind::text_encoder_2,
                                                             NetworkKind::unet, NetworkKind::vae_decoder,
                                                             NetworkKind::vae_encoder};

// "sd1": the word in model.json and the folder of its graphs.
[[nodiscard]] std::string_view name_of(Family family);
// The same for its networks that are made for inpainting: "sd1-inpaint".
[[nodiscard]] std::string name_of(Family family, bool inpainting);
// "Stable Diffusion 1.x"
[[nodiscard]] std::string_view title_of(Family family);
[[nodiscard]] std::optional<Family> family_of(std::string_view name);

// What a U-Net takes that is made for inpainting: 4 channels of latents, a mask, and 4 of the masked picture's latents.
inline constexpr int kInpaintingChannels = 9;

// "vae_decoder": the key in model.json and the stem of its files.
[[nodiscard]] std::string_view name_of(NetworkKind kind);
// Whether networks of the family have that part.
[[nodiscard]] bool has(Family family, NetworkKind kind);

// The last dimension of the U-Net's cross-attention in the published networks: 768, 1024, 2048.
[[nodiscard]] int conditioning_width(Family family);
// What the VAE's latents are multiplied with, if nothing else is said: 0.18215, and 0.13025 for SDXL.
[[nodiscard]] double scaling_factor(Family family);
// Pixels of a side that the model was trained for.
[[nodiscard]] int trained_side(Family family, bool v_prediction);

}  // namespace sfumato

#include "bundle/family.h"

namespace sfumato {

std::string_view name_of(Family family) {
  switch (family) {
    case Family::sd1:
      return "sd1";
    case Family::sd2:
      return "sd2";
    case Family::sdxl:
      return "sdxl";
  }
  return "";
}

std::string name_of(Family family, bool inpainting) {
  return std::string(name_of(family)) + (inpainting ? "-inpaint" : "");
}

std::string_view title_of(Family family) {
  switch (family) {
    case Family::sd1:
      return "Stable Diffusion 1.x";
    case Family::sd2:
      return "Stable Diffusion 2.x";
    case Family::sdxl:
      return "Stable Diffusion XL";
  }
  return "";
}

std::optional<Family> family_of(std::string_view name) {
  for (const Family family : {Family::sd1, Family::sd2, Family::sdxl}) {
    if (name_of(family) == name) return family;
  }
  return std::nullopt;
}

std::string_view name_of(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::text_encoder:
      return "text_encoder";
    case NetworkKind::text_encoder_2:
      return "text_encoder_2";
    case NetworkKind::unet:
      return "unet";
    case NetworkKind::vae_decoder:
      return "vae_decoder";
    case NetworkKind::vae_encoder:
      return "vae_encoder";
  }
  return "";
}

bool has(Family family, NetworkKind kind) { return kind != NetworkKind::text_encoder_2 || family == Family::sdxl; }

int conditioning_width(Family family) {
  switch (family) {
    case Family::sd1:
      return 768;
    case Family::sd2:
      return 1024;
    case Family::sdxl:
      return 2048;
  }
  return 0;
}

double scaling_factor(Family family) { return family == Family::sdxl ? 0.13025 : 0.18215; }

int trained_side(Family family, bool v_prediction) {
  if (family == Family::sdxl) return 1024;
  return family == Family::sd2 && v_prediction ? 768 : 512;
}

}  // namespace sfumato

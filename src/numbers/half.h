// IEEE 754 half precision.
#pragma once

#include <bit>
#include <cstdint>

namespace sfumato {

// The bits of a half as those of a single, exact. After Giesen, "Half to float done quick": the exponent is shifted
// into place and rebased; a subnormal half remains when the implicit one is subtracted again. Without branches, so that
// compilers vectorise it.
constexpr std::uint32_t half_to_single(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
  const std::uint32_t magnitude = static_cast<std::uint32_t>(half & 0x7fff) << 13;
  const std::uint32_t exponent = magnitude & 0x0f800000;
  const std::uint32_t normal = magnitude + ((127 - 15) << 23);
  const std::uint32_t special = normal + ((128 - 16) << 23);
  const float subnormal =
      std::bit_cast<float>(magnitude + ((127 - 14) << 23)) - std::bit_cast<float>(std::uint32_t{(127 - 14) << 23});
  const std::uint32_t value = exponent == 0x0f800000 ? special
                              : exponent == 0        ? std::bit_cast<std::uint32_t>(subnormal)
                                                     : normal;
  return sign | value;
}

}  // namespace sfumato

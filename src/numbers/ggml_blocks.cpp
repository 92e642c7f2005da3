#include "numbers/ggml_blocks.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "numbers/half.h"

namespace sfumato {
namespace {

using u8 = std::uint8_t;

float half_at(const u8* in) {
  std::uint16_t half = 0;
  std::memcpy(&half, in, sizeof half);
  return std::bit_cast<float>(half_to_single(half));
}

float signed_at(const u8* in) { return static_cast<float>(static_cast<std::int8_t>(*in)); }

// Blocks of 32 numbers: the low halves of 16 bytes are the first 16 numbers, the high halves the others.
template <typename Number>
void from_nibbles(const u8* quants, float* out, Number number) {
  for (int i = 0; i < 16; ++i) {
    out[i] = number(quants[i] & 15, i);
    out[i + 16] = number(quants[i] >> 4, i + 16);
  }
}

void widen_q4_0(const u8* in, float* out) {
  const float d = half_at(in);
  from_nibbles(in + 2, out, [&](int q, int) { return d * static_cast<float>(q - 8); });
}

void widen_q4_1(const u8* in, float* out) {
  const float d = half_at(in), m = half_at(in + 2);
  from_nibbles(in + 4, out, [&](int q, int) { return d * static_cast<float>(q) + m; });
}

// The fifth bits of 32 numbers.
int high_bit(const u8* bits, int i) { return bits[i / 8] >> i % 8 & 1; }

void widen_q5_0(const u8* in, float* out) {
  const float d = half_at(in);
  from_nibbles(in + 6, out, [&](int q, int i) { return d * static_cast<float>((q | high_bit(in + 2, i) << 4) - 16); });
}

void widen_q5_1(const u8* in, float* out) {
  const float d = half_at(in), m = half_at(in + 2);
  from_nibbles(in + 8, out, [&](int q, int i) { return d * static_cast<float>(q | high_bit(in + 4, i) << 4) + m; });
}

void widen_q8_0(const u8* in, float* out) {
  const float d = half_at(in);
  for (int i = 0; i < 32; ++i) out[i] = d * signed_at(in + 2 + i);
}

// Blocks of 256 numbers in groups that have a scale each. Two bits of 4 numbers, 32 apart, lie in a byte.
void widen_q2_k(const u8* in, float* out) {
  const u8* const scales = in;
  const u8* const quants = in + 16;
  const float d = half_at(in + 80), m = half_at(in + 82);
  for (int i = 0; i < 256; ++i) {
    const int group = i / 16;
    const int q = quants[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
    out[i] =
        d * static_cast<float>(scales[group] & 15) * static_cast<float>(q) - m * static_cast<float>(scales[group] >> 4);
  }
}

// A third bit lies apart: without it 4 is subtracted. Scales have 6 bits: 4 in the first 8 bytes, 2 in the last 4.
void widen_q3_k(const u8* in, float* out) {
  const u8* const high_bits = in;
  const u8* const quants = in + 32;
  const u8* const scales = in + 96;
  const float d = half_at(in + 108);
  for (int i = 0; i < 256; ++i) {
    const int group = i / 16;
    const int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
    const int scale = (low | (scales[8 + group % 4] >> group / 4 * 2 & 3) << 4) - 32;
    const int q = (quants[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3) - ((high_bits[i % 32] >> i / 32 & 1) ? 0 : 4);
    out[i] = d * static_cast<float>(scale) * static_cast<float>(q);
  }
}

// The 8 scales and 8 minima of Q4_K and Q5_K, 6 bits each, in 12 bytes.
struct ScaleAndMinimum {
  int scale;
  int minimum;
};
ScaleAndMinimum packed_scale(const u8* in, int group) {
  if (group < 4) return {in[group] & 63, in[group + 4] & 63};
  return {(in[group + 4] & 15) | in[group - 4] >> 6 << 4, in[group + 4] >> 4 | in[group] >> 6 << 4};
}

// Numbers in groups of 32; two groups share 32 bytes. fifth: the fifth bits, or nullptr.
void widen_packed(const u8* in, const u8* fifth, const u8* quants, float* out) {
  const float d = half_at(in), m = half_at(in + 2);
  for (int group = 0; group < 8; ++group) {
    const auto [scale, minimum] = packed_scale(in + 4, group);
    const float step = d * static_cast<float>(scale), offset = m * static_cast<float>(minimum);
    for (int i = 0; i < 32; ++i) {
      const u8 byte = quants[group / 2 * 32 + i];
      int q = group % 2 == 0 ? byte & 15 : byte >> 4;
      if (fifth != nullptr) q |= (fifth[i] >> group & 1) << 4;
      out[group * 32 + i] = step * static_cast<float>(q) - offset;
    }
  }
}

void widen_q4_k(const u8* in, float* out) { widen_packed(in, nullptr, in + 16, out); }
void widen_q5_k(const u8* in, float* out) { widen_packed(in, in + 16, in + 48, out); }

// 128 numbers at a time: 4 low bits in 64 bytes, 2 high bits in 32.
void widen_q6_k(const u8* in, float* out) {
  const u8* const scales = in + 192;
  const float d = half_at(in + 208);
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128, quarter = i % 128 / 32, at = i % 32;
    const u8 low = in[half * 64 + quarter % 2 * 32 + at];
    const int high = in[128 + half * 32 + at] >> quarter * 2 & 3;
    const int q = ((quarter < 2 ? low & 15 : low >> 4) | high << 4) - 32;
    out[i] = d * signed_at(scales + i / 16) * static_cast<float>(q);
  }
}

constexpr std::array<void (*)(const u8*, float*), 10> kWiden = {
    &widen_q4_0, &widen_q4_1, &widen_q5_0, &widen_q5_1, &widen_q8_0,
    &widen_q2_k, &widen_q3_k, &widen_q4_k, &widen_q5_k, &widen_q6_k};  // as the enumerators from q4_0 on

}  // namespace

void widen_blocks(StoredDtype dtype, const std::byte* in, std::size_t numbers, float* out) {
  const auto widen = kWiden.at(static_cast<std::size_t>(dtype) - static_cast<std::size_t>(StoredDtype::q4_0));
  const Packing packing = packing_of(dtype);
  const auto* bytes = reinterpret_cast<const u8*>(in);
  for (std::size_t i = 0; i < numbers; i += packing.numbers, bytes += packing.bytes) widen(bytes, out + i);
}

}  // namespace sfumato

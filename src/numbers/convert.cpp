#include "numbers/convert.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "numbers/ggml_blocks.h"
#include "numbers/half.h"

namespace sfumato {
namespace {

// Integer arithmetic without branches, which compilers vectorise; the clone for the processor is chosen at run time.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define SFUMATO_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define SFUMATO_CLONES
#endif

using u16 = std::uint16_t;
using u32 = std::uint32_t;

// Numbers that are converted at a time, a multiple of those of any packing; the float32 in between stay in the L1
// cache.
constexpr std::size_t kBlock = 4096;

inline u16 to_bfloat(u32 bits) {
  const u32 rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const u32 nan = (bits >> 16) | 0x40;
  return static_cast<u16>((bits & 0x7fffffff) > 0x7f800000 ? nan : rounded);
}

// Single to half: too large becomes infinite; too small is rounded on the subnormal grid by adding and subtracting a
// number whose last place is the half's.
inline u16 to_half(u32 bits) {
  const u32 sign = bits & 0x80000000;
  const u32 magnitude = bits & 0x7fffffff;
  const u32 normal = (magnitude - ((127 - 15) << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13;
  constexpr u32 denormal_magic = ((127 - 15) + (23 - 10) + 1) << 23;
  const u32 subnormal =
      std::bit_cast<u32>(std::bit_cast<float>(magnitude) + std::bit_cast<float>(denormal_magic)) - denormal_magic;
  const u32 special = magnitude > 0x7f800000 ? 0x7e00 : 0x7c00;
  const u32 value = magnitude >= (u32{143} << 23) ? special : magnitude < (u32{113} << 23) ? subnormal : normal;
  return static_cast<u16>((sign >> 16) | value);
}

SFUMATO_CLONES void half_to_float(const u16* in, u32* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = half_to_single(in[i]);
}
SFUMATO_CLONES void bfloat_to_float(const u16* in, u32* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<u32>(in[i]) << 16;
}
SFUMATO_CLONES void double_to_float(const double* in, u32* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = std::bit_cast<u32>(static_cast<float>(in[i]));
}
SFUMATO_CLONES void float_to_half(const u32* in, u16* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = to_half(in[i]);
}
SFUMATO_CLONES void float_to_bfloat(const u32* in, u16* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = to_bfloat(in[i]);
}

// Whether a number has all ones in its exponent: infinity or NaN.
SFUMATO_CLONES bool any_special16(const u16* in, std::size_t n, u16 exponent) {
  u16 found = 0;
  for (std::size_t i = 0; i < n; ++i) found |= static_cast<u16>((in[i] & exponent) == exponent);
  return found != 0;
}
SFUMATO_CLONES bool any_special32(const u32* in, std::size_t n) {
  u32 found = 0;
  for (std::size_t i = 0; i < n; ++i) found |= static_cast<u32>((in[i] & 0x7f800000) == 0x7f800000);
  return found != 0;
}

// All 256 numbers of an 8-bit dtype as singles (Micikevicius et al. 2022, "FP8 formats for deep learning"). E5M2 is a
// half without its last 8 bits. E4M3 has no infinities: exponent 15 is an ordinary one, only mantissa 7 of it is NaN.
using Fp8Table = std::array<u32, 256>;

constexpr u32 from_e4m3(u32 bits) {
  const u32 sign = (bits & 0x80) << 24;
  const u32 exponent = bits >> 3 & 15;
  const u32 mantissa = bits & 7;
  if (exponent == 15 && mantissa == 7) return sign | 0x7fc00000;
  if (exponent > 0) return sign | (exponent + 127 - 7) << 23 | mantissa << 20;
  return sign | std::bit_cast<u32>(static_cast<float>(mantissa) / 512);
}

constexpr Fp8Table kE4m3 = [] {
  Fp8Table table{};
  for (u32 bits = 0; bits < table.size(); ++bits) table[bits] = from_e4m3(bits);
  return table;
}();
constexpr Fp8Table kE5m2 = [] {
  Fp8Table table{};
  for (u32 bits = 0; bits < table.size(); ++bits) table[bits] = half_to_single(static_cast<u16>(bits << 8));
  return table;
}();

void fp8_to_float(const std::byte* in, const Fp8Table& table, u32* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = table[std::to_integer<std::size_t>(in[i])];
}

constexpr u16 kHalfExponent = 0x7c00;
constexpr u16 kBfloatExponent = 0x7f80;

struct Block {
  std::array<u32, kBlock> singles;
  std::array<u16, kBlock> halves;
  std::array<double, kBlock> doubles;
  std::array<float, kBlock> floats;
};

void to_single(const std::byte* in, StoredDtype from, std::size_t n, Block& block) {
  if (is_block(from)) {
    widen_blocks(from, in, n, block.floats.data());
    std::memcpy(block.singles.data(), block.floats.data(), n * 4);
    return;
  }
  switch (from) {
    case StoredDtype::f32:
      std::memcpy(block.singles.data(), in, n * 4);
      break;
    case StoredDtype::f64:
      std::memcpy(block.doubles.data(), in, n * 8);
      double_to_float(block.doubles.data(), block.singles.data(), n);
      break;
    case StoredDtype::f8_e4m3:
      fp8_to_float(in, kE4m3, block.singles.data(), n);
      break;
    case StoredDtype::f8_e5m2:
      fp8_to_float(in, kE5m2, block.singles.data(), n);
      break;
    default:
      std::memcpy(block.halves.data(), in, n * 2);
      if (from == StoredDtype::f16) {
        half_to_float(block.halves.data(), block.singles.data(), n);
      } else {
        bfloat_to_float(block.halves.data(), block.singles.data(), n);
      }
  }
}

// Copies numbers of the same dtype, and checks that they are finite.
bool copy_finite(const std::byte* in, StoredDtype dtype, std::size_t n, std::byte* out, Block& block) {
  if (dtype == StoredDtype::f32) {
    std::memcpy(block.singles.data(), in, n * 4);
    std::memcpy(out, block.singles.data(), n * 4);
    return !any_special32(block.singles.data(), n);
  }
  std::memcpy(block.halves.data(), in, n * 2);
  std::memcpy(out, block.halves.data(), n * 2);
  return !any_special16(block.halves.data(), n, dtype == StoredDtype::f16 ? kHalfExponent : kBfloatExponent);
}

bool convert_block(const std::byte* in, StoredDtype from, float scale, std::size_t n, std::byte* out, StoredDtype to,
                   Block& block) {
  if (from == to && scale == 1) return copy_finite(in, from, n, out, block);
  to_single(in, from, n, block);
  if (scale != 1) {
    for (std::size_t i = 0; i < n; ++i) {
      block.singles[i] = std::bit_cast<u32>(std::bit_cast<float>(block.singles[i]) * scale);
    }
  }
  if (to == StoredDtype::f32) {
    std::memcpy(out, block.singles.data(), n * 4);
    return !any_special32(block.singles.data(), n);
  }
  if (to == StoredDtype::f16) {
    float_to_half(block.singles.data(), block.halves.data(), n);
  } else {
    float_to_bfloat(block.singles.data(), block.halves.data(), n);
  }
  std::memcpy(out, block.halves.data(), n * 2);
  return !any_special16(block.halves.data(), n, to == StoredDtype::f16 ? kHalfExponent : kBfloatExponent);
}

double double_at(const std::byte* in) {
  double value = 0;
  std::memcpy(&value, in, sizeof value);
  return value;
}

}  // namespace

bool is_real(StoredDtype dtype) {
  return dtype == StoredDtype::f16 || dtype == StoredDtype::bf16 || dtype == StoredDtype::f32 ||
         dtype == StoredDtype::f64 || is_fp8(dtype) || is_block(dtype);
}

bool convert(std::span<const std::byte> input, StoredDtype from, std::span<std::byte> output, StoredDtype to) {
  return convert_scaled(input, from, 1, output, to);
}

bool convert_scaled(std::span<const std::byte> input, StoredDtype from, float scale, std::span<std::byte> output,
                    StoredDtype to) {
  Block block;
  const Packing packing = packing_of(from);
  const std::size_t to_size = size_of(to);
  const std::size_t count = packing.numbers_in(input.size());
  bool finite = true;
  for (std::size_t i = 0; i < count; i += kBlock) {
    const std::size_t n = std::min(kBlock, count - i);
    finite &= convert_block(input.data() + i / packing.numbers * packing.bytes, from, scale, n,
                            output.data() + i * to_size, to, block);
  }
  return finite;
}

std::optional<NotFinite> first_not_finite(std::span<const std::byte> values, StoredDtype from, float scale,
                                          StoredDtype to) {
  const Packing packing = packing_of(from);
  std::vector<float> before(packing.numbers);
  std::array<std::byte, 8> after{};
  for (std::size_t at = 0; at < values.size(); at += packing.bytes) {
    const std::span<const std::byte> packed = values.subspan(at, packing.bytes);
    (void)convert(packed, from, std::as_writable_bytes(std::span(before)), StoredDtype::f32);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const std::span<const std::byte> one = std::as_bytes(std::span(before).subspan(i, 1));
      if (convert_scaled(one, StoredDtype::f32, scale, std::span(after).first(size_of(to)), to)) continue;
      const double value = from == StoredDtype::f64 ? double_at(packed.data()) : before[i];
      return NotFinite{packing.numbers_in(at) + i, value};
    }
  }
  return std::nullopt;
}

}  // namespace sfumato

// The dtypes of numbers in weight files: those of the safetensors format, and the blocks of numbers of GGUF.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sfumato {

enum class StoredDtype {
  f64,
  f32,
  f16,
  bf16,
  f8_e4m3,
  f8_e5m2,
  f8_e8m0,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean,
  q4_0,  // here begin the blocks (numbers/ggml_blocks.h)
  q4_1,
  q5_0,
  q5_1,
  q8_0,
  q2_k,
  q3_k,
  q4_k,
  q5_k,
  q6_k
};

// "BF16", "Q4_K", as the formats name it.
[[nodiscard]] std::string_view name_of(StoredDtype dtype);

// The two dtypes of 8 bits that weights have: finite numbers and NaN; numbers, infinities and NaN.
[[nodiscard]] constexpr bool is_fp8(StoredDtype dtype) {
  return dtype == StoredDtype::f8_e4m3 || dtype == StoredDtype::f8_e5m2;
}
[[nodiscard]] constexpr bool is_block(StoredDtype dtype) { return dtype >= StoredDtype::q4_0; }

// The dtype in which the numbers of a weight are used: F32, F16 and BF16 are kept; fp8 becomes BF16, which has all its
// numbers; F64 and blocks become F32.
[[nodiscard]] StoredDtype widened(StoredDtype dtype);

// So many numbers lie in so many bytes; one number, except in blocks.
struct Packing {
  std::size_t numbers = 1;
  std::size_t bytes = 0;

  [[nodiscard]] constexpr std::size_t numbers_in(std::size_t count_of_bytes) const {
    return count_of_bytes / bytes * numbers;
  }
};
[[nodiscard]] Packing packing_of(StoredDtype dtype);
// Bytes of one number. Requires that it is no block.
[[nodiscard]] std::size_t size_of(StoredDtype dtype);

// The dtype of that name in the safetensors format, which has no blocks.
[[nodiscard]] std::optional<StoredDtype> safetensors_dtype(std::string_view name);

}  // namespace sfumato

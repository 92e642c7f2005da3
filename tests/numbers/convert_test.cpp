#include "numbers/convert.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

namespace sfumato {
namespace {

std::span<const std::byte> bytes_of(const at::Tensor& tensor) {
  return {static_cast<const std::byte*>(tensor.const_data_ptr()), static_cast<std::size_t>(tensor.nbytes())};
}

// Every pattern of 32 bits of which the upper 19 are anything and the rest is one of four: all that rounding can see.
at::Tensor many_singles() {
  std::vector<std::uint32_t> bits;
  for (std::uint32_t upper = 0; upper < (1U << 19); ++upper) {
    for (const std::uint32_t lower : {0U, 0x0fffU, 0x1000U, 0x1fffU}) bits.push_back(upper << 13 | lower);
  }
  at::Tensor tensor = at::arange(static_cast<std::int64_t>(bits.size()), at::TensorOptions(at::kFloat));
  std::memcpy(tensor.mutable_data_ptr(), bits.data(), bits.size() * 4);
  return tensor;
}

at::Tensor all_of(at::ScalarType type) {
  std::vector<std::uint16_t> bits(65536);
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<std::uint16_t>(i);
  return at::from_blob(bits.data(), {65536}, at::TensorOptions(type)).clone();
}

// Converts and compares bit by bit with LibTorch; numbers that are none need only stay none.
void expect_as_torch(const at::Tensor& from, StoredDtype stored, at::ScalarType to, StoredDtype wanted) {
  const at::Tensor reference = from.to(to);
  at::Tensor result = at::empty_like(reference);
  (void)convert(bytes_of(from), stored, {static_cast<std::byte*>(result.mutable_data_ptr()), result.nbytes()}, wanted);
  const at::Tensor same = result.eq(reference).logical_or(result.isnan().logical_and(reference.isnan()));
  EXPECT_TRUE(same.all().item<bool>());
}

TEST(Convert, RoundsEveryNumberAsLibTorchDoes) {
  expect_as_torch(all_of(at::kHalf), StoredDtype::f16, at::kFloat, StoredDtype::f32);
  expect_as_torch(all_of(at::kHalf), StoredDtype::f16, at::kBFloat16, StoredDtype::bf16);
  expect_as_torch(all_of(at::kBFloat16), StoredDtype::bf16, at::kFloat, StoredDtype::f32);
  expect_as_torch(all_of(at::kBFloat16), StoredDtype::bf16, at::kHalf, StoredDtype::f16);
  expect_as_torch(many_singles(), StoredDtype::f32, at::kHalf, StoredDtype::f16);
  expect_as_torch(many_singles(), StoredDtype::f32, at::kBFloat16, StoredDtype::bf16);
  expect_as_torch(many_singles().to(at::kDouble), StoredDtype::f64, at::kHalf, StoredDtype::f16);
}

TEST(Convert, KeepsTheBitsOfTheSameType) {
  const at::Tensor halves = all_of(at::kHalf);
  std::vector<std::byte> out(halves.nbytes());
  EXPECT_FALSE(convert(bytes_of(halves), StoredDtype::f16, out, StoredDtype::f16));
  EXPECT_EQ(std::memcmp(out.data(), halves.const_data_ptr(), out.size()), 0);
}

std::vector<std::byte> singles(const std::vector<float>& values) {
  std::vector<std::byte> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

TEST(Convert, SeesNumbersThatAreNotFinite) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<std::byte> out(4 * 5000);
  for (const float bad : {inf, -inf, nan}) {
    for (const std::size_t place : {0U, 4095U, 4096U, 4999U}) {
      std::vector<float> values(5000, 1.5F);
      for (const StoredDtype to : {StoredDtype::f32, StoredDtype::f16, StoredDtype::bf16}) {
        EXPECT_TRUE(convert(singles(values), StoredDtype::f32, out, to));
      }
      values[place] = bad;
      for (const StoredDtype to : {StoredDtype::f32, StoredDtype::f16, StoredDtype::bf16}) {
        EXPECT_FALSE(convert(singles(values), StoredDtype::f32, out, to));
        EXPECT_EQ(first_not_finite(singles(values), StoredDtype::f32, 1, to)->index, place);
      }
    }
  }
}

TEST(Convert, SeesNumbersTooLargeForTheirNewType) {
  std::vector<std::byte> out(8);
  const std::vector<std::byte> values = singles({65504.0F, 70000.0F});
  EXPECT_FALSE(convert(values, StoredDtype::f32, out, StoredDtype::f16));
  const std::optional<NotFinite> bad = first_not_finite(values, StoredDtype::f32, 1, StoredDtype::f16);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->index, 1U);
  EXPECT_EQ(bad->value, 70000.0);
  EXPECT_EQ(first_not_finite(values, StoredDtype::f32, 1, StoredDtype::bf16), std::nullopt);
}

TEST(Convert, TakesDataAtOddAddresses) {
  std::vector<std::byte> in = singles({0, 1.0F, -2.0F});
  in.insert(in.begin(), std::byte{});
  std::vector<std::byte> out(13);
  EXPECT_TRUE(convert(std::span(in).subspan(1), StoredDtype::f32, std::span(out).subspan(1), StoredDtype::f32));
  EXPECT_EQ(std::memcmp(in.data() + 1, out.data() + 1, 12), 0);
}

}  // namespace
}  // namespace sfumato

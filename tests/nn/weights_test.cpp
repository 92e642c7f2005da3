#include "nn/weights.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

constexpr std::array<float, 6> kNumbers = {1, 2, 3, 4, 5, 6};

template <typename Numbers>
std::span<const std::byte> bytes_of(const Numbers& numbers) {
  return std::as_bytes(std::span(numbers));
}

Weight weight_of(std::vector<std::int64_t> shape, Piece piece = Piece::whole) {
  return {.name = "w", .shape = std::move(shape), .bytes = bytes_of(kNumbers), .piece = piece, .where = "x"};
}

at::Tensor loaded(const Weight& weight, WeightsLayout layout = WeightsLayout::channels_last,
                  at::ScalarType dtype = at::kFloat) {
  return tensor_of(weight, layout, {.device = at::kCPU, .dtype = dtype});
}

std::vector<float> values(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kFloat).contiguous().flatten();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

TEST(TensorOf, IsTheMappedBytesIfNothingHasToChange) {
  const at::Tensor tensor = loaded(weight_of({2, 3}));
  EXPECT_EQ(tensor.const_data_ptr(), kNumbers.data());
  EXPECT_EQ(tensor.sizes(), at::IntArrayRef({2, 3}));
}

TEST(TensorOf, CutsAndTurnsPieces) {
  EXPECT_EQ(values(loaded(weight_of({1, 2}, Piece::first_third))), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(loaded(weight_of({1, 2}, Piece::second_third))), (std::vector<float>{3, 4}));
  EXPECT_EQ(values(loaded(weight_of({2}, Piece::last_third))), (std::vector<float>{5, 6}));
  const at::Tensor turned = loaded(weight_of({3, 2}, Piece::transposed));  // stored as [2, 3]
  EXPECT_EQ(values(turned), (std::vector<float>{1, 4, 2, 5, 3, 6}));
  EXPECT_TRUE(turned.is_contiguous());
}

TEST(TensorOf, PutsTheChannelsOfConvolutionsLast) {
  const Weight weight = weight_of({1, 2, 1, 3});
  const at::Tensor tensor = loaded(weight);
  EXPECT_EQ(values(tensor), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(tensor.strides(), at::IntArrayRef({6, 1, 6, 2}));
  Weight stored = weight;  // the same numbers, stored with the channels last
  stored.layout = WeightsLayout::channels_last;
  constexpr std::array<float, 6> kLast = {1, 4, 2, 5, 3, 6};
  stored.bytes = bytes_of(kLast);
  EXPECT_TRUE(at::equal(loaded(stored), tensor));
  EXPECT_EQ(loaded(stored).const_data_ptr(), kLast.data());
}

// LibTorch adds the products of 1x1 convolutions in the order that their strides imply.
TEST(TensorOf, StridesConvolutionsOfOnePixelAsTheLayoutSays) {
  EXPECT_EQ(loaded(weight_of({2, 3, 1, 1})).strides(), at::IntArrayRef({3, 1, 3, 3}));
  EXPECT_EQ(loaded(weight_of({2, 3, 1, 1}), WeightsLayout::contiguous).strides(), at::IntArrayRef({3, 1, 1, 1}));
}

TEST(TensorOf, ConvertsToTheDtypeOfTheRuntime) {
  const at::Tensor tensor = loaded(weight_of({6}), WeightsLayout::channels_last, at::kBFloat16);
  EXPECT_EQ(tensor.scalar_type(), at::kBFloat16);
  EXPECT_EQ(values(tensor), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(TensorOf, WidensFp8AndMultipliesByTheScale) {
  constexpr std::array<std::uint8_t, 3> kFp8 = {0x38, 0x40, 0xb8};  // 1, 2, -1
  Weight weight = weight_of({3});
  weight.dtype = StoredDtype::f8_e4m3;
  weight.bytes = bytes_of(kFp8);
  EXPECT_EQ(values(loaded(weight)), (std::vector<float>{1, 2, -1}));
  weight.scale = 0.5F;
  EXPECT_EQ(values(loaded(weight)), (std::vector<float>{0.5, 1, -0.5}));
  weight.scale = 1.0F / 3;  // rounded to bfloat16, as `import` stores it
  EXPECT_EQ(values(loaded(weight)).front(), 0.333984375F);
}

TEST(TensorOf, CopiesBytesThatAreNotAligned) {
  std::vector<std::byte> bytes(1 + sizeof kNumbers);
  std::memcpy(bytes.data() + 1, kNumbers.data(), sizeof kNumbers);
  Weight weight = weight_of({6});
  weight.bytes = std::span(bytes).subspan(1);
  EXPECT_EQ(values(loaded(weight)), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(TensorOf, LeavesNothingOfAMappedFileInMemoryThatWasConverted) {
  const std::filesystem::path path = test_folder() / "weights";
  write_file(path, std::string(1 << 16, '\0'));
  const MappedFile file(path, ErrorKind::bad_data);
  Weight weight = weight_of({1 << 14});
  weight.bytes = file.bytes();
  weight.file = &file;
  EXPECT_EQ(loaded(weight, WeightsLayout::channels_last, at::kBFloat16).count_nonzero().item<std::int64_t>(), 0);
  EXPECT_EQ(file.bytes()[100], std::byte{0}) << "it is read again";
}

TEST(TensorOf, RefusesWhatWeightsAreNot) {
  Weight weight = weight_of({3});
  weight.dtype = StoredDtype::i64;
  EXPECT_EQ(error_of([&] { (void)loaded(weight); }), "bad_bundle: x: w is stored as I64, which weights are not.");
}

}  // namespace
}  // namespace sfumato

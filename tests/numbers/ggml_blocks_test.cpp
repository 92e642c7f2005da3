#include "numbers/ggml_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "bundle/safetensors.h"
#include "numbers/convert.h"

namespace sfumato {
namespace {

struct Golden {
  MappedFile file{SFUMATO_GGML_GOLDEN, ErrorKind::input_missing, Links::follow};
  std::vector<StoredTensor> tensors = read_safetensors(file.bytes(), "golden", ErrorKind::bad_data);

  [[nodiscard]] std::span<const std::byte> bytes(const std::string& name) const {
    return std::ranges::find(tensors, name, &StoredTensor::name)->bytes;
  }
};

// tests/numbers/ggml_blocks.safetensors is what ggml's Python package makes of random blocks
// (scripts/golden/make_ggml_golden.py).
TEST(GgmlBlocks, AreWidenedToTheBitAsByGgml) {
  const Golden golden;
  using enum StoredDtype;
  for (const StoredDtype dtype : {q4_0, q4_1, q5_0, q5_1, q8_0, q2_k, q3_k, q4_k, q5_k, q6_k}) {
    const std::string name(name_of(dtype));
    const std::span<const std::byte> packed = golden.bytes(name + ".packed");
    const std::span<const std::byte> expected = golden.bytes(name + ".numbers");
    std::vector<float> numbers(packing_of(dtype).numbers_in(packed.size()));
    ASSERT_EQ(numbers.size() * 4, expected.size()) << name;
    widen_blocks(dtype, packed.data(), numbers.size(), numbers.data());
    EXPECT_EQ(std::memcmp(numbers.data(), expected.data(), expected.size()), 0) << name;
  }
}

TEST(GgmlBlocks, AreConvertedLikeOtherDtypes) {
  // Q8_0: a scale of 0.5 and the numbers -16 to 15.
  std::vector<std::byte> block = {std::byte{0}, std::byte{0x38}};
  for (int i = -16; i < 16; ++i) block.push_back(static_cast<std::byte>(i));
  std::vector<float> numbers(32);
  EXPECT_TRUE(
      convert_scaled(block, StoredDtype::q8_0, 2, std::as_writable_bytes(std::span(numbers)), StoredDtype::f32));
  EXPECT_EQ(numbers.front(), -16);
  EXPECT_EQ(numbers.back(), 15);
  EXPECT_EQ(first_not_finite(block, StoredDtype::q8_0, 1, StoredDtype::f16), std::nullopt);
  block[1] = std::byte{0x7c};  // a scale that is infinite; 0 times it is NaN
  const std::optional<NotFinite> bad = first_not_finite(block, StoredDtype::q8_0, 1, StoredDtype::f32);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->index, 0U);
  EXPECT_EQ(bad->value, -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace sfumato

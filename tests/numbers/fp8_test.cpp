#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>

#include "numbers/convert.h"

namespace sfumato {
namespace {

float number(StoredDtype dtype, unsigned bits, float scale = 1) {
  const std::array<std::byte, 1> in = {std::byte(bits)};
  float out = 0;
  (void)convert_scaled(in, dtype, scale, std::as_writable_bytes(std::span(&out, 1)), StoredDtype::f32);
  return out;
}

TEST(Fp8, IsWidenedExactly) {
  EXPECT_EQ(number(StoredDtype::f8_e4m3, 0x38), 1.0F);
  EXPECT_EQ(number(StoredDtype::f8_e4m3, 0x7e), 448.0F);
  EXPECT_EQ(number(StoredDtype::f8_e4m3, 0xfe), -448.0F);
  EXPECT_EQ(number(StoredDtype::f8_e4m3, 0x08), 0.015625F);
  EXPECT_EQ(number(StoredDtype::f8_e4m3, 0x01), 0.001953125F);
  EXPECT_TRUE(std::signbit(number(StoredDtype::f8_e4m3, 0x80)));
  EXPECT_TRUE(std::isnan(number(StoredDtype::f8_e4m3, 0xff)));
  EXPECT_EQ(number(StoredDtype::f8_e5m2, 0x3d), 1.25F);
  EXPECT_EQ(number(StoredDtype::f8_e5m2, 0x7b), 57344.0F);
  EXPECT_EQ(number(StoredDtype::f8_e5m2, 0x01), 0.0000152587890625F);
  EXPECT_TRUE(std::isinf(number(StoredDtype::f8_e5m2, 0x7c)));
}

TEST(Fp8, LosesNothingInSixteenBits) {
  for (const StoredDtype dtype : {StoredDtype::f8_e4m3, StoredDtype::f8_e5m2}) {
    for (const StoredDtype wide : {StoredDtype::f16, StoredDtype::bf16}) {
      for (unsigned bits = 0; bits < 256; ++bits) {
        const std::array<std::byte, 1> in = {std::byte(bits)};
        std::array<std::byte, 2> out{};
        float back = 0;
        if (!convert(in, dtype, out, wide)) continue;  // infinities and NaN
        EXPECT_TRUE(convert(out, wide, std::as_writable_bytes(std::span(&back, 1)), StoredDtype::f32));
        EXPECT_EQ(back, number(dtype, bits));
      }
    }
  }
}

TEST(Fp8, IsMultipliedByItsScale) {
  EXPECT_EQ(number(StoredDtype::f8_e4m3, 0x7e, 0.125F), 56.0F);
  EXPECT_EQ(number(StoredDtype::f8_e5m2, 0x3d, 3.0F), 3.75F);
}

}  // namespace
}  // namespace sfumato

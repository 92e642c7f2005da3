#include "import/recognise/gguf.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "error_of.h"

namespace sfumato {
namespace {

template <typename Number>
std::string bytes(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}
std::string text(const std::string& value) { return bytes(std::uint64_t{value.size()}) + value; }

std::string tensor(const std::string& name, const std::vector<std::uint64_t>& sides, std::uint32_t type,
                   std::uint64_t offset) {
  std::string result = text(name) + bytes(static_cast<std::uint32_t>(sides.size()));
  for (const std::uint64_t side : sides) result += bytes(side);
  return result + bytes(type) + bytes(offset);
}

constexpr std::uint32_t kF32 = 0, kQ8 = 8;

// values: key and encoded value; data begins at the next multiple of 32.
std::string file(const std::vector<std::string>& tensors, const std::string& data,
                 const std::vector<std::string>& values = {}, std::uint32_t version = 3) {
  std::string result =
      "GGUF" + bytes(version) + bytes(std::uint64_t{tensors.size()}) + bytes(std::uint64_t{values.size()});
  for (const std::string& value : values) result += value;
  for (const std::string& one : tensors) result += one;
  result.resize((result.size() + 31) / 32 * 32);
  return result + data;
}

SafetensorsFile read(const std::string& content) {
  // Only shapes, texts and places are looked at, so the bytes may go.
  return read_gguf(std::as_bytes(std::span(content)), "x.gguf");
}
std::string error(const std::string& content) {
  return error_of([&] { (void)read(content); });
}

TEST(Gguf, GivesTensorsInTheOrderOfOtherFormats) {
  const std::string shape = text("comfy.gguf.orig_shape.b") + bytes(std::uint32_t{9}) + bytes(std::uint32_t{5}) +
                            bytes(std::uint64_t{3}) + bytes(std::int32_t{4}) + bytes(std::int32_t{4}) +
                            bytes(std::int32_t{4});
  const SafetensorsFile found =
      read(file({tensor("b", {32, 2}, kQ8, 32), tensor("a", {3, 2}, kF32, 0)}, std::string(32 + 68, '\0'),
                {text("general.architecture") + bytes(std::uint32_t{8}) + text("sd1"), shape}));
  ASSERT_EQ(found.tensors.size(), 2U);
  EXPECT_EQ(found.tensors[0].name, "a");
  EXPECT_EQ(found.tensors[0].shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(found.tensors[0].bytes.size(), 24U);
  EXPECT_EQ(found.tensors[1].dtype, StoredDtype::q8_0);
  EXPECT_EQ(found.tensors[1].shape, (std::vector<std::int64_t>{4, 4, 4}));
  EXPECT_EQ(found.tensors[1].bytes.size(), 68U);
  EXPECT_EQ(found.metadata.at("general.architecture"), "sd1");
}

TEST(Gguf, RefusesWhatDoesNotFitByItsName) {
  const std::string data(64, '\0');
  EXPECT_EQ(error(file({tensor("a", {8}, 20, 0)}, data)),
            "bad_data: x.gguf: a is of type IQ4_NL, which is not read: F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 "
            "and Q2_K to Q6_K are. Take the same model in one of these.");
  EXPECT_EQ(error(file({tensor("a", {8}, 77, 0)}, data)),
            "bad_data: x.gguf: a is of type 77, which is not read: F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and "
            "Q2_K to Q6_K are. Take the same model in one of these.");
  EXPECT_EQ(error(file({tensor("a", {8, 4}, kQ8, 0)}, data)),
            "bad_data: x.gguf: a has rows of 8 numbers, which are not whole blocks of 32.");
  EXPECT_EQ(error(file({tensor("a", {8}, kF32, 4)}, data)),
            "bad_data: x.gguf: a begins at byte 4 of the data, a multiple of 32 is expected.");
  EXPECT_EQ(
      error(file({tensor("a", {9}, kF32, 32)}, data)),
      "bad_data: x.gguf: a needs 36 bytes from byte 32 of the data, which has 64, so the file was cut. Download or "
      "copy it again.");
  EXPECT_EQ(error(file({tensor("a", {9}, kF32, 0), tensor("b", {1}, kF32, 32)}, data)),
            "bad_data: x.gguf: a and b overlap.");
  EXPECT_EQ(error(file({tensor("a", {1}, kF32, 0), tensor("a", {1}, kF32, 32)}, data)),
            "bad_data: x.gguf: has two tensors named a.");
  EXPECT_EQ(error(file({tensor("a", {1ULL << 40, 1ULL << 40}, kF32, 0)}, data)),
            "bad_data: x.gguf: a has more numbers than 64 bits can count.");
  EXPECT_EQ(error(file({}, data, {}, 1)),
            "bad_data: x.gguf: a GGUF file of version 1; 2 and 3, little-endian, are read. Write it again with a newer "
            "program.");
  EXPECT_EQ(error(file({}, data, {text("x") + bytes(std::uint32_t{99})})),
            "bad_data: x.gguf: x is of type 99, which is not known.");
}

TEST(Gguf, EndsWhereTheFileEnds) {
  const std::string whole =
      file({tensor("a", {8}, kF32, 0)}, std::string(32, '\0'),
           {text("n") + bytes(std::uint32_t{9}) + bytes(std::uint32_t{8}) + bytes(std::uint64_t{1} << 60) + text("x")});
  for (std::size_t size = 4; size < whole.size(); ++size) {
    EXPECT_TRUE(error(whole.substr(0, size)).starts_with("bad_data: x.gguf: ")) << size;
  }
}

}  // namespace
}  // namespace sfumato

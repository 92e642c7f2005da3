#include "bundle/safetensors.h"

#include <gtest/gtest.h>

#include "bundle/safetensors_file.h"
#include "error_of.h"

namespace sfumato {
namespace {

std::vector<StoredTensor> read(const std::string& file) {
  return read_safetensors(std::as_bytes(std::span(file)), "x", ErrorKind::bad_data);
}

std::string error_in(const std::string& file) {
  return error_of([&] { (void)read(file); });
}

// One entry of a header.
std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

TEST(Safetensors, ReadsTensorsInTheOrderOfTheirData) {
  const std::string file =
      safetensors_file("{" + entry("b", "F16", "[3]", "[8,14]") + R"(,"__metadata__":{"format":"pt"},)" +
                           entry("a", "F32", "[2,1]", "[0,8]") + "}  ",
                       "aaaaAAAAbbBBbb");
  const std::vector<StoredTensor> tensors = read(file);
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors[0].name, "a");
  EXPECT_EQ(tensors[0].dtype, StoredDtype::f32);
  EXPECT_EQ(tensors[0].shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(tensors[0].bytes.size(), 8U);
  EXPECT_EQ(static_cast<char>(tensors[0].bytes.front()), 'a');
  EXPECT_EQ(tensors[1].name, "b");
  EXPECT_EQ(tensors[1].bytes.size(), 6U);
  EXPECT_EQ(static_cast<char>(tensors[1].bytes.front()), 'b');
}

TEST(Safetensors, TakesScalarsAndTensorsWithoutElements) {
  const std::string file =
      safetensors_file("{" + entry("full", "U8", "[4]", "[0,4]") + "," + entry("empty", "F32", "[0,5]", "[0,0]") + "," +
                           entry("scalar", "F32", "[]", "[4,8]") + "}",
                       "12345678");
  const std::vector<StoredTensor> tensors = read(file);
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors[0].name, "empty");
  EXPECT_EQ(tensors[2].name, "scalar");
  EXPECT_EQ(tensors[2].bytes.size(), 4U);
}

TEST(Safetensors, KnowsTheSizeOfEveryDtype) {
  const std::vector<std::pair<const char*, std::size_t>> sizes = {{"F64", 8}, {"I64", 8},  {"F32", 4}, {"I32", 4},
                                                                  {"F16", 2}, {"BF16", 2}, {"I16", 2}, {"I8", 1},
                                                                  {"U8", 1},  {"BOOL", 1}};
  for (const auto& [name, size] : sizes) {
    const std::string offsets = "[0," + std::to_string(2 * size) + "]";
    const std::string file = safetensors_file("{" + entry("t", name, "[2]", offsets) + "}", std::string(2 * size, '.'));
    EXPECT_EQ(size_of(read(file).front().dtype), size) << name;
  }
}

TEST(Safetensors, TakesAFileWithoutTensors) { EXPECT_TRUE(read(safetensors_file("{}", "")).empty()); }

TEST(Safetensors, RefusesAFileShorterThanItsLength) {
  EXPECT_EQ(error_in("1234567"), "bad_data: x: only 7 bytes; a safetensors file has at least 8.");
}

TEST(Safetensors, RefusesAHeaderLongerThanTheLimit) {
  EXPECT_EQ(error_in(safetensors_file("{}", "", 100'000'001)),
            "bad_data: x: a header of 100000001 bytes is announced, at most 100000000 are read.");
  EXPECT_EQ(error_in(safetensors_file("{}", "", UINT64_MAX)),
            "bad_data: x: a header of 18446744073709551615 bytes is announced, at most 100000000 are read.");
}

TEST(Safetensors, RefusesAHeaderLongerThanTheFile) {
  EXPECT_EQ(error_in(safetensors_file("{}", "", 3)), "bad_data: x: a header of 3 bytes is announced, the file has 2.");
}

TEST(Safetensors, RefusesAHeaderThatIsNoObject) {
  EXPECT_EQ(error_in(safetensors_file("[]", "")),
            "bad_data: x: not a safetensors file: its header does not begin with '{'.");
  EXPECT_EQ(error_in(safetensors_file("", "")),
            "bad_data: x: not a safetensors file: its header does not begin with '{'.");
}

TEST(Safetensors, RefusesAHeaderThatIsNotUtf8) {
  EXPECT_EQ(error_in(safetensors_file("{\"a\xff\":1}", "")), "bad_data: x: the header is not UTF-8 at byte 11.");
}

TEST(Safetensors, RefusesAnOverlap) {
  const std::string header = "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[4]", "[3,7]") + "}";
  EXPECT_EQ(error_in(safetensors_file(header, "1234567")),
            "bad_data: x: b: begins at byte 3 of the data, the tensor before it ends at 4.");
}

TEST(Safetensors, RefusesTwoTensorsInOnePlace) {
  const std::string header = "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[4]", "[0,4]") + "}";
  EXPECT_NE(
      error_in(safetensors_file(header, "1234")).find("begins at byte 0 of the data, the tensor before it ends at 4."),
      std::string::npos);
}

TEST(Safetensors, RefusesAHole) {
  const std::string header = "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[2]", "[5,7]") + "}";
  EXPECT_EQ(error_in(safetensors_file(header, "1234567")),
            "bad_data: x: b: begins at byte 5 of the data, the tensor before it ends at 4.");
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[4]", "[1,5]") + "}", "12345")),
            "bad_data: x: a: begins at byte 1 of the data, the tensor before it ends at 0.");
}

TEST(Safetensors, RefusesATail) {
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[4]", "[0,4]") + "}", "12345")),
            "bad_data: x: the tensors end at byte 4 of the data, which has 5.");
}

TEST(Safetensors, RefusesATensorThatEndsBeforeItBegins) {
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[1]", "[2,1]") + "}", "12")),
            "bad_data: x: a: data_offsets: [2, 1] is outside the data of 2 bytes; copy the file again.");
}

TEST(Safetensors, RefusesATensorThatEndsAfterTheFile) {
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[3]", "[0,3]") + "}", "12")),
            "bad_data: x: a: data_offsets: [0, 3] is outside the data of 2 bytes; copy the file again.");
}

TEST(Safetensors, RefusesAShapeThatNeedsOtherBytesThanTheFileGives) {
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "F32", "[2]", "[0,7]") + "}", "1234567")),
            "bad_data: x: a: data_offsets: needs 8 bytes, the file gives 7.");
}

TEST(Safetensors, RefusesAShapeThatOverflows) {
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "F32", "[4611686018427387904]", "[0,0]") + "}", "")),
            "bad_data: x: a: shape: more bytes than 64 bits can count.");
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[4294967296,4294967296]", "[0,0]") + "}", "")),
            "bad_data: x: a: shape: more bytes than 64 bits can count.");
}

TEST(Safetensors, RefusesASideOrAnOffsetThatIsNoCount) {
  const std::string message = "whole numbers from 0 are expected.";
  for (const std::string side : {"-1", "1.0", "\"1\"", "18446744073709551615", "null"}) {
    EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[" + side + "]", "[0,1]") + "}", "1")),
              "bad_data: x: a: shape: " + message);
    EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[1]", "[0," + side + "]") + "}", "1")),
              "bad_data: x: a: data_offsets: " + message);
  }
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "U8", "[1]", "[0,1,1]") + "}", "1")),
            "bad_data: x: a: data_offsets: two numbers are expected.");
}

TEST(Safetensors, RefusesADtypeItDoesNotKnow) {
  EXPECT_EQ(error_in(safetensors_file("{" + entry("a", "F4", "[1]", "[0,1]") + "}", "1")),
            "bad_data: x: a: dtype: \"F4\" is an unknown dtype.");
}

TEST(Safetensors, RefusesANameThatAppearsTwice) {
  const std::string header = "{" + entry("a", "U8", "[1]", "[0,1]") + "," + entry("a", "U8", "[1]", "[1,2]") + "}";
  EXPECT_EQ(error_in(safetensors_file(header, "12")), "bad_data: x: key \"a\" appears twice.");
}

TEST(Safetensors, RefusesMetadataThatIsNotText) {
  EXPECT_EQ(error_in(safetensors_file(R"({"__metadata__":{"step":1}})", "")),
            "bad_data: x: __metadata__: step: a string is expected.");
}

TEST(Safetensors, ReadsWhatAFileSaysOfItself) {
  const std::string file = safetensors_file(R"({"__metadata__":{"format":"pt","modelspec.title":"x"}})", "");
  const SafetensorsFile read = read_safetensors_file(std::as_bytes(std::span(file)), "x", ErrorKind::bad_data);
  EXPECT_EQ(read.metadata, (SafetensorsMetadata{{"format", "pt"}, {"modelspec.title", "x"}}));
  EXPECT_TRUE(read.tensors.empty());
}

TEST(Safetensors, RefusesAKeyItDoesNotKnow) {
  EXPECT_EQ(error_in(safetensors_file(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"strides":[1]}})", "")),
            "bad_data: x: a: strides: is an unknown key.");
}

TEST(Safetensors, ShowsNoControlCharacterOfAName) {
  EXPECT_EQ(error_in(safetensors_file("{" + entry("\\u001b[2J", "U8", "[1]", "[1,2]") + "}", "12")),
            "bad_data: x: \\x1b[2J: begins at byte 1 of the data, the tensor before it ends at 0.");
}

TEST(Safetensors, RefusesEveryTruncation) {
  const std::string file = safetensors_file(
      "{" + entry("a", "F32", "[2]", "[0,8]") + "," + entry("b", "U8", "[3]", "[8,11]") + "}", "12345678abc");
  ASSERT_EQ(error_in(file), "no error");
  for (std::size_t length = 0; length < file.size(); ++length)
    EXPECT_NE(error_in(file.substr(0, length)), "no error") << length;
}

}  // namespace
}  // namespace sfumato

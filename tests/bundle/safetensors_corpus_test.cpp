// Damage of every kind to a small safetensors file: each is refused in one sentence, or what is read is whole.
#include <gtest/gtest.h>

#include <algorithm>

#include "bundle/safetensors.h"
#include "bundle/safetensors_file.h"
#include "import/recognise/foreign_file.h"

namespace sfumato {
namespace {

std::string good_file() {
  return safetensors_file(R"({"__metadata__":{"format":"pt"},)"
                          R"("conv.weight":{"dtype":"F16","shape":[2,1,3],"data_offsets":[0,12]},)"
                          R"("conv.bias":{"dtype":"F32","shape":[2],"data_offsets":[12,20]},)"
                          R"("steps":{"dtype":"I64","shape":[],"data_offsets":[20,28]}})",
                          "abcdefghijklmnopqrstuvwxyz01");
}

// Reads a file; what is read must lie in it and be as large as it says, and what is said must be one sentence of ours.
// Returns whether it was taken.
bool taken(const std::string& file, const std::string& what) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(file));
  try {
    std::size_t sum = 0;
    for (const StoredTensor& tensor : read_safetensors(bytes, "x", ErrorKind::bad_data)) {
      std::size_t size = size_of(tensor.dtype);
      for (const std::int64_t side : tensor.shape) size *= static_cast<std::size_t>(side);
      EXPECT_EQ(size, tensor.bytes.size()) << what;
      EXPECT_GE(tensor.bytes.data(), bytes.data()) << what;
      EXPECT_LE(tensor.bytes.data() + tensor.bytes.size(), bytes.data() + bytes.size()) << what;
      sum += size;
    }
    EXPECT_LT(sum, file.size()) << what;
    return true;
  } catch (const Error& error) {
    const std::string said = error.what();
    EXPECT_EQ(error.kind(), ErrorKind::bad_data) << what;
    EXPECT_TRUE(said.starts_with("x: ") && said.ends_with('.')) << what << ": " << said;
    EXPECT_TRUE(std::ranges::none_of(said, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        << what << ": " << said;
    return false;
  }
}

std::size_t header_end(const std::string& file) { return file.find("}}") + 2; }

TEST(SafetensorsCorpus, TakesTheGoodFile) { EXPECT_TRUE(taken(good_file(), "good")); }

TEST(SafetensorsCorpus, RefusesEveryTruncationAndEveryTail) {
  const std::string file = good_file();
  for (std::size_t length = 0; length < file.size(); ++length)
    EXPECT_FALSE(taken(file.substr(0, length), "length " + std::to_string(length)));
  for (const char tail : {'\0', ' ', '}', '\xff'}) EXPECT_FALSE(taken(file + tail, "tail"));
}

TEST(SafetensorsCorpus, SurvivesEveryBitOfTheHeaderFlipped) {
  const std::string file = good_file();
  for (std::size_t bit = 0; bit < 8 * header_end(file); ++bit) {
    std::string damaged = file;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const bool was_taken = taken(damaged, "bit " + std::to_string(bit));
    if (bit < 64) {
      EXPECT_FALSE(was_taken) << "the length, bit " << bit;
    }
  }
}

TEST(SafetensorsCorpus, SurvivesEveryByteOfTheHeaderReplaced) {
  const std::string file = good_file();
  for (std::size_t at = 8; at < header_end(file); ++at) {
    for (const char byte : {'\0', '"', '\\', '{', '}', '[', ']', ',', ':', '-', '9', 'e', '\x80', '\xff'}) {
      std::string damaged = file;
      damaged[at] = byte;
      (void)taken(damaged, "byte " + std::to_string(at));
    }
  }
}

TEST(SafetensorsCorpus, SurvivesEveryByteOfTheHeaderTakenOutOrDoubled) {
  const std::string file = good_file();
  const std::string header = file.substr(8, header_end(file) - 8);
  const std::string data = file.substr(header_end(file));
  for (std::size_t at = 0; at < header.size(); ++at) {
    std::string shorter = header;
    shorter.erase(at, 1);
    (void)taken(safetensors_file(shorter, data), "without byte " + std::to_string(at));
    std::string longer = header;
    longer.insert(at, 1, header[at]);
    (void)taken(safetensors_file(longer, data), "twice byte " + std::to_string(at));
  }
}

TEST(SafetensorsCorpus, RefusesEveryNumberThatIsAnother) {
  const std::string file = good_file();
  const std::string header = file.substr(8, header_end(file) - 8);
  const std::string data = file.substr(header_end(file));
  for (std::size_t at = 0; at < header.size(); ++at) {
    const bool in_brackets =
        header.rfind('[', at) != std::string::npos &&
        (header.rfind(']', at) == std::string::npos || header.rfind('[', at) > header.rfind(']', at));
    const bool first = in_brackets && std::isdigit(static_cast<unsigned char>(header[at])) != 0 &&
                       (header[at - 1] == '[' || header[at - 1] == ',');
    if (!first) continue;
    const std::size_t end = header.find_first_of(",]", at);
    for (const std::string number :
         {"-1", "1.5", "1e3", "7", "9223372036854775807", "9223372036854775808", "1e999", "\"2\"", "null"}) {
      std::string damaged = header;
      damaged.replace(at, end - at, number);
      EXPECT_FALSE(taken(safetensors_file(damaged, data), damaged));
    }
  }
}

TEST(SafetensorsCorpus, RefusesNestingThatNeverEnds) {
  EXPECT_FALSE(taken(safetensors_file("{\"a\":" + std::string(100'000, '['), ""), "arrays"));
  std::string objects = "{\"a\":";
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(taken(safetensors_file(objects, ""), "objects"));
}

}  // namespace
}  // namespace sfumato

// Damage of every kind to small pictures: each is refused in one sentence, or what is read is whole.
#include <gtest/gtest.h>

#include <algorithm>

#include "image/exif_bytes.h"
#include "image/jpeg_bytes.h"
#include "image/png_corpus.h"
#include "image/read_image.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kFlips = 2000;

void expect_one_sentence(const Error& error, const std::string& what) {
  const std::string said = error.what();
  EXPECT_EQ(error.kind(), ErrorKind::bad_data) << what;
  EXPECT_TRUE(said.starts_with("x: ") && said.ends_with('.')) << what << ": " << said;
  EXPECT_TRUE(std::ranges::none_of(said, [](unsigned char c) { return c < 0x20 || c >= 0x7f; })) << what << said;
}

// Whether the picture was taken. Its size must be the one that was told before, if one was.
bool taken(const Bytes& file, const std::string& what) {
  ImageSize told;
  try {
    told = read_image_size(file, "x");
  } catch (const Error& error) {
    expect_one_sentence(error, what);
  }
  try {
    const DecodedImage image = read_image(file, "x");
    EXPECT_EQ(image.size(), told) << what;
    EXPECT_EQ(image.rgba.size(), static_cast<std::size_t>(image.width * image.height) * 4) << what;
    return true;
  } catch (const Error& error) {
    expect_one_sentence(error, what);
    return false;
  }
}

struct Sample {
  std::string name;
  Bytes file;
};

std::vector<Sample> samples() {
  using namespace testing_jpeg;
  const Bytes values = slope(33, 21);
  std::vector<Sample> all = {
      {"baseline", jpeg(33, 21, values, {.full_colour = false, .exif = testing_exif::orientation(6)})},
      {"restarts", jpeg(33, 21, values, {.restart_rows = 1})},
      {"progressive", jpeg(33, 21, values, {.progressive = true})},
      {"grey", jpeg(33, 21, slope(33, 21, 1), {.space = JCS_GRAYSCALE, .channels = 1})},
      {"cmyk", jpeg(33, 21, slope(33, 21, 4), {.space = JCS_CMYK, .channels = 4})}};
  for (const testing_png::PngKind& kind :
       {testing_png::PngKind{.colour = 3, .depth = 4, .transparent = true}, testing_png::PngKind{.colour = 2},
        testing_png::PngKind{.colour = 6, .depth = 16, .interlaced = true}}) {
    all.push_back({"png", testing_png::sample(kind, 13, 9).file});
  }
  return all;
}

TEST(PictureCorpus, TakesTheGoodFiles) {
  for (const Sample& sample : samples()) EXPECT_TRUE(taken(sample.file, sample.name));
}

TEST(PictureCorpus, RefusesEveryTruncation) {
  for (const Sample& sample : samples()) {
    for (std::size_t length = 0; length < sample.file.size(); ++length) {
      const Bytes part(sample.file.begin(), sample.file.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_FALSE(taken(part, sample.name + " of length " + std::to_string(length)));
    }
  }
}

// A PNG's sums find each one; a JPEG has none, and one in its pixels is another picture of the same size.
TEST(PictureCorpus, SurvivesFlippedBits) {
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  for (const Sample& sample : samples()) {
    for (int i = 0; i < kFlips; ++i) {
      Bytes file = sample.file;
      const std::size_t bit = next() % (file.size() * 8);
      file[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const bool accepted = taken(file, sample.name + " with bit " + std::to_string(bit));
      EXPECT_FALSE(accepted && sample.name == "png") << bit;
    }
  }
}

TEST(PictureCorpus, SurvivesDamageOfSeveralBytes) {
  std::uint32_t state = 2;
  const auto next = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  for (const Sample& sample : samples()) {
    for (int i = 0; i < kFlips / 4; ++i) {
      Bytes file = sample.file;
      for (std::uint32_t k = next() % 8; k < 8; ++k) file[next() % file.size()] = static_cast<std::uint8_t>(next());
      if (next() % 4 == 0) file.erase(file.begin() + next() % 64, file.begin() + 64 + next() % 64);
      (void)taken(file, sample.name + " damaged " + std::to_string(i));
    }
  }
}

}  // namespace
}  // namespace sfumato

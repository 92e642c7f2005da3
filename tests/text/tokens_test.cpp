#include "text/tokens.h"

#include <gtest/gtest.h>

#include <random>

#include "test_bundle.h"
#include "test_folder.h"
#include "text/clip_tokenizer.h"

namespace sfumato {
namespace {

using Ids = std::vector<std::int64_t>;

constexpr std::int64_t kBegin = 49406, kEnd = 49407, kCat = 2368, kDog = 1929, kComma = 267;

TokenizerConfig config(int pad = 49407) {
  return {
      .kind = TokenizerKind::clip, .file = "", .max_tokens = 77, .bos = 49406, .eos = 49407, .pad = pad, .pad_2 = {}};
}

const Tokenizer& clip() {
  static const ClipTokenizer tokenizer(read_file(SFUMATO_CLIP_MERGES), "merges.txt");
  return tokenizer;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

Tokens tokens_of(const std::string& prompt) { return tokenize(parse_weights(prompt), clip(), config()); }

// The tokens of each chunk without what is put around them.
std::vector<Ids> inner(const Tokens& tokens) {
  std::vector<Ids> result;
  for (const Chunk& chunk : tokens.chunks)
    result.emplace_back(chunk.ids.begin() + 1, chunk.ids.begin() + static_cast<std::ptrdiff_t>(chunk.used) - 1);
  return result;
}

TEST(Tokens, StandBetweenTheirBeginningAndTheirEndAndPadding) {
  const Tokens tokens = tokenize(parse_weights("a (cat:1.5)"), clip(), config(/*pad=*/0));
  ASSERT_EQ(tokens.chunks.size(), 1u);
  const Chunk& chunk = tokens.chunks.front();
  Ids ids(77, 0);
  ids[0] = kBegin, ids[1] = 320, ids[2] = kCat, ids[3] = kEnd;
  std::vector<double> weights(77, 1);
  weights[2] = 1.5;
  EXPECT_EQ(chunk.ids, ids);
  EXPECT_EQ(chunk.weights, weights);
  EXPECT_EQ(chunk.used, 4u);
  EXPECT_EQ(tokens.lost, "");
}

TEST(Tokens, OfTheEmptyPromptAreOneChunk) {
  Ids ids(77, kEnd);
  ids[0] = kBegin;
  for (const char* const prompt : {"", " \n", "()", "[]"}) {
    ASSERT_EQ(tokens_of(prompt).chunks.size(), 1u);
    EXPECT_EQ(tokens_of(prompt).chunks.front().ids, ids);
    EXPECT_EQ(tokens_of(prompt).chunks.front().used, 2u);
  }
}

TEST(Tokens, GoOnInAnotherChunkWhenOneIsFull) {
  EXPECT_EQ(inner(tokens_of(repeated("cat ", 75))), (std::vector<Ids>{Ids(75, kCat)}));
  EXPECT_EQ(inner(tokens_of(repeated("cat ", 76))), (std::vector<Ids>{Ids(75, kCat), Ids(1, kCat)}));
  EXPECT_EQ(inner(tokens_of(repeated("cat ", 151))).size(), 3u);
}

// A comma in place 56 of 75 (from 1) is the first that is near enough to the end.
TEST(Tokens, GoToTheNextChunkWithTheirPhrase) {
  const auto cut = [](std::size_t before, std::size_t after) {
    return inner(tokens_of(repeated("cat ", before) + "," + repeated(" dog", after)));
  };
  Ids first(55, kCat);
  first.push_back(kComma);
  EXPECT_EQ(cut(55, 20), (std::vector<Ids>{first, Ids(20, kDog)}));
  EXPECT_EQ(cut(55, 19).size(), 1u);
  EXPECT_EQ(cut(54, 21).back(), Ids(1, kDog));
  EXPECT_EQ(cut(74, 1), (std::vector<Ids>{cut(74, 0).front(), Ids(1, kDog)}));
  EXPECT_EQ(cut(75, 1), (std::vector<Ids>{Ids(75, kCat), Ids{kComma, kDog}})) << "the comma itself has no room";
}

TEST(Tokens, KeepTheirWeightsWhenTheyMove) {
  const Tokens tokens = tokens_of(repeated("cat ", 60) + ", (" + repeated(" dog", 20) + ":0.5)");
  ASSERT_EQ(tokens.chunks.size(), 2u);
  EXPECT_EQ(tokens.chunks[0].weights, std::vector<double>(77, 1));
  EXPECT_EQ(tokens.chunks[1].weights[1], 0.5);
  EXPECT_EQ(tokens.chunks[1].weights[20], 0.5);
  EXPECT_EQ(tokens.chunks[1].weights[21], 1);
}

TEST(Tokens, BreakWhereTheyAreTold) {
  EXPECT_EQ(inner(tokens_of("cat BREAK dog")), (std::vector<Ids>{{kCat}, {kDog}}));
  EXPECT_EQ(inner(tokens_of("BREAK dog")), (std::vector<Ids>{{}, {kDog}}));
  EXPECT_EQ(inner(tokens_of("cat BREAK")), (std::vector<Ids>{{kCat}}));
  EXPECT_EQ(inner(tokens_of("cat BREAK BREAK dog")), (std::vector<Ids>{{kCat}, {}, {kDog}}));
  EXPECT_EQ(inner(tokens_of("BREAK")), (std::vector<Ids>{{}}));
}

TEST(Tokens, AreLostOnlyBeyondTheLastChunk) {
  const std::string fits = repeated("cat ", 75 * kMaxChunks);
  EXPECT_EQ(tokens_of(fits).chunks.size(), kMaxChunks);
  EXPECT_EQ(tokens_of(fits).lost, "");
  const Tokens tokens = tokens_of(fits + " \u00c9COLE ([dog], fox)\n");
  EXPECT_EQ(tokens.chunks.size(), kMaxChunks);
  EXPECT_EQ(tokens.lost, "\u00c9COLE dog, fox\n");
  EXPECT_EQ(tokens_of(repeated("BREAK ", 200) + "(cat) BREAK dog").lost.substr(0, 3), "cat");
}

TEST(Tokens, OfSentencepieceAreCutLikewise) {
  const BundleFolder bundle = test_bundle();
  const TokenizerConfig& config = bundle.config().tokenizer;
  const auto tokenizer = open_tokenizer(bundle);
  const auto tokens_of = [&](const std::string& prompt) { return tokenize(parse_weights(prompt), *tokenizer, config); };
  EXPECT_EQ(tokens_of("a (cat)").chunks.front().ids, tokens_of("a cat").chunks.front().ids);
  const Tokens long_one = tokens_of(repeated("cat ", 60));
  ASSERT_GT(long_one.chunks.size(), 1u);
  EXPECT_EQ(long_one.chunks.front().used, static_cast<std::size_t>(config.max_tokens));
  const Tokens phrases = tokens_of(repeated("cat ", 35) + "," + repeated(" dog", 20));
  ASSERT_GT(phrases.chunks.size(), 1u);
  EXPECT_LT(phrases.chunks.front().used, static_cast<std::size_t>(config.max_tokens));
  EXPECT_EQ(tokens_of(repeated("cat\u4e2d ", 3000) + "\u00e9").lost.substr(0, 3), "cat");
}

TEST(Tokens, OfAnyBytesFillWholeChunks) {
  std::mt19937 random(2);
  const std::string_view signs = "()[]\\:1.5,aB\xc3\xa9 BREAK,";
  for (int i = 0; i < 5'000; ++i) {
    std::string prompt(random() % 400, '\0');
    for (char& byte : prompt) byte = random() % 8 != 0 ? signs[random() % signs.size()] : static_cast<char>(random());
    for (const Chunk& chunk : tokens_of(prompt).chunks) {
      ASSERT_EQ(chunk.ids.size(), 77u);
      ASSERT_EQ(chunk.weights.size(), 77u);
      ASSERT_GE(chunk.used, 2u);
      ASSERT_LE(chunk.used, 77u);
      ASSERT_EQ(chunk.ids.front(), kBegin);
      ASSERT_EQ(chunk.ids[chunk.used - 1], kEnd);
      for (std::size_t k = chunk.used; k < 77; ++k) ASSERT_TRUE(chunk.ids[k] == kEnd && chunk.weights[k] == 1);
    }
  }
}

}  // namespace
}  // namespace sfumato

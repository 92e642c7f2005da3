#include "text/clip_tokenizer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

using Ids = std::vector<std::int64_t>;

const std::string& merges() {
  static const std::string text = read_file(SFUMATO_CLIP_MERGES);
  return text;
}

const ClipTokenizer& tokenizer() {
  static const ClipTokenizer clip(merges(), "merges.txt");
  return clip;
}

Ids ids_of(std::string_view text) {
  Ids ids;
  for (const Token& token : tokenizer().encode(text)) ids.push_back(token.id);
  return ids;
}

TEST(ClipTokenizer, KnowsTheIdsThatStableDiffusionWasTrainedWith) {
  EXPECT_EQ(tokenizer().size(), 49408);
  EXPECT_EQ(tokenizer().begin_id(), 49406);
  EXPECT_EQ(tokenizer().end_id(), 49407);
  EXPECT_EQ(ids_of("a photo of a cat"), (Ids{320, 1125, 539, 320, 2368}));
  EXPECT_EQ(ids_of("A  Photo\nOF a CAT "), (Ids{320, 1125, 539, 320, 2368}));
  EXPECT_EQ(ids_of(","), Ids{267});
  EXPECT_EQ(ids_of(""), Ids{});
}

// scripts/golden/make_tokenizer_golden.py asked transformers.
TEST(ClipTokenizer, GivesTheIdsOfTransformersForThousandsOfTexts) {
  const std::string golden = read_file(SFUMATO_CLIP_TOKENS);
  std::size_t at = 0;
  const auto number = [&] {
    const auto low = static_cast<unsigned char>(golden.at(at));
    const auto high = static_cast<unsigned char>(golden.at(at + 1));
    at += 2;
    return static_cast<std::size_t>(low | high << 8);
  };
  int texts = 0;
  while (at < golden.size()) {
    const std::size_t bytes = number();
    const std::string text = golden.substr(at, bytes);
    at += bytes;
    Ids expected(number());
    for (std::int64_t& id : expected) id = static_cast<std::int64_t>(number());
    ASSERT_EQ(ids_of(text), expected) << "text " << texts << ": " << ::testing::PrintToString(text);
    ++texts;
  }
  EXPECT_GE(texts, 5000);
}

TEST(ClipTokenizer, ReadsBrokenUtf8AsReplacementCharacters) {
  EXPECT_EQ(ids_of("a \xff cat"), ids_of("a \ufffd cat"));
  EXPECT_EQ(ids_of("\xe2\x82"), ids_of("\ufffd"));                  // one character that was cut off
  EXPECT_EQ(ids_of("\xed\xa0\x80"), ids_of("\ufffd\ufffd\ufffd"));  // a surrogate is none
}

TEST(ClipTokenizer, TellsWhereTheWordOfEachTokenBegins) {
  const std::string text = " Éa  smiling-cat's\u3000\U0001F600";
  std::vector<std::size_t> begins;
  for (const Token& token : tokenizer().encode(text)) begins.push_back(token.begin);
  ASSERT_GE(begins.size(), 6u);
  EXPECT_EQ(begins.front(), 1u);
  EXPECT_EQ(begins[begins.size() - 2], text.find('s'));
  EXPECT_EQ(begins.back(), text.find("\U0001F600"));
}

TEST(ClipTokenizer, SpellsATokenAsTheBytesItStandsFor) {
  EXPECT_EQ(tokenizer().spelling(2368), "cat</w>");
  EXPECT_EQ(tokenizer().spelling(49407), "<|endoftext|>");
  std::string spelled;
  for (const std::int64_t id : ids_of("東京")) spelled += tokenizer().spelling(id);
  EXPECT_EQ(spelled, "東京</w>");
}

TEST(ClipTokenizer, SpellsWhatItReadBackForAnyBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    for (const Token& token : tokenizer().encode(text)) {
      ASSERT_GE(token.id, 0);
      ASSERT_LT(token.id, tokenizer().size());
      ASSERT_LT(token.begin, text.size());
      ASSERT_FALSE(tokenizer().spelling(token.id).empty());
    }
  }
}

TEST(ClipTokenizer, TakesAVeryLongWordInTimeThatGrowsWithItsLength) {
  std::string word;
  while (word.size() < 1'000'000) word += "abcabca";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_GT(tokenizer().encode(word).size(), 100'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));  // n * n steps would take minutes
}

std::string refusal(const std::string& text) {
  return error_of([&] { const ClipTokenizer clip(text, "merges.txt"); });
}

TEST(ClipTokenizer, RefusesAMergesFileByTheLineThatIsWrong) {
  EXPECT_EQ(refusal(""), "bad_bundle: merges.txt: is empty. Copy the bundle again.");
  EXPECT_EQ(refusal("i n\n"), "bad_bundle: merges.txt:1: \"#version: 0.2\" is expected. Copy the bundle again.");
  EXPECT_EQ(refusal("#version: 0.2"), "bad_bundle: merges.txt:1: the last line has no end. Copy the bundle again.");
  EXPECT_EQ(refusal("#version: 0.2\ni n\nin g</w>"),
            "bad_bundle: merges.txt:3: the last line has no end. Copy the bundle again.");
  const std::string pair = "two symbols with one space between are expected, not ";
  EXPECT_EQ(refusal("#version: 0.2\ni n\n\n"), "bad_bundle: merges.txt:3: " + pair + "\"\". Copy the bundle again.");
  EXPECT_EQ(refusal("#version: 0.2\nin\n"), "bad_bundle: merges.txt:2: " + pair + "\"in\". Copy the bundle again.");
  EXPECT_EQ(refusal("#version: 0.2\ni n g\n"),
            "bad_bundle: merges.txt:2: " + pair + "\"i n g\". Copy the bundle again.");
  const std::string unknown = "is not a symbol that an earlier line makes. Copy the bundle again.";
  EXPECT_EQ(refusal("#version: 0.2\nin g\n"), "bad_bundle: merges.txt:2: \"in\" " + unknown);
  EXPECT_EQ(refusal("#version: 0.2\ni n\r\n"), "bad_bundle: merges.txt:2: \"n\\x0d\" " + unknown);
  EXPECT_EQ(refusal("#version: 0.2\ni \xff\n"), "bad_bundle: merges.txt:2: \"\\xff\" " + unknown);
  EXPECT_EQ(refusal("#version: 0.2\ni n\ni n\n"),
            "bad_bundle: merges.txt:3: \"in\" is made a second time. Copy the bundle again.");
}

}  // namespace
}  // namespace sfumato

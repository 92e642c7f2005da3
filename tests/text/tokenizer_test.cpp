#include "text/tokenizer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "error_of.h"
#include "model/tiny_bundle.h"
#include "test_bundle.h"

namespace sfumato {
namespace {

// The ids of a prompt without what is put around it.
std::vector<std::int64_t> pieces_of(const Tokens& tokens) {
  return {tokens.ids.begin() + 1, tokens.ids.begin() + tokens.used - 1};
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Tokenizer, PutsTheBeginningTheEndAndPaddingAroundThePieces) {
  const Bundle bundle = test_bundle();
  const TokenizerConfig& config = bundle.config().tokenizer;
  const Tokens tokens = Tokenizer(bundle).encode("a cat");
  ASSERT_EQ(tokens.ids.size(), static_cast<std::size_t>(config.max_tokens));
  ASSERT_GT(tokens.used, 2);
  EXPECT_EQ(tokens.ids.front(), config.bos);
  EXPECT_EQ(tokens.ids[static_cast<std::size_t>(tokens.used) - 1], config.eos);
  EXPECT_TRUE(std::all_of(tokens.ids.begin() + tokens.used, tokens.ids.end(),
                          [&](std::int64_t id) { return id == config.pad; }));
  for (const std::int64_t id : pieces_of(tokens))
    EXPECT_TRUE(id != config.bos && id != config.eos && id != config.pad) << id;
}

TEST(Tokenizer, MakesTheEmptyPromptOfBeginningAndEndAlone) {
  const Bundle bundle = test_bundle();
  const TokenizerConfig& config = bundle.config().tokenizer;
  std::vector<std::int64_t> expected(static_cast<std::size_t>(config.max_tokens), config.pad);
  expected[0] = config.bos;
  expected[1] = config.eos;
  for (const char* const prompt : {"", " ", " \n\t "}) {
    const Tokens tokens = Tokenizer(bundle).encode(prompt);
    EXPECT_EQ(tokens.ids, expected);
    EXPECT_EQ(tokens.used, 2);
    EXPECT_EQ(tokens.lost, "");
  }
}

TEST(Tokenizer, TellsWordsApartAndNotTheSpacesBetweenThem) {
  const Bundle bundle = test_bundle();
  const Tokenizer tokenizer(bundle);
  EXPECT_EQ(tokenizer.encode("a cat").ids, tokenizer.encode("  a   cat ").ids);
  EXPECT_NE(tokenizer.encode("a cat").ids, tokenizer.encode("a dog").ids);
  EXPECT_NE(tokenizer.encode("a cat").ids, tokenizer.encode("cat a").ids);
}

TEST(Tokenizer, NamesTheWordsThatDoNotFit) {
  const Bundle bundle = test_bundle();
  const Tokenizer tokenizer(bundle);
  const std::string word = " cat";
  const auto room = bundle.config().tokenizer.max_tokens - 2;
  const auto per_word = static_cast<int>(pieces_of(tokenizer.encode("cat")).size());
  ASSERT_EQ(room % per_word, 0);
  const int fits = room / per_word;
  EXPECT_EQ(tokenizer.encode(repeated(word, fits)).lost, "");
  const Tokens tokens = tokenizer.encode(repeated(word, fits) + " cat  CAT, \u00e9\n");
  EXPECT_EQ(tokens.lost, "cat  CAT, \u00e9\n");
  EXPECT_EQ(tokens.used, bundle.config().tokenizer.max_tokens);
  EXPECT_EQ(tokens.ids, tokenizer.encode(repeated(word, fits)).ids);
}

TEST(Tokenizer, CutsNoCharacterInTwo) {
  const Bundle bundle = test_bundle();
  const Tokenizer tokenizer(bundle);
  const std::string prompt = repeated("\U0001F600 cat\u4e2d \u00e9", 100);
  const std::string lost = tokenizer.encode(prompt).lost;
  ASSERT_FALSE(lost.empty());
  EXPECT_TRUE(prompt.ends_with(lost));
  EXPECT_NE(static_cast<unsigned char>(lost.front()) & 0xC0, 0x80) << "begins inside a character";
}

TEST(Tokenizer, TakesAnyTextAndGivesIdsBelowItsVocabulary) {
  const Bundle bundle = test_bundle();
  const Tokenizer tokenizer(bundle);
  using namespace std::string_literals;
  for (const std::string& prompt :
       {"\U0001F600\U0001F468\u200d\U0001F469\u200d\U0001F467"s, "\u0627\u0644\u0642\u0637\u0629"s, "\u202eabc\u2066"s,
        "\x1b]0;x\x07"s, "a\0b"s, "((((:::,,,"s, "<s></s><pad><unk>"s, "\u2581\u2581"s, repeated("(", 60'000),
        repeated("a", 60'000), "\U0010ffff\ufffd\ue000"s}) {
    for (const std::int64_t id : tokenizer.encode(prompt).ids) {
      ASSERT_GE(id, 0);
      ASSERT_LT(id, tokenizer.vocabulary_size());
    }
  }
}

TEST(Tokenizer, DoesNotReadControlTokensOutOfAPrompt) {
  const Bundle bundle = test_bundle();
  const TokenizerConfig& config = bundle.config().tokenizer;
  for (const std::int64_t id : pieces_of(Tokenizer(bundle).encode("<s> </s> <pad>"))) {
    EXPECT_TRUE(id != config.bos && id != config.eos && id != config.pad) << id;
  }
}

TEST(Tokenizer, RefusesAFileThatIsNoSentencepieceModel) {
  Files files = kTinyFiles;
  for (const std::string content : {"", "not a model", "\xff\xff\xff\xff"}) {
    files["tokenizer.model"] = content;
    const std::filesystem::path folder = tiny_bundle(files);
    const Bundle bundle(folder, /*trust=*/true);
    EXPECT_EQ(error_of([&] { const Tokenizer tokenizer(bundle); }),
              "78: " + (folder / "tokenizer.model").string() + ": not a sentencepiece model.");
  }
}

TEST(Tokenizer, RefusesIdsThatTheModelDoesNotHave) {
  const Bundle good = test_bundle();
  Files files = kTinyFiles;
  files["tokenizer.model"] = good.file(good.config().tokenizer.file).text();
  const std::filesystem::path folder =
      tiny_bundle(files, replaced(tiny_description(files), "\"pad\": 0", "\"pad\": 1000000"));
  const Bundle bundle(folder, /*trust=*/true);
  EXPECT_EQ(error_of([&] { const Tokenizer tokenizer(bundle); }),
            "78: " + (folder / "tokenizer.model").string() + ": has " +
                std::to_string(Tokenizer(good).vocabulary_size()) + " tokens, model.json speaks of id 1000000.");
}

}  // namespace
}  // namespace sfumato

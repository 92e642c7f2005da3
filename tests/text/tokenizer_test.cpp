#include "text/tokenizer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bundle/tiny_bundle.h"
#include "error_of.h"
#include "test_bundle.h"

namespace sfumato {
namespace {

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::vector<std::int64_t> ids_of(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<std::int64_t> ids;
  for (const Token& token : tokenizer.encode(text)) ids.push_back(token.id);
  return ids;
}

TEST(Tokenizer, TellsWordsApartAndNotTheSpacesBetweenThem) {
  const auto tokenizer = open_tokenizer(test_bundle());
  EXPECT_EQ(ids_of(*tokenizer, "a cat"), ids_of(*tokenizer, "  a   cat "));
  EXPECT_NE(ids_of(*tokenizer, "a cat"), ids_of(*tokenizer, "a dog"));
  EXPECT_NE(ids_of(*tokenizer, "a cat"), ids_of(*tokenizer, "cat a"));
  EXPECT_EQ(ids_of(*tokenizer, " \n\t "), ids_of(*tokenizer, ""));
  EXPECT_TRUE(tokenizer->encode("").empty());
}

TEST(Tokenizer, TellsWhereATokenBeginsAndSpellsIt) {
  const auto tokenizer = open_tokenizer(test_bundle());
  const std::string text = "  caf\u00e9 cat";
  std::string spelled;
  for (const Token& token : tokenizer->encode(text)) {
    ASSERT_LT(token.begin, text.size());
    EXPECT_NE(static_cast<unsigned char>(text[token.begin]) & 0xC0, 0x80) << "begins inside a character";
    spelled += tokenizer->spelling(token.id);
  }
  EXPECT_TRUE(spelled.ends_with("\u2581cat")) << spelled;
}

TEST(Tokenizer, TakesAnyTextAndGivesIdsBelowItsVocabulary) {
  const auto tokenizer = open_tokenizer(test_bundle());
  using namespace std::string_literals;
  for (const std::string& prompt :
       {"\U0001F600\U0001F468\u200d\U0001F469\u200d\U0001F467"s, "\u0627\u0644\u0642\u0637\u0629"s, "\u202eabc\u2066"s,
        "\x1b]0;x\x07"s, "a\0b"s, "((((:::,,,"s, "<s></s><pad><unk>"s, "\u2581\u2581"s, repeated("(", 60'000),
        repeated("a", 60'000), "\U0010ffff\ufffd\ue000"s, "\xff\xc3 \xe2\x82"s}) {
    for (const std::int64_t id : ids_of(*tokenizer, prompt)) {
      ASSERT_GE(id, 0);
      ASSERT_LT(id, tokenizer->size());
    }
  }
}

TEST(Tokenizer, DoesNotReadControlTokensOutOfAPrompt) {
  const BundleFolder bundle = test_bundle();
  const TokenizerConfig& config = bundle.config().tokenizer;
  for (const std::int64_t id : ids_of(*open_tokenizer(bundle), "<s> </s> <pad>")) {
    EXPECT_TRUE(id != config.bos && id != config.eos && id != config.pad) << id;
  }
}

TEST(Tokenizer, RefusesAFileThatIsNoSentencepieceModel) {
  Files files = kTinyFiles;
  for (const std::string content : {"", "not a model", "\xff\xff\xff\xff"}) {
    files["tokenizer.model"] = content;
    const std::filesystem::path folder = tiny_bundle(files);
    const BundleFolder bundle(folder, Trust::all);
    EXPECT_EQ(error_of([&] { (void)open_tokenizer(bundle); }),
              "bad_bundle: " + (folder / "tokenizer.model").string() + ": not a sentencepiece model.");
  }
}

TEST(Tokenizer, RefusesIdsThatTheModelDoesNotHave) {
  const BundleFolder good = test_bundle();
  Files files = kTinyFiles;
  files["tokenizer.model"] = good.file(good.config().tokenizer.file).text();
  const std::filesystem::path folder =
      tiny_bundle(files, replaced(tiny_description(files), "\"pad\": 0", "\"pad\": 1000000"));
  const BundleFolder bundle(folder, Trust::all);
  EXPECT_EQ(error_of([&] { (void)open_tokenizer(bundle); }),
            "bad_bundle: " + (folder / "tokenizer.model").string() + ": has " +
                std::to_string(open_tokenizer(good)->size()) + " tokens, model.json states id 1000000.");
}

Files clip_files(const std::string& merges) {
  Files files = kTinyFiles;
  files["tokenizer.model"] = merges;
  return files;
}

std::filesystem::path clip_bundle(const std::string& merges, const std::string& ids) {
  const Files files = clip_files(merges);
  const std::string said = replaced(tiny_description(files), "\"kind\": \"sentencepiece\"", "\"kind\": \"clip\"");
  return tiny_bundle(files, replaced(said, "\"bos\": 1, \"eos\": 2, \"pad\": 0", ids));
}

TEST(Tokenizer, IsOfTheKindThatTheBundleSays) {
  const BundleFolder bundle(clip_bundle("#version: 0.2\nc a\nca t</w>\n", R"("bos": 514, "eos": 515, "pad": 515)"),
                            Trust::all);
  const auto tokenizer = open_tokenizer(bundle);
  EXPECT_EQ(tokenizer->size(), 516);
  EXPECT_EQ(ids_of(*tokenizer, "CAT"), std::vector<std::int64_t>{513});
}

TEST(Tokenizer, RefusesMergesByTheirLine) {
  const std::filesystem::path folder =
      clip_bundle("#version: 0.2\nc a\ncat\n", R"("bos": 514, "eos": 515, "pad": 515)");
  const BundleFolder bundle(folder, Trust::all);
  EXPECT_EQ(error_of([&] { (void)open_tokenizer(bundle); }),
            "bad_bundle: " + (folder / "tokenizer.model").string() +
                ":3: two symbols with one space between are expected, not \"cat\". Copy the bundle again.");
}

TEST(Tokenizer, RefusesControlTokensThatAreNotThoseOfTheMerges) {
  const std::filesystem::path folder = clip_bundle("#version: 0.2\nc a\n", R"("bos": 513, "eos": 513, "pad": 0)");
  const BundleFolder bundle(folder, Trust::all);
  EXPECT_EQ(error_of([&] { (void)open_tokenizer(bundle); }),
            "bad_bundle: " + (folder / "tokenizer.model").string() +
                ": prompts begin with 513 and end with 514, model.json states 513 and 513.");
}

}  // namespace
}  // namespace sfumato

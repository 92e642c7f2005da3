#include "jobs/prompt_line.h"

#include <gtest/gtest.h>

#include <random>

#include "error_of.h"

namespace sfumato {
namespace {

// "prompt=a fox; seed=1|2": options in their order, texts separated by |.
std::string parsed(const std::string& text, bool json = false) {
  const std::optional<PromptLine> line =
      parse_prompt_line(text, "f:3", json, [](std::string_view flag) { return flag == "--batch-size"; });
  if (!line) return "nothing";
  std::string result;
  for (const OptionSetting& setting : line->settings) {
    result += (result.empty() ? "" : "; ") + std::string(setting.option->name) + "=";
    for (const std::string& value : setting.texts) result += (&value == &setting.texts.front() ? "" : "|") + value;
  }
  return result + (line->output.empty() ? "" : "; output=" + line->output);
}

std::string error(const std::string& text, bool json = false) {
  return error_of([&] { (void)parsed(text, json); });
}

TEST(PromptLine, IsAPrompt) {
  EXPECT_EQ(parsed("a red fox"), "prompt=a red fox");
  EXPECT_EQ(parsed("  a fox's tail, \"in\" snow \t"), "prompt=a fox's tail, \"in\" snow");
  EXPECT_EQ(parsed("a -- b - c -5 t-shirt"), "prompt=a -- b - c -5 t-shirt");
  EXPECT_EQ(parsed("{a|b} fox"), "prompt={a|b} fox");
  EXPECT_EQ(parsed("[a, b]"), "prompt=[a, b]");
  EXPECT_EQ(parsed("\"a\" and \"b\""), "prompt=\"a\" and \"b\"");
}

TEST(PromptLine, MayBeNothing) {
  for (const char* const text : {"", "   ", "\t", "# a fox", "  #"}) EXPECT_EQ(parsed(text), "nothing");
  EXPECT_EQ(parsed("a fox # one"), "prompt=a fox # one");
}

TEST(PromptLine, HasFlagsAfterThePrompt) {
  EXPECT_EQ(parsed("a red fox --seed 7 --steps 30"), "prompt=a red fox; seed=7; steps=30");
  EXPECT_EQ(parsed("a fox -s 1..4 -n dark, blurry -W 64"),
            "prompt=a fox; seed=1..4; negative_prompt=dark, blurry; width=64");
  EXPECT_EQ(parsed("a fox --cfg_scale=7.5 --sampler=ddim,pndm"),
            "prompt=a fox; cfg_scale=7.5; sampling_method=ddim,pndm");
  EXPECT_EQ(parsed("a fox --seed -1"), "prompt=a fox; seed=-1");
  EXPECT_EQ(parsed("a fox --output x/{index}.png"), "prompt=a fox; output=x/{index}.png");
}

TEST(PromptLine, TakesOneQuotedValueOutOfItsQuotes) {
  EXPECT_EQ(parsed("\"a --b fox\" --seed 7"), "prompt=a --b fox; seed=7");
  EXPECT_EQ(parsed("'a \"b\" fox'"), "prompt=a \"b\" fox");
  EXPECT_EQ(parsed("a fox --negative-prompt \"--x \\\"y\\\" \\\\ \\(z\""),
            "prompt=a fox; negative_prompt=--x \"y\" \\ \\(z");
  EXPECT_EQ(parsed("a fox -n \"\" --seed 3"), "prompt=a fox; negative_prompt=; seed=3");
  EXPECT_EQ(parsed("a fox -n \"open --seed 3"), "prompt=a fox; negative_prompt=\"open; seed=3");
}

TEST(PromptLine, UnderstandsTheLinesOfOtherPrograms) {
  EXPECT_EQ(
      parsed("--prompt \"photo of sunset\" --negative_prompt \"orange, pink\" --seed 1 --steps 20 --cfg_scale 7 "
             "--width 512 --height 512 --sampler_name \"DPM++ 2M Karras\" --n_iter 2"),
      "prompt=photo of sunset; negative_prompt=orange, pink; seed=1; steps=20; cfg_scale=7; width=512; height=512; "
      "sampling_method=DPM++ 2M Karras; batch_count=2");
  EXPECT_EQ(parsed("masterpiece, 1girl --n low quality, bad anatomy --w 512 --h 768 --d 5 --l 7.5"),
            "prompt=masterpiece, 1girl; negative_prompt=low quality, bad anatomy; width=512; height=768; seed=5; "
            "cfg_scale=7.5");
}

TEST(PromptLine, IsAJsonObjectWithTheSameNames) {
  EXPECT_EQ(parsed(R"({"prompt": "a fox", "seed": 7, "cfg-scale": 7.5, "sampler": "ddim"})"),
            "prompt=a fox; seed=7; cfg_scale=7.5; sampling_method=ddim");
  EXPECT_EQ(parsed(R"({"prompt": ["a, b", "c"], "seed": [1, "3..4", "random"], "output": "x.png"})"),
            "prompt=a, b|c; seed=1|3..4|random; output=x.png");
  EXPECT_EQ(parsed(R"( { "prompt" : "a" } )"), "prompt=a");
  EXPECT_EQ(parsed("{}"), "");
}

TEST(PromptLine, SaysWhereJsonEnds) {
  EXPECT_TRUE(error(R"({"prompt": "a", )").starts_with("usage: f:3: column 17: ")) << error(R"({"prompt": "a", )");
  EXPECT_TRUE(error(R"({"prompt": nan})").starts_with("usage: f:3: column ")) << error(R"({"prompt": nan})");
  EXPECT_TRUE(error(R"({"cfg_scale": 1e999})").starts_with("usage: f:3: ")) << error(R"({"cfg_scale": 1e999})");
  EXPECT_EQ(error(R"({"seed": 1, "seed": 2})"), "usage: f:3: key \"seed\" appears twice.");
  EXPECT_TRUE(error("{\"prompt\":" + std::string(40, '[')).starts_with("usage: f:3: nested deeper than 32 levels"));
}

TEST(PromptLine, RefusesJsonOfTheWrongType) {
  EXPECT_EQ(error("[1]", true), "usage: f:3: [1]: an object { } is expected.");
  EXPECT_EQ(error("42", true), "usage: f:3: 42: an object { } is expected.");
  EXPECT_EQ(error(R"({"seed": "7"})"), "usage: f:3: \"seed\": \"7\": a whole number, without quotes, is expected.");
  EXPECT_EQ(error(R"({"seed": -1})"),
            "usage: f:3: \"seed\": -1: a whole number from 0 to 18446744073709551615, or \"random\", is expected.");
  EXPECT_EQ(error(R"({"steps": true})"), "usage: f:3: \"steps\": true: a whole number, without quotes, is expected.");
  EXPECT_EQ(error(R"({"prompt": null})"), "usage: f:3: \"prompt\": null: a string is expected.");
  EXPECT_EQ(error(R"({"prompt": []})"), "usage: f:3: \"prompt\": the list is empty.");
  EXPECT_EQ(error(R"({"seed": [[1]]})"), "usage: f:3: \"seed\": [1]: a whole number, without quotes, is expected.");
}

TEST(PromptLine, HasFlagsThatTakeNoValue) {
  EXPECT_EQ(parsed("a fox --exact-steps"), "prompt=a fox; exact_steps=true");
  EXPECT_EQ(parsed("a fox --exact-steps --seed 7"), "prompt=a fox; exact_steps=true; seed=7");
  EXPECT_EQ(parsed("a fox --no-exact-steps -i fox.png"), "prompt=a fox; exact_steps=false; init_img=fox.png");
  EXPECT_EQ(parsed("a fox --exact-steps false --mask_invert=true"),
            "prompt=a fox; exact_steps=false; mask_invert=true");
  EXPECT_EQ(parsed(R"({"prompt": "a", "mask_invert": true, "init_img": ["a.png", "b.png"]})"),
            "prompt=a; mask_invert=true; init_img=a.png|b.png");
  EXPECT_EQ(error("--exact-steps a fox"), "usage: f:3: \"a fox\": follows a flag that takes no value.");
  EXPECT_EQ(error("a --no-exact-steps b fox"), "usage: f:3: \"b fox\": follows a flag that takes no value.");
  EXPECT_EQ(error("a --no-steps 3"), "usage: f:3: --no-steps: is not an option of a picture.");
}

TEST(PromptLine, RefusesDerivedOptions) {
  EXPECT_EQ(error("a fox --steps-done 7"), "usage: f:3: --steps-done: is not an option of a picture.");
}

TEST(PromptLine, NamesTheNearestOption) {
  EXPECT_EQ(error("a fox --step 3"), "usage: f:3: --step: is not an option of a picture. Did you mean `steps`?");
  EXPECT_EQ(error("a fox --cfg_scal 3"),
            "usage: f:3: --cfg_scal: is not an option of a picture. Did you mean `cfg_scale`?");
  EXPECT_EQ(error(R"({"promt": "a"})"),
            "usage: f:3: \"promt\": is not an option of a picture. Did you mean \"prompt\"?");
  EXPECT_EQ(error("a fox --lora x"), "usage: f:3: --lora: is not an option of a picture.");
  EXPECT_EQ(error("a fox --batch_size 2"), "usage: f:3: --batch_size: is for the whole run, not for one line.");
}

TEST(PromptLine, RefusesFlagsWithoutAValueOrTwice) {
  EXPECT_EQ(error("a fox --seed"), "usage: f:3: --seed: a value is missing.");
  EXPECT_EQ(error("a fox --seed --steps 3"), "usage: f:3: --seed: a value is missing.");
  EXPECT_EQ(error("a fox --seed 1 -s 2"), "usage: f:3: `seed`: is given more than once.");
  EXPECT_EQ(error("a fox -p b"), "usage: f:3: `prompt`: is given more than once.");
}

TEST(PromptLine, IsSomethingOrAnErrorWhateverItSays) {
  const std::vector<std::string> pieces = {
      "a fox", " ", "--seed", "--steps", "-n", "=", "\"", "'", "{",  "}",  "|",  "__", "\\",   "{\"",  ":",
      "1..4",  ",", "\t",     "prompt",  "[",  "]", "#",  "7", "-1", "$$", "--", "-",  "\xff", "\x1b", "null"};
  std::mt19937 random(1);
  int lines = 0, errors = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    try {
      lines += parse_prompt_line(text, "f:3", random() % 4 == 0) ? 1 : 0;
    } catch (const Error& error) {
      ++errors;
      ASSERT_TRUE(std::string(error.what()).starts_with("f:3: ")) << text << "\n" << error.what();
    }
  }
  EXPECT_GT(lines, 20'000);
  EXPECT_GT(errors, 20'000);
}

}  // namespace
}  // namespace sfumato

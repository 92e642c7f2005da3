#include "bundle/bundle_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "bundle/tiny_bundle.h"
#include "error_of.h"

namespace sfumato {
namespace {

std::string error_in(const std::filesystem::path& folder) {
  return error_of([&] { BundleFolder(folder, Trust::all).check_all(); });
}

// The error of a bundle whose model.json has `to` where a good one has `from`.
std::string error_when(const std::string& from, const std::string& to) {
  const std::filesystem::path folder = tiny_bundle(kTinyFiles, replaced(tiny_description(kTinyFiles), from, to));
  return replaced(error_in(folder) + "\n", "bad_bundle: " + (folder / "model.json").string() + ": ", "");
}

TEST(Bundle, ReadsWhatModelJsonSays) {
  const BundleFolder bundle(tiny_bundle(), Trust::all);
  const ModelConfig& config = bundle.config();
  EXPECT_EQ(config.name, "tiny");
  EXPECT_EQ(config.tokenizer.max_tokens, 8);
  EXPECT_EQ(config.network(NetworkKind::unet).graph, "graph.ts");
  EXPECT_EQ(config.network(NetworkKind::unet).weights, std::vector<std::string>{"weights.safetensors"});
  EXPECT_EQ(config.latents.scaling_factor, 0.5);
  EXPECT_EQ(config.noise_schedule.prediction_type, PredictionType::epsilon);
  EXPECT_EQ(config.defaults.height, 32);
  EXPECT_EQ(config.defaults.sampling_method, SamplingMethod::euler);
  EXPECT_EQ(bundle.file("graph.ts").text(), "program");
  EXPECT_EQ(bundle.digest(), sha256(tiny_description(kTinyFiles)));
}

TEST(Bundle, TakesOtherFilesThatAreListed) {
  Files files = kTinyFiles;
  files["LICENSE"] = "MIT";
  files["NOTICE"] = "";
  EXPECT_EQ(error_in(tiny_bundle(files)), "no error");
}

TEST(Bundle, RefusesAFolderThatIsNotThere) {
  const std::filesystem::path folder = test_folder() / "nowhere";
  EXPECT_EQ(error_in(folder),
            "input_missing: " + folder.string() +
                ": no such model. `model` takes a bundle: a folder with model.json (docs/bundle-format.md).");
}

TEST(Bundle, RefusesAFolderWithoutModelJson) {
  const std::filesystem::path folder = test_folder();
  EXPECT_EQ(error_in(folder), "bad_bundle: " + (folder / "model.json").string() + ": No such file or directory.");
}

TEST(Bundle, RefusesEveryFileThatIsMissing) {
  for (const auto& [name, content] : kTinyFiles) {
    const std::filesystem::path folder = tiny_bundle();
    std::filesystem::remove(folder / name);
    EXPECT_EQ(error_in(folder), "bad_bundle: " + (folder / name).string() + ": No such file or directory.");
  }
}

TEST(Bundle, RefusesEveryFileThatIsTruncated) {
  for (const auto& [name, content] : kTinyFiles) {
    const std::filesystem::path folder = tiny_bundle();
    write_file(folder / name, content.substr(0, content.size() - 1));
    EXPECT_EQ(error_in(folder), "bad_bundle: " + (folder / name).string() + ": has " +
                                    std::to_string(content.size() - 1) + " bytes, model.json states " +
                                    std::to_string(content.size()) + ". Copy the bundle again.");
  }
}

TEST(Bundle, RefusesOneBitFlippedInAnyFile) {
  for (const auto& [name, content] : kTinyFiles) {
    for (std::size_t bit = 0; bit < 8 * content.size(); ++bit) {
      const std::filesystem::path folder = tiny_bundle();
      std::string damaged = content;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      write_file(folder / name, damaged);
      ASSERT_EQ(error_in(folder), "bad_bundle: " + (folder / name).string() + ": is damaged: SHA-256 " +
                                      sha256(damaged) + ", model.json states " + sha256(content) +
                                      ". Copy the bundle again.");
    }
  }
}

TEST(Bundle, HandsOutNoFileThatIsDamaged) {
  const std::filesystem::path folder = tiny_bundle();
  write_file(folder / "weights.safetensors", "numbres");
  const BundleFolder bundle(folder, Trust::all);
  EXPECT_EQ(bundle.file("graph.ts").text(), "program");
  EXPECT_TRUE(error_of([&] {
                (void)bundle.file("weights.safetensors");
              }).starts_with("bad_bundle: " + (folder / "weights.safetensors").string() + ": is damaged: SHA-256 "));
}

TEST(Bundle, RefusesEveryTruncationOfModelJson) {
  const std::filesystem::path folder = tiny_bundle();
  const std::string description = read_file(folder / "model.json");
  for (std::size_t length = 0; length < description.size(); ++length) {
    write_file(folder / "model.json", description.substr(0, length));
    ASSERT_TRUE(error_in(folder).starts_with("bad_bundle: " + (folder / "model.json").string() + ": byte ")) << length;
  }
}

TEST(Bundle, RefusesAFileThatIsNotListed) {
  const std::filesystem::path folder = tiny_bundle();
  write_file(folder / "extra.ts", "program");
  EXPECT_EQ(error_in(folder), "bad_bundle: " + (folder / "extra.ts").string() +
                                  ": is not listed in model.json. Take it out of the bundle.");
}

TEST(Bundle, RefusesAFolderInside) {
  const std::filesystem::path folder = tiny_bundle();
  std::filesystem::create_directory(folder / "more");
  EXPECT_EQ(error_in(folder),
            "bad_bundle: " + (folder / "more").string() + ": is not listed in model.json. Take it out of the bundle.");
}

TEST(Bundle, RefusesAFileThatANetworkNeedsAndFilesDoesNotList) {
  EXPECT_EQ(error_when("\"graph\": \"graph.ts\"", "\"graph\": \"other.ts\""),
            "files: \"other.ts\" is not listed, but the model needs it.\n");
}

TEST(Bundle, RefusesANameThatIsMoreThanAName) {
  for (const std::string name :
       {"../graph.ts", "/etc/passwd", "a/graph.ts", "..", ".hidden", "", "a\\\\b", "a b", "gr\u00e4ph"}) {
    const std::string error = error_when("\"graph\": \"graph.ts\"", "\"graph\": \"" + name + "\"");
    EXPECT_TRUE(error.starts_with("networks: text_encoder: graph: \"")) << error;
    EXPECT_NE(error.find("is not a file name inside the bundle"), std::string::npos) << error;
  }
  const std::string with_nul = error_when("\"graph\": \"graph.ts\"", R"("graph": "a\u0000b")");
  EXPECT_NE(with_nul.find("\"a\\x00b\": a string with a NUL"), std::string::npos) << with_nul;
  EXPECT_NE(
      error_when("\"graph.ts\": {", "\"../graph.ts\": {").find("\"../graph.ts\" is not a file name inside the bundle"),
      std::string::npos);
}

TEST(Bundle, RefusesASymbolicLink) {
  for (const char* const name : {"graph.ts", "model.json"}) {
    const std::filesystem::path folder = tiny_bundle();
    const std::filesystem::path outside = folder.parent_path() / "sfumato-outside";
    std::filesystem::copy_file(folder / name, outside, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(folder / name);
    std::filesystem::create_symlink(outside, folder / name);
    EXPECT_EQ(error_in(folder),
              "bad_bundle: " + (folder / name).string() + ": is a symbolic link; a regular file is expected.");
  }
}

TEST(Bundle, RefusesWhatIsNoRegularFile) {
  const std::filesystem::path folder = tiny_bundle();
  std::filesystem::remove(folder / "graph.ts");
  std::filesystem::create_directory(folder / "graph.ts");
  EXPECT_EQ(error_in(folder), "bad_bundle: " + (folder / "graph.ts").string() + ": is a folder; a file is expected.");
}

TEST(Bundle, DoesNotWaitForAPipe) {
  const std::filesystem::path folder = tiny_bundle();
  std::filesystem::remove(folder / "graph.ts");
  ASSERT_EQ(mkfifo((folder / "graph.ts").c_str(), 0600), 0);
  EXPECT_EQ(error_in(folder),
            "bad_bundle: " + (folder / "graph.ts").string() + ": is a named pipe; a regular file is expected.");
}

TEST(Bundle, RefusesAKeyThatAppearsTwice) {
  EXPECT_EQ(error_when("\"name\": \"tiny\"", "\"name\": \"tiny\", \"name\": \"other\""),
            "key \"name\" appears twice.\n");
}

TEST(Bundle, RefusesAKeyItDoesNotKnow) {
  EXPECT_EQ(error_when("\"name\": \"tiny\"", "\"name\": \"tiny\", \"nmae\": 1"), "nmae: is an unknown key.\n");
  EXPECT_EQ(error_when("\"pad\": 0", "\"pad\": 0, \"unk\": 3"), "tokenizer: unk: is an unknown key.\n");
}

TEST(Bundle, RefusesAnotherFormat) {
  EXPECT_EQ(error_when("sfumato-bundle", "diffusers"), "format: \"sfumato-bundle\" is expected.\n");
}

TEST(Bundle, RefusesAVersionNewerThanItself) {
  EXPECT_EQ(error_when("\"format_version\": 1", "\"format_version\": 3"),
            "format_version: 3 is newer than this program, which reads up to 2; take a newer sfumato.\n");
}

TEST(Bundle, LooksAtTheVersionBeforeAnythingElse) {
  EXPECT_EQ(error_when("\"format_version\": 1,", "\"format_version\": 3, \"brand_new\": [],"),
            "format_version: 3 is newer than this program, which reads up to 2; take a newer sfumato.\n");
}

TEST(Bundle, RefusesNumbersOutOfRange) {
  EXPECT_EQ(error_when("\"max_tokens\": 8", "\"max_tokens\": 2"),
            "tokenizer: max_tokens: a whole number from 3 to 4096 is expected.\n");
  EXPECT_EQ(error_when("\"bos\": 1", "\"bos\": -1"),
            "tokenizer: bos: a whole number from 0 to 16777215 is expected.\n");
  EXPECT_EQ(error_when("\"scaling_factor\": 0.5", "\"scaling_factor\": 0"),
            "latents: scaling_factor: a number from 1e-06 to 1e+06 is expected.\n");
  EXPECT_EQ(error_when("\"beta_end\": 0.02", "\"beta_end\": 1"),
            "noise_schedule: beta_end: a number from 0.0001 to 0.999 is expected.\n");
  EXPECT_EQ(error_when("\"width\": 64", "\"width\": 64.5"),
            "defaults: width: a whole number from 1 to 4096 is expected.\n");
}

TEST(Bundle, NamesTheWordsItKnows) {
  EXPECT_EQ(
      error_when("\"prediction_type\": \"epsilon\"", "\"prediction_type\": \"flow\""),
      "noise_schedule: prediction_type: \"flow\" is not known; one of epsilon, v_prediction, sample is expected.\n");
  EXPECT_EQ(error_when("\"kind\": \"sentencepiece\"", "\"kind\": \"bpe\""),
            "tokenizer: kind: \"bpe\" is not known; one of sentencepiece, clip is expected.\n");
}

TEST(Bundle, ReadsWhatOnlySomeFamiliesHave) {
  const BundleFolder plain(tiny_bundle(), Trust::all);
  EXPECT_EQ(plain.config().tokenizer.kind, TokenizerKind::sentencepiece);
  EXPECT_EQ(plain.config().tokenizer.pad_2, std::nullopt);
  EXPECT_FALSE(plain.config().has(NetworkKind::text_encoder_2));
  EXPECT_EQ(plain.config().pooled_width, 0);
  EXPECT_FALSE(plain.config().noise_schedule.rescale_betas_zero_snr);
  EXPECT_FALSE(plain.config().inpainting);
  EXPECT_FALSE(plain.config().zero_empty_negative_prompt);
  EXPECT_EQ(plain.config().weights_layout, WeightsLayout::contiguous);
  EXPECT_EQ(plain.config().defaults.dtype, std::nullopt);

  std::string text = tiny_description(kTinyFiles);
  text = replaced(text, "\"kind\": \"sentencepiece\"", "\"kind\": \"clip\", \"pad_2\": 5");
  text = replaced(text, "\"unet\": {",
                  R"("text_encoder_2": {"graph": "graph.ts", "weights": ["weights.safetensors"]}, "unet": {)");
  text = replaced(text, "\"conditioning_width\": 4",
                  R"("conditioning_width": 4, "pooled_width": 6, "zero_empty_negative_prompt": true,
                     "weights_layout": "channels_last")");
  text = replaced(text, "\"set_alpha_to_one\": false", "\"set_alpha_to_one\": false, \"rescale_betas_zero_snr\": true");
  text = replaced(text, "\"scheduler\": \"discrete\"", "\"scheduler\": \"discrete\", \"dtype\": \"bfloat16\"");
  const BundleFolder full(tiny_bundle(kTinyFiles, text), Trust::all);
  EXPECT_EQ(full.config().tokenizer.kind, TokenizerKind::clip);
  EXPECT_EQ(full.config().tokenizer.pad_2, 5);
  ASSERT_TRUE(full.config().has(NetworkKind::text_encoder_2));
  EXPECT_EQ(full.config().network(NetworkKind::text_encoder_2).graph, "graph.ts");
  EXPECT_EQ(full.config().pooled_width, 6);
  EXPECT_TRUE(full.config().noise_schedule.rescale_betas_zero_snr);
  EXPECT_TRUE(full.config().zero_empty_negative_prompt);
  EXPECT_EQ(full.config().weights_layout, WeightsLayout::channels_last);
  EXPECT_EQ(full.config().defaults.dtype, Dtype::bfloat16);
}

TEST(Bundle, WantsASecondTextEncoderAndAPooledWidthTogether) {
  EXPECT_EQ(error_when("\"conditioning_width\": 4", "\"conditioning_width\": 4, \"pooled_width\": 6"),
            "pooled_width: goes with networks.text_encoder_2, and one of them is missing.\n");
  EXPECT_EQ(error_when("\"unet\": {",
                       R"("text_encoder_2": {"graph": "graph.ts", "weights": ["weights.safetensors"]}, "unet": {)"),
            "pooled_width: goes with networks.text_encoder_2, and one of them is missing.\n");
}

TEST(Bundle, RefusesADigestThatIsNone) {
  EXPECT_EQ(error_when(sha256("program"), "12"),
            "files: graph.ts: sha256: 64 lower-case hexadecimal digits are expected.\n");
}

TEST(Bundle, UsesNoGraphOrTokenizerItDoesNotKnowUnlessItIsTrusted) {
  const std::filesystem::path folder = tiny_bundle();
  EXPECT_EQ(error_of([&] { const BundleFolder bundle(folder); }),
            "bad_bundle: " + (folder / "tokenizer.model").string() +
                ": is not a file that this sfumato knows, and using it means running what it says. If you trust where "
                "the bundle comes from, "
                "add `trust`.");
  EXPECT_EQ(error_of([&] { const BundleFolder bundle(folder, Trust::all); }), "no error");
}

}  // namespace
}  // namespace sfumato

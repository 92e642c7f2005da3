#include "text/text_encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <map>

#include "bundle/safetensors.h"
#include "bundle/tiny_bundle.h"
#include "error_of.h"
#include "test_bundle.h"

namespace sfumato {
namespace {

Conditioning of_chunks(std::int64_t chunks) {
  return {.context = at::arange(chunks * 6, at::kFloat).reshape({1, chunks * 2, 3}), .pooled = {}};
}
Conditioning empty_prompt() { return {.context = at::full({1, 2, 3}, -1.0F), .pooled = {}}; }

TEST(MatchLengths, LeavesPromptsOfOneLengthAlone) {
  Conditioning positive = of_chunks(2), negative = of_chunks(2);
  match_lengths(positive, negative, []() -> Conditioning { throw std::logic_error("nobody asked"); });
  EXPECT_TRUE(positive.context.equal(of_chunks(2).context) && negative.context.equal(of_chunks(2).context));
}

TEST(MatchLengths, RepeatsToACommonLength) {
  Conditioning positive = of_chunks(3), negative = of_chunks(1);
  match_lengths(positive, negative, &empty_prompt);
  EXPECT_TRUE(positive.context.equal(of_chunks(3).context));
  EXPECT_TRUE(negative.context.equal(of_chunks(1).context.repeat({1, 3, 1})));
  positive = of_chunks(2), negative = of_chunks(3);
  match_lengths(positive, negative, &empty_prompt);
  EXPECT_TRUE(positive.context.equal(of_chunks(2).context.repeat({1, 3, 1})));
  EXPECT_TRUE(negative.context.equal(of_chunks(3).context.repeat({1, 2, 1})));
}

TEST(MatchLengths, PadsWithTheEmptyPromptWhatWouldGrowTooLong) {
  Conditioning positive = of_chunks(7), negative = of_chunks(5);
  match_lengths(positive, negative, &empty_prompt);
  EXPECT_TRUE(positive.context.equal(of_chunks(7).context));
  const at::Tensor empty = empty_prompt().context;
  EXPECT_TRUE(negative.context.equal(at::cat({of_chunks(5).context, empty, empty}, 1)));
}

TEST(TextEncoder, NamesTheLayersThatTheModelHas) {
  const BundleFolder bundle = test_bundle();
  const TextEncoder encoder(bundle, start_runtime({.device = "cpu", .dtype = Dtype::float32}));
  EXPECT_EQ(error_of([&] { (void)encoder.encode("a cat", 2, Weighting::a1111); }),
            "usage: `clip_skip`: 2 is out of range; " + bundle.config().name + " takes 1 only.");
}

constexpr const char* kPlain[] = {"a smiling cat, 3D style", "", "caf\u00e9 \u4e2d it's"};
constexpr const char* kWeighted = "a (smiling:1.3) cat, [3D style] BREAK (dog)";

const std::filesystem::path kGolden = SFUMATO_TEXT_GOLDEN;

struct Family {
  std::string name;
  int width = 0, pooled = 0, pad = 0;
};

// A bundle of the family's text encoders, with a few layers of a few channels (scripts/golden/make_text_golden.py).
std::filesystem::path family_bundle(const Family& family) {
  Files files = {{"merges.txt", read_file(kGolden / "merges.txt")},
                 {"graph.ts", read_file(kGolden / (family.name + ".ts"))},
                 {"weights.safetensors", read_file(kGolden / (family.name + ".safetensors"))}};
  if (family.pooled > 0) {
    files["second.ts"] = read_file(kGolden / (family.name + "_2.ts"));
    files["second.safetensors"] = read_file(kGolden / (family.name + "_2.safetensors"));
  }
  std::string said =
      replaced(tiny_description(files),
               R"("kind": "sentencepiece", "file": "tokenizer.model", "max_tokens": 8, "bos": 1, "eos": 2, "pad": 0)",
               R"("kind": "clip", "file": "merges.txt", "max_tokens": 77, "bos": 812, "eos": 813, "pad": )" +
                   std::to_string(family.pad) + (family.pooled > 0 ? R"(, "pad_2": 0)" : ""));
  std::string width = "\"conditioning_width\": " + std::to_string(family.width);
  if (family.pooled > 0) {
    width += ", \"pooled_width\": " + std::to_string(family.pooled);
    said = replaced(said, "\"unet\": {",
                    R"("text_encoder_2": {"graph": "second.ts", "weights": ["second.safetensors"]}, "unet": {)");
  }
  return tiny_bundle(files, replaced(said, "\"conditioning_width\": 4", width));
}

class TextEncoderGolden : public ::testing::TestWithParam<Family> {
 protected:
  // How far our words are from those of the golden file with that name, and ours pooled from theirs.
  double difference(const std::string& name, const Conditioning& found) {
    double worst = distance(name, found.context);
    if (found.pooled.defined() && tensors_.contains(name + ".pooled"))
      worst = std::max(worst, distance(name + ".pooled", found.pooled));
    return worst;
  }

  MappedFile file_{kGolden / "golden.safetensors", ErrorKind::input_missing};
  std::map<std::string, StoredTensor> tensors_ = [this] {
    std::map<std::string, StoredTensor> tensors;
    for (StoredTensor& tensor : read_safetensors(file_.bytes(), "golden.safetensors", ErrorKind::bad_data))
      tensors.emplace(tensor.name, tensor);
    return tensors;
  }();
  BundleFolder bundle_{family_bundle(GetParam()), Trust::all};
  TextEncoder encoder_{bundle_, start_runtime({.device = "cpu", .dtype = Dtype::float32})};

 private:
  double distance(const std::string& name, const at::Tensor& found) {
    const StoredTensor& stored = tensors_.at(name);
    const at::Tensor positive =
        at::from_blob(const_cast<std::byte*>(stored.bytes.data()), stored.shape, at::TensorOptions(at::kFloat));
    if (positive.sizes() != found.sizes()) return 1e9;
    return (positive - found).abs().max().item<double>();
  }
};

TEST_P(TextEncoderGolden, IsDiffusersForPlainPrompts) {
  for (const int skip : {1, 2}) {
    for (std::size_t i = 0; i < std::size(kPlain); ++i) {
      const std::string name = GetParam().name + ".skip" + std::to_string(skip) + "." + std::to_string(i);
      EXPECT_LT(difference(name, encoder_.encode(kPlain[i], skip, Weighting::a1111)), 1e-4) << name;
    }
  }
}

TEST_P(TextEncoderGolden, WeighsAsEachRuleSays) {
  for (const Weighting rule : {Weighting::a1111, Weighting::no_norm, Weighting::comfy}) {
    const std::string name = GetParam().name + "." + std::string(name_of(rule));
    EXPECT_LT(difference(name, encoder_.encode(kWeighted, 1, rule)), 1e-4) << name;
  }
}

TEST_P(TextEncoderGolden, HasPooledWordsOfTheFirstChunkWhateverItsWeights) {
  const Conditioning plain = encoder_.encode("a smiling cat", 1, Weighting::a1111);
  const Conditioning weighted = encoder_.encode("a (smiling:1.4) cat BREAK dog", 2, Weighting::a1111);
  EXPECT_EQ(plain.pooled.defined(), GetParam().pooled > 0);
  EXPECT_TRUE(!plain.pooled.defined() || plain.pooled.equal(weighted.pooled));
  EXPECT_EQ(weighted.context.size(1), 154);
}

TEST_P(TextEncoderGolden, RefusesLayersThatAreNotThere) {
  const std::string layers = GetParam().pooled > 0 ? "3" : "4";
  EXPECT_EQ(error_of([&] { (void)encoder_.encode("a cat", 5, Weighting::a1111); }),
            "usage: `clip_skip`: 5 is out of range; tiny takes 1 to " + layers + ".");
}

INSTANTIATE_TEST_SUITE_P(All, TextEncoderGolden,
                         ::testing::Values(Family{"sd1", 16, 0, 813}, Family{"sd2", 16, 0, 0},
                                           Family{"sdxl", 40, 24, 813}),
                         [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace sfumato

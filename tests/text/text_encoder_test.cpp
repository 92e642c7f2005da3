#include "text/text_encoder.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include "error_of.h"
#include "test_bundle.h"

namespace sfumato {
namespace {

Conditioning of_chunks(std::int64_t chunks) {
  return {.words = at::arange(chunks * 6, at::kFloat).reshape({1, chunks * 2, 3}), .pooled = {}};
}
Conditioning empty_prompt() { return {.words = at::full({1, 2, 3}, -1.0F), .pooled = {}}; }

TEST(MatchLengths, LeavesPromptsOfOneLengthAlone) {
  Conditioning wanted = of_chunks(2), unwanted = of_chunks(2);
  match_lengths(wanted, unwanted, []() -> Conditioning { throw std::logic_error("nobody asked"); });
  EXPECT_TRUE(wanted.words.equal(of_chunks(2).words) && unwanted.words.equal(of_chunks(2).words));
}

TEST(MatchLengths, RepeatsToACommonLength) {
  Conditioning wanted = of_chunks(3), unwanted = of_chunks(1);
  match_lengths(wanted, unwanted, &empty_prompt);
  EXPECT_TRUE(wanted.words.equal(of_chunks(3).words));
  EXPECT_TRUE(unwanted.words.equal(of_chunks(1).words.repeat({1, 3, 1})));
  wanted = of_chunks(2), unwanted = of_chunks(3);
  match_lengths(wanted, unwanted, &empty_prompt);
  EXPECT_TRUE(wanted.words.equal(of_chunks(2).words.repeat({1, 3, 1})));
  EXPECT_TRUE(unwanted.words.equal(of_chunks(3).words.repeat({1, 2, 1})));
}

TEST(MatchLengths, PadsWithTheEmptyPromptWhatWouldGrowTooLong) {
  Conditioning wanted = of_chunks(7), unwanted = of_chunks(5);
  match_lengths(wanted, unwanted, &empty_prompt);
  EXPECT_TRUE(wanted.words.equal(of_chunks(7).words));
  const at::Tensor empty = empty_prompt().words;
  EXPECT_TRUE(unwanted.words.equal(at::cat({of_chunks(5).words, empty, empty}, 1)));
}

TEST(TextEncoder, NamesTheLayersThatTheModelHas) {
  const Bundle bundle = test_bundle();
  const TextEncoder encoder(bundle, start_runtime({.device = "cpu", .dtype = Dtype::float32}));
  EXPECT_EQ(error_of([&] { (void)encoder.encode("a cat", 2, Weighting::a1111); }),
            "64: --clip-skip: 2 is out of range; " + bundle.config().name + " takes 1 only.");
}

}  // namespace
}  // namespace sfumato

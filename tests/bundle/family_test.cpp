#include "bundle/family.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Family, HasTheNumbersOfThePublishedModels) {
  const FamilyInfo& sd2 = info_of(Family::sd2);
  EXPECT_EQ(sd2.name, "sd2");
  EXPECT_EQ(sd2.scaling_factor, 0.18215);
  EXPECT_EQ(sd2.pad, 0);
  EXPECT_EQ(trained_side(sd2, PredictionType::epsilon), 512);
  EXPECT_EQ(trained_side(sd2, PredictionType::v_prediction), 768);
  const FamilyInfo& sdxl = info_of(Family::sdxl);
  EXPECT_EQ(sdxl.scaling_factor, 0.13025);
  EXPECT_EQ(sdxl.pad, 49407);
  EXPECT_EQ(sdxl.pad_2, 0);
  EXPECT_EQ(trained_side(sdxl, PredictionType::v_prediction), 1024);
  EXPECT_EQ(info_of(Family::sd1).pad_2, std::nullopt);
}

TEST(Family, HasASecondTextEncoderOnlyInSdxl) {
  EXPECT_FALSE(has(info_of(Family::sd1), NetworkKind::text_encoder_2));
  EXPECT_TRUE(has(info_of(Family::sdxl), NetworkKind::text_encoder_2));
  EXPECT_EQ(info_of(Family::sd2).networks.size(), 4U);
}

TEST(Family, TheRefinerHasOnlyTheSecondTextEncoderOfSdxl) {
  const FamilyInfo& refiner = info_of(Family::sdxl_refiner);
  EXPECT_FALSE(has(refiner, NetworkKind::text_encoder));
  EXPECT_TRUE(has(refiner, NetworkKind::text_encoder_2));
  EXPECT_TRUE(refiner.requires_aesthetics_score);
  EXPECT_EQ(refiner.graphs_of, "sdxl");
  EXPECT_FALSE(info_of(Family::sdxl).requires_aesthetics_score);
}

TEST(Family, IsFoundByTheWidthOfItsCrossAttention) {
  EXPECT_EQ(family_of_width(768)->family, Family::sd1);
  EXPECT_EQ(family_of_width(2048)->family, Family::sdxl);
  EXPECT_EQ(family_of_width(32), nullptr);
}

TEST(Family, NamesItsFoldersOfGraphs) {
  EXPECT_EQ(name_of(Family::sdxl, true), "sdxl-inpaint");
  EXPECT_EQ(name_of(Family::sdxl, false), "sdxl");
}

TEST(Family, KnowsDistilledUnetsByTheirBlocks) {
  EXPECT_EQ(distilled_unet(Family::sdxl, "0 0/2 2/4 4|-|4 4 10/2 1 1/0 0 0")->name, "ssd-1b");
  EXPECT_EQ(distilled_unet(Family::sd1, "0 0/2 2/4 4|-|4 4 10/2 1 1/0 0 0"), nullptr);
  EXPECT_EQ(distilled_unet(Family::sd1, "1/1/1||1 1/1 1/1 1")->name, "bk-sdm-tiny");
}

TEST(Family, ListsAllRowsForMessages) {
  EXPECT_EQ(family_titles(),
            "Stable Diffusion 1.x, Stable Diffusion 2.x, Stable Diffusion XL and Stable Diffusion XL refiner");
  EXPECT_EQ(family_widths(), "768, 1024, 2048 and 1280");
}

}  // namespace
}  // namespace sfumato

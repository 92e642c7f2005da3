#include "import/recognise/checkpoint_schedule.h"

#include <gtest/gtest.h>

#include "import/recognise/weights_of.h"

namespace sfumato {
namespace {

const std::string kConvIn = "model.diffusion_model.input_blocks.0.0.weight";

Schedule schedule_in(const std::vector<NamedShape>& tensors, Family family, const std::string& metadata = "",
                     std::optional<PredictionType> explicit_type = std::nullopt) {
  return checkpoint_schedule(weights_of(tensors, metadata), info_of(family), explicit_type);
}

TEST(CheckpointSchedule, TakesEpsilonWithoutANoteForSd1AndSdxl) {
  for (const Family family : {Family::sd1, Family::sdxl}) {
    const Schedule schedule = schedule_in({{kConvIn, {8, 4, 3, 3}}}, family);
    EXPECT_EQ(schedule.noise.prediction_type, PredictionType::epsilon);
    EXPECT_EQ(schedule.noise.beta_end, 0.012);
    EXPECT_TRUE(schedule.notes.empty());
  }
}

TEST(CheckpointSchedule, AssumesVPredictionForSd2) {
  const Schedule schedule = schedule_in({{kConvIn, {8, 4, 3, 3}}}, Family::sd2);
  EXPECT_EQ(schedule.noise.prediction_type, PredictionType::v_prediction);
  EXPECT_EQ(schedule.notes,
            std::vector<std::string>{"prediction type: v_prediction, assumed, as the file does not state it; for a "
                                     "512-pixel base model import with `prediction_type` epsilon"});
}

TEST(CheckpointSchedule, AssumesEpsilonForSd2Inpainting) {
  const Schedule schedule = schedule_in({{kConvIn, {8, 9, 3, 3}}}, Family::sd2);
  EXPECT_EQ(schedule.noise.prediction_type, PredictionType::epsilon);
  EXPECT_EQ(schedule.notes,
            std::vector<std::string>{"prediction type: epsilon, as the published model for inpainting"});
}

TEST(CheckpointSchedule, ReadsMarksAndMetadata) {
  const Schedule marked = schedule_in({{"v_pred"}, {"ztsnr"}}, Family::sdxl);
  EXPECT_EQ(marked.noise.prediction_type, PredictionType::v_prediction);
  EXPECT_TRUE(marked.noise.rescale_betas_zero_snr);
  EXPECT_EQ(marked.noise.timestep_spacing, TimestepSpacing::trailing);
  EXPECT_EQ(marked.notes.size(), 2U);
  const std::string metadata = R"("__metadata__":{"modelspec.prediction_type":"v"})";
  EXPECT_EQ(schedule_in({{"x"}}, Family::sd1, metadata).noise.prediction_type, PredictionType::v_prediction);
}

TEST(CheckpointSchedule, PutsTheExplicitTypeFirst) {
  const Schedule schedule = schedule_in({{"v_pred"}}, Family::sd2, "", PredictionType::sample);
  EXPECT_EQ(schedule.noise.prediction_type, PredictionType::sample);
  EXPECT_TRUE(schedule.notes.empty());
}

}  // namespace
}  // namespace sfumato

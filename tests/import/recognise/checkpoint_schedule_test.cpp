#include "import/recognise/checkpoint_schedule.h"

#include <gtest/gtest.h>

#include "error_of.h"
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
  EXPECT_EQ(marked.sampling_method, SamplingMethod::euler);
  EXPECT_EQ(marked.scheduler, Scheduler::discrete);
  EXPECT_EQ(marked.notes.size(), 2U);
  const std::string metadata = R"("__metadata__":{"modelspec.prediction_type":"v"})";
  EXPECT_EQ(schedule_in({{"x"}}, Family::sd1, metadata).noise.prediction_type, PredictionType::v_prediction);
}

TEST(CheckpointSchedule, ReadsTheMetadataOfOtherPrograms) {
  const auto type = [](Family family, const std::string& entry) {
    return schedule_in({{"x"}}, family, R"("__metadata__":{)" + entry + "}");
  };
  const Schedule key = type(Family::sdxl, R"("modelspec.predict_key":"v")");
  EXPECT_EQ(key.noise.prediction_type, PredictionType::v_prediction);
  EXPECT_EQ(key.notes, std::vector<std::string>{
                           "prediction type: v_prediction, the file's metadata state it (modelspec.predict_key)"});
  EXPECT_EQ(type(Family::sd2, R"("modelspec.architecture":"stable-diffusion-v2-512")").noise.prediction_type,
            PredictionType::epsilon);
  EXPECT_EQ(type(Family::sd2, R"("modelspec.architecture":"stable-diffusion-v2-768-v/lora")").noise.prediction_type,
            PredictionType::v_prediction);
  EXPECT_EQ(
      type(Family::sd1, R"("modelspec.prediction_type":"epsilon","modelspec.predict_key":"v")").noise.prediction_type,
      PredictionType::epsilon);
}

TEST(CheckpointSchedule, RefusesAMarkerThatIsNone) {
  EXPECT_EQ(error_of([] { (void)schedule_in({{"v_pred", {3, 4}}}, Family::sdxl); }),
            "bad_data: x: v_pred: a marker is empty or one number, this has shape [3, 4]. Say what the U-Net predicts "
            "with `prediction_type`, or take another copy.");
  EXPECT_EQ(
      error_of([] { (void)schedule_in({{"alphas_cumprod", {7}}}, Family::sd1); }),
      "bad_data: x: alphas_cumprod: a list of 1000 numbers is expected, it is of F16 and has 7. Take another copy "
      "of the model.");
}

TEST(CheckpointSchedule, ReadsTheConfigurationBesideTheFile) {
  const WeightFile file = weights_of({{"x"}});
  const auto read = [&](const std::string& text) {
    write_file(file.path.parent_path() / "x.yaml", text);
    return checkpoint_schedule(file, info_of(Family::sd1), std::nullopt).noise.prediction_type;
  };
  EXPECT_EQ(read("model:\n  params:\n    parameterization: \"v\"\n    ema: [1, {a: b}]\n"),
            PredictionType::v_prediction);
  EXPECT_EQ(read("model:\n  params: {parameterization: eps}\n"), PredictionType::epsilon);
  EXPECT_EQ(read("model:\n  other: &a {parameterization: v}\n  params: *a\n"), PredictionType::epsilon);
  EXPECT_EQ(read("- parameterization: v\n- [model, params]\n"), PredictionType::epsilon);
  const auto refused = [&](const std::string& text) { return error_of([&] { (void)read(text); }); };
  EXPECT_NE(refused("model: [\n").find("x.yaml: not YAML in line 2 ("), std::string::npos);
  EXPECT_NE(
      refused("model: {params: {parameterization: w}}").find("\"w\" is not known; one of eps, v, x0 is expected."),
      std::string::npos);
  EXPECT_NE(refused(std::string(100, '[')).find("nests deeper than 64 levels"), std::string::npos);
  EXPECT_NE(refused(std::string((std::size_t{1} << 20) + 1, ' ')).find("1048577 bytes, at most 1048576 are read."),
            std::string::npos);
}

TEST(CheckpointSchedule, PutsTheExplicitTypeFirst) {
  const Schedule schedule = schedule_in({{"v_pred"}}, Family::sd2, "", PredictionType::sample);
  EXPECT_EQ(schedule.noise.prediction_type, PredictionType::sample);
  EXPECT_TRUE(schedule.notes.empty());
}

}  // namespace
}  // namespace sfumato

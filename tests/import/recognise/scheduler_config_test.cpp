#include "import/recognise/scheduler_config.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

Schedule read(const std::string& json, std::optional<PredictionType> explicit_type = std::nullopt) {
  return read_scheduler_config(json, "x.json", explicit_type);
}

TEST(SchedulerConfig, ReadsTheNumbersOfAFile) {
  const Schedule schedule = read(R"({"_class_name": "EulerDiscreteScheduler", "num_train_timesteps": 500,
    "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1,
    "prediction_type": "v_prediction", "timestep_spacing": "trailing", "use_karras_sigmas": true})");
  EXPECT_EQ(schedule.noise.train_steps, 500);
  EXPECT_EQ(schedule.noise.beta_schedule, BetaSchedule::scaled_linear);
  EXPECT_EQ(schedule.noise.beta_start, 0.00085);
  EXPECT_EQ(schedule.noise.steps_offset, 1);
  EXPECT_EQ(schedule.noise.prediction_type, PredictionType::v_prediction);
  EXPECT_EQ(schedule.noise.timestep_spacing, TimestepSpacing::trailing);
  EXPECT_EQ(schedule.sampling_method, SamplingMethod::euler);
  EXPECT_EQ(schedule.scheduler, Scheduler::karras);
  EXPECT_TRUE(schedule.notes.empty());
}

TEST(SchedulerConfig, TakesTheDefaultsOfDiffusersForWhatIsMissing) {
  const Schedule schedule = read(R"({"_class_name": "DDIMScheduler"})");
  EXPECT_EQ(schedule.noise.beta_schedule, BetaSchedule::linear);
  EXPECT_EQ(schedule.noise.beta_end, 0.02);
  EXPECT_EQ(schedule.noise.timestep_spacing, std::nullopt);  // from_config() gives each class its own
  EXPECT_TRUE(schedule.noise.set_alpha_to_one);
  EXPECT_EQ(schedule.sampling_method, SamplingMethod::ddim);
}

TEST(SchedulerConfig, ChoosesTheMethodOfItsClass) {
  const auto method = [](const std::string& members) {
    return read("{\"_class_name\": " + members + "}").sampling_method;
  };
  EXPECT_EQ(method(R"("DPMSolverMultistepScheduler")"), SamplingMethod::dpmpp_2m);
  EXPECT_EQ(method(R"("DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++")"),
            SamplingMethod::dpmpp_2m_sde);
  EXPECT_EQ(method(R"("KDPM2AncestralDiscreteScheduler", "algorithm_type": null)"), SamplingMethod::dpm2_a);
  const Schedule lcm = read(R"({"_class_name": "LCMScheduler"})");
  EXPECT_EQ(lcm.sampling_method, SamplingMethod::lcm);
  EXPECT_EQ(lcm.noise.beta_schedule, BetaSchedule::scaled_linear);
  EXPECT_EQ(lcm.noise.beta_end, 0.012);
  EXPECT_EQ(read(R"({"_class_name": "DDIMScheduler", "use_karras_sigmas": true})").scheduler, Scheduler::discrete);
}

TEST(SchedulerConfig, NotesWhatIsIgnored) {
  const Schedule schedule =
      read(R"({"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "clip_sample": true,
        "prediction_type": "epsilon"})",
           PredictionType::v_prediction);
  EXPECT_EQ(schedule.notes,
            (std::vector<std::string>{"prediction type: v_prediction, as requested; x.json states epsilon",
                                      "ignored: clip_sample true of x.json"}));
  EXPECT_EQ(
      read(R"({"_class_name": "NewScheduler"})").notes,
      std::vector<std::string>{"sampling method: dpm++2m; x.json names \"NewScheduler\", which is not supported"});
}

TEST(SchedulerConfig, ReadsEdmNoise) {
  const Schedule cosxl = read(R"({"_class_name": "EDMEulerScheduler", "sigma_min": 0.003, "sigma_max": 120.0,
    "sigma_data": 1.0, "prediction_type": "v_prediction", "sigma_schedule": "exponential", "num_train_timesteps": 1000,
    "rho": 7.0, "final_sigmas_type": "zero"})");
  ASSERT_TRUE(cosxl.noise.edm);
  EXPECT_EQ(cosxl.noise.edm->sigma_data, 1);
  EXPECT_EQ(cosxl.noise.edm->sigma_min, 0.003);
  EXPECT_EQ(cosxl.noise.edm->sigma_max, 120);
  EXPECT_EQ(cosxl.noise.prediction_type, PredictionType::v_prediction);
  EXPECT_EQ(cosxl.sampling_method, SamplingMethod::euler);
  EXPECT_EQ(cosxl.scheduler, Scheduler::exponential);
  EXPECT_EQ(cosxl.notes, std::vector<std::string>{});
  const Schedule playground = read(R"({"_class_name": "EDMDPMSolverMultistepScheduler", "rho": 5})");
  ASSERT_TRUE(playground.noise.edm);
  EXPECT_EQ(playground.noise.edm->sigma_data, 0.5) << "the defaults of diffusers' classes";
  EXPECT_EQ(playground.noise.edm->sigma_min, 0.002);
  EXPECT_EQ(playground.noise.edm->sigma_max, 80);
  EXPECT_EQ(playground.noise.prediction_type, PredictionType::epsilon);
  EXPECT_EQ(playground.sampling_method, SamplingMethod::dpmpp_2m);
  EXPECT_EQ(playground.scheduler, Scheduler::karras);
  EXPECT_EQ(playground.notes, std::vector<std::string>{"ignored: rho 5.0 of x.json; give `rho` with a picture"});
  EXPECT_EQ(
      read(R"({"_class_name": "EDMDPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"})").sampling_method,
      SamplingMethod::dpmpp_2m_sde);
}

TEST(SchedulerConfig, RefusesEdmNoiseThatIsNone) {
  const auto error_with = [](const std::string& members, std::optional<PredictionType> type = {}) {
    return error_of([&] { (void)read(R"({"_class_name": "EDMEulerScheduler", )" + members + "}", type); });
  };
  EXPECT_EQ(error_with(R"("sigma_min": 0)"), "bad_data: x.json: sigma_min: a number from 1e-06 to 100000 is expected.");
  EXPECT_EQ(error_with(R"("sigma_min": 80)"), "bad_data: x.json: sigma_max: is not above sigma_min.");
  EXPECT_EQ(error_with(R"("sigma_schedule": "beta")"), "bad_data: x.json: sigma_schedule: \"beta\" is not supported.");
  EXPECT_EQ(error_with(R"("prediction_type": "sample")"),
            "bad_data: x.json: prediction_type: \"sample\" is not supported.");
  EXPECT_EQ(
      error_with(R"("rho": 7)", PredictionType::sample),
      "usage: `prediction_type`: with EDM noise a U-Net predicts epsilon or v_prediction, not sample. Take one of "
      "them, or leave `prediction_type` out.");
}

TEST(SchedulerConfig, RefusesOtherKindsOfNoise) {
  EXPECT_EQ(error_of([] { (void)read(R"({"_class_name": "FlowMatchEulerDiscreteScheduler"})"); }),
            "bad_data: x.json: _class_name: FlowMatchEulerDiscreteScheduler is for models of another kind of noise, "
            "which are not supported.");
  EXPECT_EQ(error_of([] { (void)read(R"({"_class_name": "DDIMScheduler", "trained_betas": [0.1, 0.2]})"); }),
            "bad_data: x.json: trained_betas: a list of betas instead of a schedule is not supported.");
  EXPECT_EQ(error_of([] { (void)read(R"({"_class_name": "DDIMScheduler", "prediction_type": "flow"})"); }),
            "bad_data: x.json: prediction_type: \"flow\" is not supported.");
}

}  // namespace
}  // namespace sfumato

#include "import/recognise/edm_markers.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>

#include "error_of.h"
#include "import/recognise/weights_of.h"

namespace sfumato {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Numbers {
  std::string name;
  std::vector<float> values;
};

// A file of float32 tensors with one dimension.
WeightFile file_of(const std::vector<Numbers>& tensors) {
  std::string header = "{", data;
  for (const Numbers& tensor : tensors) {
    const std::size_t begin = data.size();
    for (const float value : tensor.values) {
      const auto bits = std::bit_cast<std::uint32_t>(value);
      for (int shift = 0; shift < 32; shift += 8) data += static_cast<char>(bits >> shift & 0xffU);
    }
    header += (header.size() > 1 ? ",\"" : "\"") + tensor.name + R"(":{"dtype":"F32","shape":[)" +
              std::to_string(tensor.values.size()) + R"(],"data_offsets":[)" + std::to_string(begin) + "," +
              std::to_string(data.size()) + "]}";
  }
  const std::filesystem::path path = test_folder() / "x.safetensors";
  write_file(path, safetensors_file(header + "}", data));
  WeightFile file = open_weights(path);
  file.where = "x";
  return file;
}

std::string error_in(const std::vector<Numbers>& tensors) {
  const WeightFile file = file_of(tensors);
  return error_of([&] {
    (void)edm_schedule(file, std::nullopt);
    (void)edm_latents(file);
  });
}

TEST(EdmMarkers, AreThoseOfCosXl) {
  const WeightFile file = file_of({{"edm_vpred.sigma_max", {100}}, {"edm_vpred.sigma_min", {0.003F}}});
  const auto schedule = edm_schedule(file, std::nullopt);
  ASSERT_TRUE(schedule && schedule->noise.edm);
  EXPECT_EQ(schedule->noise.edm->sigma_data, 1);
  EXPECT_EQ(schedule->noise.edm->sigma_min, 0.003) << "not the nearest float32";
  EXPECT_EQ(schedule->noise.edm->sigma_max, 100);
  EXPECT_EQ(schedule->noise.prediction_type, PredictionType::v_prediction);
  EXPECT_EQ(schedule->sampling_method, SamplingMethod::euler);
  EXPECT_EQ(schedule->scheduler, Scheduler::exponential);
  EXPECT_EQ(schedule->notes, std::vector<std::string>{"noise schedule: EDM, sigmas from 0.003 to 100, the file marks "
                                                      "CosXL (edm_vpred)"});
  EXPECT_FALSE(edm_latents(file));
  EXPECT_EQ(edm_schedule(file, PredictionType::epsilon)->noise.prediction_type, PredictionType::epsilon);
  EXPECT_EQ(edm_schedule(file_of({{"edm_vpred.sigma_max", {100}}}), std::nullopt)->noise.edm->sigma_min, 0.002);
  EXPECT_FALSE(edm_schedule(file_of({{"v_pred", {1}}}), std::nullopt));
}

TEST(EdmMarkers, AreThoseOfPlayground) {
  const WeightFile file = file_of({{"edm_mean", {-1.5F, 2, 0, 1}}, {"edm_std", {8, 5.25F, 6, 4}}});
  const auto schedule = edm_schedule(file, std::nullopt);
  ASSERT_TRUE(schedule && schedule->noise.edm);
  EXPECT_EQ(schedule->noise.edm->sigma_data, 0.5);
  EXPECT_EQ(schedule->noise.edm->sigma_min, 0.002);
  EXPECT_EQ(schedule->noise.edm->sigma_max, 80);
  EXPECT_EQ(schedule->noise.prediction_type, PredictionType::epsilon);
  EXPECT_EQ(schedule->sampling_method, SamplingMethod::dpmpp_2m);
  EXPECT_EQ(schedule->scheduler, Scheduler::karras);
  const auto latents = edm_latents(file);
  ASSERT_TRUE(latents);
  EXPECT_EQ(latents->scaling_factor, 0.5);
  EXPECT_EQ(latents->mean, (std::vector<double>{-1.5, 2, 0, 1}));
  EXPECT_EQ(latents->deviation, (std::vector<double>{8, 5.25, 6, 4}));
}

TEST(EdmMarkers, AreRefusedIfTheyAreNone) {
  const std::string end = ". Take another copy of the model.";
  const auto cosxl = [](float lowest, float highest) {
    return error_in({{"edm_vpred.sigma_max", {highest}}, {"edm_vpred.sigma_min", {lowest}}});
  };
  EXPECT_EQ(cosxl(0, 120),
            "bad_data: x: edm_vpred.sigma_min: 0 is no noise level; a number from 1e-06 to 100000 is "
            "expected" +
                end);
  EXPECT_EQ(cosxl(kNan, 120),
            "bad_data: x: edm_vpred.sigma_min: nan is no noise level; a number from 1e-06 to 100000 is expected" + end);
  EXPECT_EQ(cosxl(121, 120), "bad_data: x: edm_vpred.sigma_min: 121 is not below sigma_max, 120" + end);
  EXPECT_EQ(error_in({{"edm_vpred.sigma_max", {1, 2}}}),
            "bad_data: x: edm_vpred.sigma_max: one number is expected, a noise level" + end);
  EXPECT_EQ(error_in({{"edm_mean", {1}}}), "bad_data: x: edm_std: is missing, and its fellow is there" + end);
  EXPECT_EQ(error_in({{"edm_mean", {1, 2}}, {"edm_std", {1, 0}}}),
            "bad_data: x: edm_std: 0 is no standard deviation of latents, a positive number is expected" + end);
  EXPECT_EQ(error_in({{"edm_mean", {1, kNan}}, {"edm_std", {1, 1}}}),
            "bad_data: x: edm_mean: nan is no mean of latents" + end);
  EXPECT_EQ(error_in({{"edm_mean", {1, 2}}, {"edm_std", {1}}}),
            "bad_data: x: edm_std: 1 numbers, and edm_mean has 2" + end);
  EXPECT_EQ(error_in({{"edm_mean", {1}}, {"edm_std", {1}}, {"edm_vpred.sigma_max", {120}}}),
            "bad_data: x: edm_vpred.sigma_max: marks CosXL, and edm_mean or edm_std Playground 2.5, which have other "
            "noise" +
                end);
}

}  // namespace
}  // namespace sfumato

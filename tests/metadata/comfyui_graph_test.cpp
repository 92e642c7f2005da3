#include "metadata/comfyui_graph.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

std::string value(const ImageRecord& record, const std::string& name) {
  for (const ImageRecord::Value& one : record.values) {
    if (one.name == name) return one.text;
  }
  return "(absent)";
}

const std::string kTexts = R"("6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
  "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
  "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}})";

std::string with_sampler(const std::string& changes = R"("seed": 18446744073709551615)") {
  return R"({"3": {"class_type": "KSampler", "inputs": {"steps": 20, "cfg": 7.5, "sampler_name": "euler_ancestral",
    "scheduler": "karras", "denoise": 1.0, "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0], )" +
         changes + "}}, " + kTexts + "}";
}

TEST(ComfyuiGraph, OfTheUsualKindTellsAllValues) {
  const ImageRecord record = record_of_comfyui_graph(with_sampler());
  EXPECT_EQ(record.program, "ComfyUI");
  EXPECT_EQ(record.model, "v1-5.safetensors");
  EXPECT_EQ(value(record, "prompt"), "a fox");
  EXPECT_EQ(value(record, "negative_prompt"), "blurry");
  EXPECT_EQ(value(record, "seed"), "18446744073709551615");
  EXPECT_EQ(value(record, "steps"), "20");
  EXPECT_EQ(value(record, "cfg_scale"), "7.5");
  EXPECT_EQ(value(record, "sampling_method"), "euler_ancestral");
  EXPECT_EQ(value(record, "scheduler"), "karras");
  EXPECT_EQ(value(record, "width"), "512");
  EXPECT_EQ(value(record, "height"), "768");
  EXPECT_TRUE(record.warnings.empty());
  EXPECT_TRUE(record.unmapped.empty());
}

TEST(ComfyuiGraph, MayHaveItsValuesInNodesOfTheirOwn) {
  const ImageRecord record = record_of_comfyui_graph(
      R"({"3": {"class_type": "KSamplerAdvanced", "inputs": {"noise_seed": ["9", 0], "steps": 20, "cfg": 7,
        "positive": ["8", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
      "9": {"class_type": "PrimitiveInt", "inputs": {"value": 77}},
      "8": {"class_type": "ConditioningSetArea", "inputs": {"conditioning": ["10", 0], "width": 64}},
      "10": {"class_type": "CLIPTextEncode", "inputs": {"text": ["11", 0]}},
      "11": {"class_type": "String", "inputs": {"value": "from afar"}}, )" +
      kTexts + "}");
  EXPECT_EQ(value(record, "seed"), "77");
  EXPECT_EQ(value(record, "prompt"), "from afar");
  EXPECT_TRUE(record.warnings.empty());
}

TEST(ComfyuiGraph, TakesTheSamplerThatStartsFromNothing) {
  const std::string second =
      R"({"1": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 5, "cfg": 2, "positive": ["6", 0],
        "negative": ["7", 0], "latent_image": ["3", 0], "denoise": 0.5}}, )";
  const ImageRecord record = record_of_comfyui_graph(second + with_sampler(R"("seed": 9)").substr(1));
  EXPECT_EQ(value(record, "seed"), "9");
  ASSERT_EQ(record.warnings.size(), 1U);
  EXPECT_EQ(record.warnings[0].second, "2 samplers; the values are those of node 3");
}

TEST(ComfyuiGraph, SaysWhatItDoesNotUnderstand) {
  const ImageRecord record = record_of_comfyui_graph(
      R"({"3": {"class_type": "KSampler", "inputs": {"seed": ["99", 0], "steps": 20, "cfg": 7, "denoise": 0.6,
        "sampler_name": "seeds_2", "positive": ["8", 0], "negative": ["7", 0], "latent_image": ["2", 0]}},
      "8": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["6", 0], "conditioning_2": ["7", 0]}},
      "2": {"class_type": "VAEEncode", "inputs": {"pixels": ["1", 0]}}, )" +
      kTexts + "}");
  EXPECT_EQ(value(record, "prompt"), "(absent)");
  EXPECT_EQ(value(record, "seed"), "(absent)");
  EXPECT_EQ(value(record, "width"), "(absent)");
  ASSERT_EQ(record.warnings.size(), 3U);
  EXPECT_EQ(record.warnings[0].first, "prompt: node 3, positive");
  EXPECT_EQ(record.warnings[1].first, "prompt: node 3, seed");
  EXPECT_EQ(record.warnings[2].second, "starts from a picture, not from noise");
  EXPECT_EQ(record.unmapped, (ImageRecord::Pairs{{"sampler_name", "seeds_2"}, {"denoise", "0.6"}}));
}

TEST(ComfyuiGraph, MeansWhatComfyuiDoesByItsNames) {
  const auto record_with = [](const std::string& names) {
    return record_of_comfyui_graph(
        R"({"3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "cfg": 7, )" + names +
        R"(, "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}}, )" + kTexts + "}");
  };
  const ImageRecord sde = record_with(R"("sampler_name": "dpmpp_2m_sde_gpu", "scheduler": "beta")");
  EXPECT_EQ(value(sde, "sde_noise"), "brownian");
  EXPECT_EQ(value(sde, "scheduler"), "beta_timesteps");
  EXPECT_EQ(value(sde, "discard_penultimate"), "(absent)");
  const ImageRecord dpm = record_with(R"("sampler_name": "dpm_2_ancestral", "scheduler": "karras")");
  EXPECT_EQ(value(dpm, "discard_penultimate"), "true");
  EXPECT_EQ(value(dpm, "sde_noise"), "(absent)");
}

// With a search through all nodes for each link this would take minutes.
TEST(ComfyuiGraph, OfManyNodesTakesTimeInProportion) {
  std::string nodes;
  for (int i = 0; i < 100'000; ++i) {
    nodes += "\"s" + std::to_string(i) + R"(":{"class_type":"K","inputs":{"positive":["9",0],"negative":["9",0],)" +
             R"("steps":1,"cfg":1,"seed":1,"latent_image":["9",0]}},)";
  }
  const ImageRecord record = record_of_comfyui_graph("{" + nodes + R"("9":{"class_type":"L","inputs":{}}})");
  ASSERT_FALSE(record.warnings.empty());
  EXPECT_EQ(record.warnings.front().second, "100000 samplers; the values are those of node s0");
}

TEST(ComfyuiGraph, EndsInALoop) {
  const ImageRecord record = record_of_comfyui_graph(
      R"({"3": {"class_type": "K", "inputs": {"seed": ["4", 0], "steps": 1, "cfg": 1, "positive": ["5", 0],
        "negative": ["5", 0]}},
      "4": {"class_type": "A", "inputs": {"value": ["4", 0]}},
      "5": {"class_type": "B", "inputs": {"conditioning": ["5", 0], "positive": ["5", 0]}}})");
  EXPECT_EQ(value(record, "prompt"), "(absent)");
  EXPECT_EQ(value(record, "seed"), "(absent)");
}

TEST(ComfyuiGraph, MayBeAnything) {
  for (
      const std::string json :
      {"", "{", "[]", "{}", "7", R"({"a": 1})", R"({"a": {"class_type": 1, "inputs": []}})", R"({"a": {"x": NaN}})",
       R"({"3": {"class_type": "K", "inputs": {"seed": {}, "steps": [], "cfg": null, "positive": 1, "negative": [1, 2]}}})"}) {
    const ImageRecord record = record_of_comfyui_graph(json);
    EXPECT_EQ(record.program, "ComfyUI");
    EXPECT_FALSE(record.warnings.empty()) << json;
  }
}

}  // namespace
}  // namespace sfumato

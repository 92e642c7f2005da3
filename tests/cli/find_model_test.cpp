#include "cli/find_model.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/digest_cache.h"
#include "base/sha256.h"
#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

// Sets $SFUMATO_MODELS for one test.
struct ModelsVariable {
  explicit ModelsVariable(const std::string& value) { setenv("SFUMATO_MODELS", value.c_str(), 1); }
  ~ModelsVariable() { unsetenv("SFUMATO_MODELS"); }
};

TEST(FindModel, TakesAFolderThatExists) {
  const std::filesystem::path folder = test_folder();
  EXPECT_EQ(find_model(folder.string()), folder);  // which is none: whoever opens it says so
}

TEST(FindModel, LooksInEveryFolderOfTheVariable) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directories(folder / "b" / "mine");
  const ModelsVariable variable((folder / "a").string() + "::" + (folder / "b").string());
  EXPECT_EQ(find_model("mine"), folder / "b" / "mine");
}

TEST(FindModel, NamesThePlacesItLookedAt) {
  const std::filesystem::path folder = test_folder();
  const ModelsVariable variable(folder.string());
  const std::string error = error_of([] { (void)find_model("no-such-model"); });
  EXPECT_TRUE(error.starts_with("input_missing: --model: there is no model \"no-such-model\" (looked in " +
                                folder.string() + ", "))
      << error;
  EXPECT_NE(error.find("/share/sfumato/models)"), std::string::npos) << error;  // of an installed program
  EXPECT_TRUE(error.ends_with("or name the folder of your models with --model-dir.")) << error;
}

TEST(FindModel, SearchesNoPathUnderItsLastName) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directories(folder / "mine");
  const ModelsVariable variable(folder.string());
  EXPECT_TRUE(error_of([] { (void)find_model("nowhere/mine"); }).starts_with("input_missing: --model: there is no "));
  EXPECT_EQ(error_of([] { (void)find_model("no/where/mine"); }),
            "input_missing: --model: no/where/mine: no such file or folder. Give the path of a bundle or of a "
            "checkpoint, or name the folder of your models with --model-dir.");
  EXPECT_TRUE(error_of([] { (void)find_model("../no-such-model"); }).starts_with("input_missing: "));
  EXPECT_TRUE(error_of([] { (void)find_model(""); }).starts_with("input_missing: "));
}

TEST(FindModel, TakesACheckpointByItsNameOrFileName) {
  const std::filesystem::path root = test_folder();
  std::filesystem::create_directories(root / "models" / "Stable-diffusion" / "anime");
  const std::filesystem::path file = root / "models" / "Stable-diffusion" / "anime" / "fox v2.safetensors";
  write_file(file, "");
  const ModelsVariable variable(root.string());
  EXPECT_EQ(find_model("fox v2"), file);
  EXPECT_EQ(find_model("fox v2.safetensors"), file);
  const std::string error = error_of([] { (void)find_model("fox v3"); });
  EXPECT_NE(error.find("; did you mean \"fox v2\"? "), std::string::npos) << error;
}

TEST(FindModel, TakesNoFolderOfPicturesForAModel) {
  const std::filesystem::path root = test_folder();
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::create_directories(root / "work" / "fox");  // where an earlier run put its pictures
  std::filesystem::create_directories(root / "models");
  write_file(root / "models" / "fox.safetensors", "");
  const ModelsVariable variable((root / "models").string());
  std::filesystem::current_path(root / "work");
  EXPECT_EQ(find_model("fox"), root / "models" / "fox.safetensors");
  write_file(root / "work" / "fox" / "model_index.json", "");
  EXPECT_EQ(find_model("fox"), "fox");
  std::filesystem::current_path(before);
}

TEST(FindModel, RefusesANameOfTwo) {
  const std::filesystem::path root = test_folder();
  std::filesystem::create_directories(root / "a" / "fox");
  std::filesystem::create_directories(root / "b");
  write_file(root / "b" / "fox.gguf", "");
  const ModelsVariable variable((root / "a").string() + ":" + (root / "b").string());
  EXPECT_EQ(error_of([] { (void)find_model("fox"); }),
            "usage: --model: 2 models are called \"fox\": " + (root / "a" / "fox").string() + ", " +
                (root / "b" / "fox.gguf").string() + ". Give the path of one of them.");
  const ModelsVariable twice(root.string() + ":" + (root / "b").string());  // one file by two ways
  EXPECT_EQ(find_model("fox.gguf"), root / "b" / "fox.gguf");
}

TEST(FindModel, TakesACheckpointByTheBeginningOfItsSha256) {
  const std::filesystem::path root = test_folder();
  write_file(root / "fox.safetensors", "abc");
  const ModelsVariable variable(root.string());
  setenv("XDG_CACHE_HOME", (root / "cache").c_str(), 1);
  EXPECT_TRUE(error_of([] { (void)find_model("ba7816bf8f"); }).starts_with("input_missing: "));  // not known yet
  const auto identity = identity_of_file(root / "fox.safetensors");
  ASSERT_TRUE(identity && DigestCache(DigestCache::users_folder()).keep(*identity, sha256("abc")));
  EXPECT_EQ(find_model("ba7816bf8f"), root / "fox.safetensors");
  EXPECT_EQ(models_with("", "ba7816bf8f"), std::vector{root / "fox.safetensors"});
  EXPECT_TRUE(error_of([] { (void)find_model("ba7816bf8e"); }).starts_with("input_missing: "));
  unsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace sfumato

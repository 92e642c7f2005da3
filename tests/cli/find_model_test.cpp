#include "cli/find_model.h"

#include <gtest/gtest.h>

#include <cstdlib>

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
  EXPECT_EQ(find_model(folder.string()), folder);
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
  EXPECT_TRUE(error.starts_with("input_missing: --model: no such folder (looked at no-such-model, " +
                                (folder / "no-such-model").string() + ", "))
      << error;
  EXPECT_NE(error.find("/share/sfumato/models/no-such-model"), std::string::npos) << error;  // of an installed program
  EXPECT_TRUE(error.ends_with("Give a bundle's folder, or a name in $SFUMATO_MODELS.")) << error;
}

TEST(FindModel, SearchesNoPathUnderItsLastName) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directories(folder / "mine");
  const ModelsVariable variable(folder.string());
  EXPECT_EQ(error_of([] { (void)find_model("nowhere/mine"); }),
            "input_missing: --model: no such folder (looked at nowhere/mine). Give a bundle's folder, or a name in "
            "$SFUMATO_MODELS.");
  EXPECT_TRUE(error_of([] { (void)find_model("../no-such-model"); }).starts_with("input_missing: "));
  EXPECT_TRUE(error_of([] { (void)find_model(""); }).starts_with("input_missing: "));
}

}  // namespace
}  // namespace sfumato

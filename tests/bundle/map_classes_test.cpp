#include "bundle/map_classes.h"

#include <gtest/gtest.h>

#include "base/colour.h"
#include "error_of.h"

namespace sfumato {
namespace {

std::string refused(const std::string& classes, int channels = 2) {
  return error_of([&] { (void)read_map_classes("{\"classes\": [" + classes + "]}", channels, "classes.json"); });
}

TEST(MapClasses, AreReadInTheirOrder) {
  const auto classes = read_map_classes(
      R"({"classes": [{"name": "background", "colour": "#ffffff"}, {"name": "sea animal", "colour": "#0077B6"}]})", 2,
      "classes.json");
  ASSERT_EQ(classes.size(), 2U);
  EXPECT_EQ(classes[0].name, "background");
  EXPECT_EQ(classes[1].name, "sea animal");
  EXPECT_EQ(classes[1].colour, 0x0077B6U);
  EXPECT_EQ(colour_text(classes[1].colour), "#0077b6");
  EXPECT_EQ(colour_text(0x0a), "#00000a");
}

TEST(MapClasses, HaveNamesAndColoursOfTheirOwn) {
  EXPECT_EQ(refused(R"({"name": "a", "colour": "#000001"}, {"name": "a", "colour": "#000002"})"),
            "bad_bundle: classes.json: classes[1]: name: \"a\" appears twice.");
  EXPECT_EQ(refused(R"({"name": "a", "colour": "#00000f"}, {"name": "b", "colour": "#00000F"})"),
            "bad_bundle: classes.json: classes[1]: colour: #00000f appears twice.");
  EXPECT_EQ(refused(R"({"name": "", "colour": "#000001"})"),
            "bad_bundle: classes.json: classes[0]: name: a name of 1 to 64 bytes is expected.");
}

TEST(MapClasses, RefuseWhatIsNoColour) {
  for (const std::string colour : {"red", "#12345", "#1234567", "1234567", "#12345g", "#-12345", "#+12345"}) {
    EXPECT_EQ(refused(R"({"name": "a", "colour": ")" + colour + "\"}"),
              "bad_bundle: classes.json: classes[0]: colour: \"" + colour +
                  "\" is not a colour; six hexadecimal digits as in \"#8d5524\" are expected.");
  }
}

TEST(MapClasses, AreAsManyAsTheModelHasChannels) {
  EXPECT_EQ(refused(R"({"name": "a", "colour": "#000001"})"),
            "bad_bundle: classes.json: classes: 2 classes are expected, as many as segmap.channels in model.json.");
  EXPECT_EQ(refused(""),
            "bad_bundle: classes.json: classes: 2 classes are expected, as many as segmap.channels in model.json.");
}

TEST(MapClasses, RefuseKeysThatNobodyKnows) {
  EXPECT_NE(refused(R"({"name": "a", "colour": "#000001", "weight": 1})").find("classes[0]: weight"),
            std::string::npos);
}

}  // namespace
}  // namespace sfumato

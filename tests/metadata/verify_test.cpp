#include "metadata/verify.h"

#include <gtest/gtest.h>

#include <fstream>

#include "error_of.h"
#include "image/canvas.h"
#include "image/input_file.h"
#include "image/png.h"
#include "metadata/metadata.h"
#include "output/publish.h"
#include "sfumato/version.h"

namespace sfumato {
namespace {

using Kind = VerifyResult::Kind;

const Provenance kProvenance = {.model_name = "tiny", .model_digest = std::string(64, 'a'), .dtype = "float32"};

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }
  std::filesystem::path picture(const std::string& name, const std::vector<PngText>& texts) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    publish(path, encode_png(blank(4, 2, {10, 20, 30}), texts), true);
    return path;
  }
  std::string reason(const std::string& name, const std::vector<PngText>& texts) {
    const auto record = reproduction_record(picture(name, texts));
    const auto* verdict = std::get_if<VerifyResult>(&record);
    return verdict == nullptr ? "a record" : verdict->reason;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(VerifyTest, TakesAClaimFromAPicture) {
  const GenerateOptions options = {.prompt = "a cat", .seed = 7};
  const auto record = reproduction_record(picture("a.png", metadata(options, kProvenance)));
  ASSERT_TRUE(std::holds_alternative<ReproductionRecord>(record));
  EXPECT_EQ(std::get<ReproductionRecord>(record).options.seed, 7U);
  EXPECT_EQ(std::get<ReproductionRecord>(record).provenance.model_digest, kProvenance.model_digest);
}

TEST_F(VerifyTest, SaysWhyThereIsNoRecord) {
  EXPECT_EQ(reason("a.png", {}), "it does not say how it was made.");
  std::vector<PngText> texts = metadata({.prompt = "a cat"}, kProvenance);
  EXPECT_EQ(reason("b.png", {texts[0]}), "its own record is missing; the text for other programs is not complete.");
  EXPECT_EQ(reason("c.png", {{.keyword = "parameters", .text = "a\nSteps: 3, Seed: 1, Size: 8x8, Version: v1.10"}}),
            "it was made by AUTOMATIC1111, not by sfumato.");
  texts[1].text.replace(texts[1].text.find("a cat"), 5, "a dog");
  EXPECT_EQ(reason("d.png", texts), "its values do not match its key: they were changed.");
  const std::string version = std::string("\"version\":\"") + std::string(kVersion);
  texts[1].text.replace(texts[1].text.find(version), version.size(), "\"version\":\"99.0");
  EXPECT_EQ(reason("e.png", texts),
            "sfumato 99.0 made it with values that this version (" + std::string(kVersion) + ") does not understand.");
  std::ofstream(folder_ / "f.png") << "GIF";
  EXPECT_EQ(std::get<VerifyResult>(reproduction_record(folder_ / "f.png")).reason, "not a PNG.");
}

TEST_F(VerifyTest, FindsWhatAPictureWasMadeFromByItsBytes) {
  const std::filesystem::path source = picture("in/fox.png", {});
  GenerateOptions options = {.prompt = "a cat", .init = {.image = input_file(source.string())}};
  const auto path = picture("out/a.png", metadata(options, kProvenance));
  ReproductionRecord record = std::get<ReproductionRecord>(reproduction_record(path));
  EXPECT_FALSE(find_inputs(record, {}));
  EXPECT_EQ(record.options.init.image.path, source.string());

  std::filesystem::rename(source, folder_ / "moved.png");
  const std::string name = source.string();
  EXPECT_EQ(find_inputs(record, {})->reason,
            "it was made from " + name + ", which does not exist. Name its place with --inputs.");
  EXPECT_FALSE(find_inputs(record, {folder_ / "moved.png"}));
  EXPECT_EQ(record.options.init.image.path, (folder_ / "moved.png").string());

  record = std::get<ReproductionRecord>(reproduction_record(path));
  std::filesystem::copy(folder_ / "moved.png", folder_ / "out" / "fox.png");
  EXPECT_FALSE(find_inputs(record, {})) << "it lies in the folder of the picture";
  record = std::get<ReproductionRecord>(reproduction_record(path));
  std::filesystem::rename(folder_ / "out" / "fox.png", folder_ / "fox.png");
  EXPECT_FALSE(find_inputs(record, {folder_})) << "it lies in a given folder";

  record = std::get<ReproductionRecord>(reproduction_record(path));
  publish(source, encode_png(blank(4, 2, {1, 2, 3}), {}), true);
  EXPECT_EQ(find_inputs(record, {})->reason, "it was made from " + name + ", which is another file now (SHA-256 " +
                                                 options.init.image.sha256.substr(0, 10) +
                                                 "... is expected). Name its place with --inputs.");
}

TEST_F(VerifyTest, ComparesWithinATolerance) {
  const auto path = picture("a.png", {});
  EXPECT_EQ(compare_with(path, blank(4, 2, {10, 20, 30}), 0).kind, Kind::identical);
  const VerifyResult one = compare_with(path, blank(4, 2, {10, 21, 30}), 1);
  EXPECT_EQ(one.kind, Kind::close);
  EXPECT_EQ(one.largest, 1);
  EXPECT_DOUBLE_EQ(one.mean, 1.0 / 3);
  EXPECT_EQ(compare_with(path, blank(4, 2, {10, 21, 30}), 0).kind, Kind::different);
  EXPECT_EQ(compare_with(path, blank(4, 2, {10, 29, 30}), 1).largest, 9);
  EXPECT_EQ(compare_with(path, blank(2, 4, {10, 20, 30}), 255).reason,
            "it has 4 x 2 pixels, not the 2 x 4 of its metadata.");
}

TEST_F(VerifyTest, FindsThePicturesOfAFolder) {
  picture("b/2.png", {});
  picture("1.png", {});
  picture(".sfumato/3.png", {});
  picture(".4.png", {});
  picture("sheet.png", {{.keyword = "sfumato-sheet", .text = "{}"}});
  std::ofstream(folder_ / "index.jsonl") << "{}";
  std::ofstream(folder_ / "torn.png") << "\x89PNG";
  using Paths = std::vector<std::filesystem::path>;
  EXPECT_EQ(pictures_named({folder_.string()}), (Paths{folder_ / "1.png", folder_ / "b/2.png", folder_ / "torn.png"}));
  EXPECT_EQ(pictures_named({(folder_ / "sheet.png").string()}), Paths{folder_ / "sheet.png"});
}

TEST_F(VerifyTest, RefusesNamesOfNothing) {
  EXPECT_EQ(error_of([&] { (void)pictures_named({folder_.string() + "/absent"}); }),
            "input_missing: " + folder_.string() + "/absent: no such file or folder.");
  EXPECT_EQ(error_of([&] { (void)pictures_named({folder_.string()}); }),
            "input_missing: verify: no picture was found. Name a PNG or a folder with PNGs.");
}

}  // namespace
}  // namespace sfumato

#include "output/name_collisions.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "jobs/job_list.h"

namespace sfumato {
namespace {

// What check_names() throws for jobs with these prompts.
std::string error_among(const std::string& output, const std::vector<std::string>& prompts) {
  std::vector<Item> items;
  for (const std::string& prompt : prompts) {
    Job job{.index = items.size(), .origin = "prompts.txt:" + std::to_string(items.size() + 1)};
    job.options.prompt = prompt;
    items.emplace_back(std::move(job));
  }
  JobList first(items);
  JobList again(items);
  const Provenance none;
  return error_of([&] {
    check_names(first, again, OutputNames(output, true), [&](const Job&) -> const Provenance& { return none; });
  });
}

TEST(TakenNames, GivesTheJobThatHasTheName) {
  TakenNames taken;
  EXPECT_EQ(taken.take("a.png", 7), std::nullopt);
  EXPECT_EQ(taken.take("b.png", 8), std::nullopt);
  EXPECT_EQ(taken.take("a.png", 9), 7U);
}

TEST(TakenNames, KnowsAPictureThatWouldHaveToBeAFolder) {
  TakenNames taken;
  EXPECT_FALSE(taken.has_picture_as_folder("a.png/b.png"));
  (void)taken.take("a.png", 0);
  (void)taken.take("c/d.png", 1);
  EXPECT_TRUE(taken.has_picture_as_folder("a.png/b.png"));
  EXPECT_TRUE(taken.has_picture_as_folder("c/d.png/e/b.png"));
  EXPECT_FALSE(taken.has_picture_as_folder("a.png"));
  EXPECT_FALSE(taken.has_picture_as_folder("c/e.png"));
}

TEST(CheckNames, RefusesOneNameForTwoJobs) {
  EXPECT_EQ(
      error_among("{prompt:5}.png", {"a dog", "a cat", "no", "a cat on a mat"}),
      "usage: `output`: two jobs would write a-cat.png (prompts.txt:2 and prompts.txt:4). Put {index} or {seed} into "
      "the name.");
}

TEST(CheckNames, TakesNamesThatDiffer) {
  EXPECT_EQ(error_among("{prompt:5}.png", {"a dog", "a cat"}), "no error");
  EXPECT_EQ(error_among("{index}-{prompt:1}.png", {"a dog", "a cat"}), "no error");
}

}  // namespace
}  // namespace sfumato

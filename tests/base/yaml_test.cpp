#include "base/yaml.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

YamlValues values(const std::string& text) { return yaml_values(text, "x.yaml", "Correct it"); }

TEST(Yaml, GivesValuesWithTheKeysThatLeadToThem) {
  EXPECT_EQ(values("a:\n  b: 1\n  c: {d: two}\ne: |\n  x\n  y\n"),
            (YamlValues{{"a.b", "1"}, {"a.c.d", "two"}, {"e", "x\ny\n"}}));
}

TEST(Yaml, LeavesListsAndAliasesOut) {
  EXPECT_EQ(values("a: &x [1, {b: 2}]\nc: *x\nd: 3\n"), (YamlValues{{"d", "3"}}));
}

TEST(Yaml, RefusesWhatIsNone) {
  EXPECT_EQ(error_of([] { (void)values("a: [\n"); }),
            "bad_data: x.yaml: not YAML in line 2 (did not find expected node content). Correct it.");
  EXPECT_EQ(error_of([] { (void)values(std::string(100, '[')); }),
            "bad_data: x.yaml: nests deeper than 64 levels. Correct it.");
}

}  // namespace
}  // namespace sfumato

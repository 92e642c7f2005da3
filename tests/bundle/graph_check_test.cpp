#include "bundle/graph_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "bundle/trusted_graph.h"
#include "bundle/zip_file.h"
#include "error_of.h"

namespace sfumato {
namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;

const std::string kPickle =
    "\x80\x02"
    "c__torch__\nNet\n)\x81}(ub.";
const std::string kCode =
    "class Net(Module):\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n    return torch.relu(x)\n";

std::vector<ZipMember> archive_of(const std::string& code) {
  return {{.name = "net/data.pkl", .content = kPickle},
          {.name = "net/code/__torch__.py", .content = code},
          {.name = "net/constants.pkl", .content = "\x80\x02)."},
          {.name = "net/.data/version", .content = "3\n"}};
}
std::string error_in(const std::vector<ZipMember>& members) {
  return error_of([&] { check_graph(zip_file(members), "x.ts"); });
}
std::string refusal(const std::string& what) {
  return "bad_bundle: x.ts: " + what +
         ", which `trust` does not allow in a graph. If the graph is your own, add `trust_all`.";
}

TEST(GraphCheck, TakesAGraphThatOnlyComputes) { EXPECT_EQ(error_in(archive_of(kCode)), "no error"); }

TEST(GraphCheck, NamesTheOperatorAndTheRecord) {
  EXPECT_EQ(error_in(archive_of(kCode + "    _0 = torch.save(x, \"out\")\n")),
            refusal("code/__torch__.py, line 5: it calls torch.save"));
}

TEST(GraphCheck, KnowsEveryRecord) {
  std::vector<ZipMember> members = archive_of(kCode);
  for (const std::string name :
       {"model.json", "bytecode.pkl", "DATA.PKL", "code/x.py", "code/__torch__/../x.py", "data/0.so", "extra/x"}) {
    members.back().name = "net/" + name;
    EXPECT_EQ(error_in(members), refusal(name + ": it is a record that torch.jit.save does not write"));
  }
  members.back().name = "version";
  EXPECT_EQ(error_in(members), refusal("version: it lies outside the archive's folder"));
}

TEST(GraphCheck, ReadsEveryPickle) {
  std::vector<ZipMember> members = archive_of(kCode);
  members.push_back({.name = "net/code/__torch__.py.debug_pkl",
                     .content = "\x80\x02"
                                "cos\nsystem\n."});
  EXPECT_EQ(error_in(members), refusal("code/__torch__.py.debug_pkl: it names os.system"));
  members.back() = {.name = "net/traced_inputs.pkl",
                    .content =
                        "\x80\x02"
                        "cos\nsystem\n."};
  EXPECT_EQ(error_in(members), refusal("traced_inputs.pkl: it names os.system"));
}

// The graphs of this project need no check, and pass it.
TEST(GraphCheck, TakesEveryGraphOfThisProject) {
  int count = 0;
  for (const fs::path& folder : {fs::path(SFUMATO_DEFAULT_BUNDLE).parent_path(), fs::path(SFUMATO_TEXT_GOLDEN)}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".ts") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::ostringstream bytes;
      bytes << file.rdbuf();
      EXPECT_EQ(error_of([&] { check_graph(bytes.str(), entry.path().string()); }), "no error");
      ++count;
    }
  }
  EXPECT_EQ(count, 48);
}

TEST(TrustedGraph, IsKnownOrCheckedOrTrusted) {
  const std::string evil = zip_file(archive_of("class Net(Module):\n  def __setstate__(self) -> NoneType:\n"));
  const auto error_with = [&](Trust trust) { return error_of([&] { (void)TrustedGraph(evil, trust, "x.ts"); }); };
  EXPECT_EQ(error_with(Trust::known),
            "bad_bundle: x.ts: is not a file that this sfumato knows, and using it means running what it says. If you "
            "trust where the bundle comes from, add `trust`.");
  EXPECT_EQ(error_with(Trust::checked), refusal("code/__torch__.py, line 2: it defines __setstate__()"));
  EXPECT_EQ(error_with(Trust::all), "no error");
  EXPECT_EQ(TrustedGraph(evil, Trust::all, "x.ts").bytes(), evil);
}

}  // namespace
}  // namespace sfumato

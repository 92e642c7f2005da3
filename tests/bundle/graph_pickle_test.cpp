#include "bundle/graph_pickle.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

using namespace std::string_literals;

const ClassNames kClasses = {"__torch__.Net", "__torch__.torch.classes.x.Y"};

std::string error_in(const std::string& opcodes) {
  const StorageSize sizes = [](std::string_view key) {
    return key == "0" ? std::optional<std::size_t>(8) : std::nullopt;
  };
  return error_of([&] { check_graph_pickle("\x80\x02" + opcodes, kClasses, sizes, "x.ts: data.pkl"); });
}
std::string refusal(const std::string& what) {
  return "bad_bundle: x.ts: data.pkl: it " + what +
         ", which `trust` does not allow in a graph. If the graph is your own, add `trust_all`.";
}
std::string text(const std::string& value) { return "X"s + static_cast<char>(value.size()) + "\0\0\0"s + value; }
std::string integer(int value) { return "K"s + static_cast<char>(value); }

const std::string kObject = "c__torch__\nNet\n)\x81";
// A tensor of two float32.
std::string tensor(int count, int offset, const std::string& sizes, const std::string& strides,
                   const std::string& key = "0", const std::string& device = "cpu") {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text(key) +
         text(device) + integer(count) + "tQ" + integer(offset) + "(" + sizes + "t(" + strides + "t\x89" +
         "ccollections\nOrderedDict\n)RtR";
}

TEST(GraphPickle, TakesWhatATraceWrites) {
  EXPECT_EQ(error_in(kObject + "}(" + text("training") + "q\0\x89"s + text("weight") +
                     tensor(2, 0, integer(2), integer(1)) + text("network") + kObject + "}(h\0Nub"s + "ub."),
            "no error");
  EXPECT_EQ(error_in(tensor(2, 0, "", "") + "\x85."), "no error");                           // a scalar
  EXPECT_EQ(error_in(tensor(9, 0, integer(9), integer(1), "0", "meta") + "."), "no error");  // has no bytes
  EXPECT_EQ(error_in("ctorch.jit._pickle\nrestore_type_tag\n](Ne" + text("List[Any]") + "\x86R."), "no error");
}

TEST(GraphPickle, NamesAFunctionThatIsNotListed) {
  EXPECT_EQ(error_in("cposix\nsystem\n)R."), refusal("names posix.system"));
  EXPECT_EQ(error_in("c__torch__\nOther\n)\x81}(ub."), refusal("names __torch__.Other"));
  EXPECT_EQ(error_in("c__torch__.torch.classes.x\nY\n)\x81}(ub."), refusal("names __torch__.torch.classes.x.Y"));
  EXPECT_EQ(error_in("\x93."), refusal("has the opcode 147"));
  EXPECT_EQ(error_in(kObject + "(ib."), refusal("has the opcode 105"));
}

TEST(GraphPickle, KeepsTensorsInsideTheirStorages) {
  const std::string outside = refusal("has a tensor that does not lie inside its storage");
  EXPECT_EQ(error_in(tensor(2, 0, integer(3), integer(1)) + "."), outside);
  EXPECT_EQ(error_in(tensor(2, 1, integer(2), integer(1)) + "."), outside);
  EXPECT_EQ(error_in(tensor(2, 0, integer(2), integer(2)) + "."), outside);
  EXPECT_EQ(error_in(tensor(2, 2, "", "") + "."), outside);
  EXPECT_EQ(error_in(tensor(2, 0, integer(2), "J\xff\xff\xff\xff") + "."), outside);
  EXPECT_EQ(error_in(tensor(2, 9, integer(0), integer(1)) + "."), "no error");  // has no elements
  EXPECT_EQ(error_in(tensor(2, 0, integer(2), "") + "."), refusal("has a tensor with more sizes than strides"));
  EXPECT_EQ(error_in(tensor(3, 0, integer(2), integer(1)) + "."),
            refusal("has a storage of 12 bytes, which record 0 has not"));
  EXPECT_EQ(error_in(tensor(2, 0, integer(2), integer(1), "1") + "."),
            refusal("has a storage of 8 bytes, which record 1 has not"));
  EXPECT_EQ(error_in(tensor(2, 0, integer(2), integer(1), "0", "cuda:0") + "."), refusal("has a storage on cuda:0"));
}

TEST(GraphPickle, HasOneWholeValue) {
  EXPECT_EQ(error_in(""), refusal("is cut"));
  EXPECT_EQ(error_in("X\xff\xff\xff\xff."), refusal("is cut"));
  EXPECT_EQ(error_in("."), refusal("does not end with one value"));
  EXPECT_EQ(error_in("NN."), refusal("does not end with one value"));
  EXPECT_EQ(error_in("N.N"), refusal("does not end with one value"));
  EXPECT_EQ(error_in("(N."), refusal("does not end with one value"));
  EXPECT_EQ(error_in(kObject + "."), refusal("does not end with one value"));
}

TEST(GraphPickle, TakesNothingThatIsNotThere) {
  EXPECT_EQ(error_in("\x85."), refusal("takes a value that is not there"));
  EXPECT_EQ(error_in("N(\x85."), refusal("takes a value that is not there"));
  EXPECT_EQ(error_in("t."), refusal("takes a mark that is not there"));
  EXPECT_EQ(error_in("h\x01."), refusal("recalls a value that is not there"));
  EXPECT_EQ(error_in("Nr\xff\xff\xff\x7f."), refusal("remembers a value out of order"));
  EXPECT_EQ(error_in("}(Nu."), refusal("has a key without a value"));
  EXPECT_EQ(error_in("N)R."), refusal("calls something that is no function"));
  EXPECT_EQ(error_in("ccollections\nOrderedDict\n(NtR."),
            refusal("calls a function with something else than it takes"));
}

// LibTorch frees values by recursion.
TEST(GraphPickle, HasNoRingsAndNoDeepValues) {
  EXPECT_EQ(error_in("]q\0(h\0e."s), refusal("has a value that holds itself"));
  EXPECT_EQ(error_in("]q\0(Neh\0(Ne\x86."s), refusal("fills a list that is none, or is full"));
  std::string deep = "N";
  for (int i = 0; i < 300; ++i) deep += "\x85";
  EXPECT_EQ(error_in(deep + "."), refusal("has more than 200 values inside each other"));
}

}  // namespace
}  // namespace sfumato

#include "bundle/graph_code.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

const ClassNames kClasses = {"__torch__.nn.Linear", "__torch__.torch.classes.x.Y"};

std::string error_in(const std::string& source) {
  return error_of([&] { check_graph_code(source, kClasses, "x.ts: code/a.py"); });
}
// Of one statement in a method.
std::string error_of_line(const std::string& statement) {
  return error_in("class A(Module):\n  def forward(self: __torch__.nn.Linear,\n    x: Tensor) -> Tensor:\n    " +
                  statement + "\n");
}
std::string refusal(const std::string& what, int line = 4) {
  return "bad_bundle: x.ts: code/a.py, line " + std::to_string(line) + ": it " + what +
         ", which `trust` does not allow in a graph. If the graph is your own, add `trust_all`.";
}

TEST(GraphCode, TakesWhatATraceWrites) {
  EXPECT_EQ(error_in(R"(class A(Module):
  __parameters__ = ["weight", "bias", ]
  __buffers__ = []
  weight : Tensor
  training : bool
  _is_full_backward_hook : Optional[bool]
  __annotations__["0"] = __torch__.nn.Linear
  def forward(self: __torch__.nn.Linear,
    x: Tensor,
    argument_2: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    weight = self.weight
    _0 = getattr(self.layers, "0")
    _1 = ops.prim.NumToTensor(torch.size(x, 0))
    _2 = (_0).forward1((weight).forward(x, ), )
    a, b, = torch.chunk(_2, 2, -1)
    query = torch.div(a, CONSTANTS.c12, rounding_mode="floor")
    _3 = torch.arange(0, 160, dtype=6, layout=0, device=torch.device("cpu"), pin_memory=False)
    _4 = torch.layer_norm(_3, [int(_1)], weight, None, 1.0000000000000001e-05, True)
    _5 = annotate(List[Optional[Tensor]], [b])
    input = torch.add(query, _4, alpha=-1.)
    return (input, query)
)"),
            "no error");
}

TEST(GraphCode, NamesAnOperatorThatIsNotListed) {
  EXPECT_EQ(error_of_line("_0 = torch.save(x, \"out\")"), refusal("calls torch.save"));
  EXPECT_EQ(error_of_line("_0 = torch.from_file(\"passwd\", False, 10)"), refusal("calls torch.from_file"));
  EXPECT_EQ(error_of_line("_0 = torch.add_(x, x)"), refusal("calls torch.add_"));
  EXPECT_EQ(error_of_line("_0 = torch.empty([1000])"), refusal("calls torch.empty"));
  EXPECT_EQ(error_of_line("_0 = torch.add.save(x)"), refusal("calls torch.add.save"));
  EXPECT_EQ(error_of_line("_0 = torch"), refusal("calls torch"));
  EXPECT_EQ(error_of_line("_0 = torch.add"), refusal("calls torch.add"));
  EXPECT_EQ(error_of_line("_0 = ops.c10d.send(x, 1)"), refusal("calls ops.c10d.send"));
  EXPECT_EQ(error_of_line("_0 = ops.aten.save(x, \"out\")"), refusal("calls ops.aten.save"));
}

// Everything below reaches torch.save without its name in front of a bracket.
TEST(GraphCode, AllowsNoOtherWayToAnOperator) {
  EXPECT_EQ(error_of_line("_0 = (x).save(\"out\")"), refusal("calls .save()"));
  EXPECT_EQ(error_of_line("_0 = x.save(\"out\")"), refusal("calls .save()"));
  EXPECT_EQ(error_of_line("_0 = getattr(x, \"save\")(\"out\")"), refusal("calls a value"));
  EXPECT_EQ(error_of_line("_0 = (x.save)(\"out\")"), refusal("calls a value"));
  EXPECT_EQ(error_of_line("_0 = [x.save][0](\"out\")"), refusal("calls a value"));
  EXPECT_EQ(error_of_line("f = x.save"), "no error");                 // is not called,
  EXPECT_EQ(error_of_line("_0 = f(\"out\")"), refusal("calls f()"));  // and cannot be
  EXPECT_EQ(error_of_line("int = x.save"), refusal("gives a new meaning to int"));
  EXPECT_EQ(error_of_line("a, getattr, = x"), refusal("gives a new meaning to getattr"));
  EXPECT_EQ(error_of_line("f = getattr"), refusal("names getattr without calling it"));
  EXPECT_EQ(error_of_line("torch = x"), refusal("gives a new meaning to torch"));
  EXPECT_EQ(error_of_line("_0 = fork(x)"), refusal("calls fork()"));
  EXPECT_EQ(error_of_line("print(x)"), refusal("calls print()"));
  EXPECT_EQ(error_of_line("_0 = torch.add(x, x, out=x)"), refusal("gives the argument out="));
  EXPECT_EQ(error_of_line("_0 = __torch__.nn.Linear(x)"), refusal("calls __torch__.nn.Linear"));
  EXPECT_EQ(error_of_line("_0 = (x).__setstate__(x)"), refusal("calls .__setstate__()"));
}

TEST(GraphCode, DefinesForwardOnly) {
  EXPECT_EQ(error_in("class A(Module):\n  def __setstate__(self, x: Tensor) -> NoneType:\n    return None\n"),
            refusal("defines __setstate__()", 2));
  EXPECT_EQ(error_in("class A(Module):\n  def save(self) -> Tensor:\n"), refusal("defines save()", 2));
  EXPECT_EQ(error_in("class A(NamedTuple):\n"), refusal("defines a class that is not a Module", 1));
  EXPECT_EQ(error_in("class A(Module):\n  __forward_pre_hooks__ = [\"forward\"]\n"),
            refusal("sets __forward_pre_hooks__", 2));
  EXPECT_EQ(error_in("import os\n"), refusal("has `import`", 1));
  EXPECT_EQ(error_in("@x\n"), refusal("has the sign @", 1));
}

TEST(GraphCode, KnowsTheClassesOfTheArchiveOnly) {
  EXPECT_EQ(error_in("  a : __torch__.nn.Linear\n"), "no error");
  EXPECT_EQ(error_in("  a : __torch__.nn.Conv2d\n"), refusal("names the type __torch__.nn.Conv2d", 1));
  EXPECT_EQ(error_in("  a : __torch__.torch.classes.x.Y\n"), refusal("names the type __torch__.torch.classes.x.Y", 1));
  EXPECT_EQ(error_in("  a : RRef[Tensor]\n"), refusal("names the type RRef", 1));
  ClassNames classes;
  add_classes("class A(Module):\n  a : Tensor\nclass B(Module):\n", "__torch__.nn", classes);
  EXPECT_EQ(classes, (ClassNames{"__torch__.nn.A", "__torch__.nn.B"}));
}

TEST(GraphCode, HasNoOtherStatements) {
  EXPECT_EQ(error_of_line("for i in x:"), refusal("has `for`"));
  EXPECT_EQ(error_of_line("x[0] = x"), refusal("has = in an expression"));
  EXPECT_EQ(error_of_line("x.a = x"), refusal("has = in an expression"));
  EXPECT_EQ(error_of_line("a = b = x"), refusal("has = in an expression"));
  EXPECT_EQ(error_of_line("_0 = x if x else x"), refusal("has `if`"));
  EXPECT_EQ(error_of_line("return"), refusal("has a statement without a value"));
}

// What readers of Python may take for different things.
TEST(GraphCode, TakesOnlyTokensOnWhichReadersAgree) {
  EXPECT_EQ(error_of_line("_0 = x  # a comment"), refusal("has the sign #"));
  EXPECT_EQ(error_of_line("_0 = \\"), refusal("has the sign \\"));
  EXPECT_EQ(error_of_line("_0 = x; _1 = x"), refusal("has the sign ;"));
  EXPECT_EQ(error_of_line("_0 = 'a'"), refusal("has the sign '"));
  EXPECT_EQ(error_of_line("_0 = \"\"\"a\"\"\""), refusal("has the string \""));
  EXPECT_EQ(error_of_line("_0 = f\"a\""), refusal("has a string with a prefix"));
  EXPECT_EQ(error_of_line("_0 = 1torch.save(x)"), refusal("has 1torch.save(x) for a number"));
  EXPECT_EQ(error_of_line("_0 = x\r"), refusal("has the sign \\x0d"));
  EXPECT_EQ(error_of_line("_0 = torch.add(x"), refusal("is cut"));
  EXPECT_EQ(error_of_line("_0 = x)"), refusal("has a bracket too many"));
  EXPECT_EQ(error_of_line("_0 = " + std::string(60, '(')), refusal("has a longer or deeper statement"));
  EXPECT_EQ(error_of_line("_0 = " + std::string(3000, '-') + "x"), refusal("has a longer or deeper statement"));
}

TEST(GraphCode, ChecksTypesOfPickles) {
  const auto error_of_type = [](const std::string& type) {
    return error_of([&] { check_graph_type(type, kClasses, "x"); });
  };
  EXPECT_EQ(error_of_type("Dict[str, List[Any]]"), "no error");
  EXPECT_EQ(
      error_of_type("__torch__.torch.classes.x.Y"),
      "bad_bundle: x: it names the type __torch__.torch.classes.x.Y, which `trust` does not allow in a graph. If the "
      "graph is your own, add `trust_all`.");
}

}  // namespace
}  // namespace sfumato

// Any bytes as a graph that need not be trusted: an archive, code, or a pickle, by the first byte.
#include "bundle/graph_check.h"
#include "bundle/graph_code.h"
#include "bundle/graph_pickle.h"
#include "fuzz.h"

void sfumato::fuzz(std::string_view input) {
  const std::size_t part = choice(input, 3);
  const ClassNames classes = {"__torch__.M"};
  const auto sizes = [](std::string_view) { return std::optional<std::size_t>(4); };
  (void)result_of({ErrorKind::bad_bundle}, [&] {
    if (part == 0) check_graph(input, "x");
    if (part == 1) check_graph_code(input, classes, "x");
    if (part == 2) check_graph_pickle(input, classes, sizes, "x");
    return true;
  });
}

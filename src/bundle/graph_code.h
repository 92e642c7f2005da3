// The code of a graph from someone who need not be trusted: which operators it calls. Nothing is run.
//
// TorchScript stores code as Python source, code/__torch__/*.py. Here is only what a trace writes: classes of modules
// with attributes and methods forward(), forward1(), ...; in a method assignments and a return, without branches and
// loops. Every call is one of an operator in the list (graph_operators.h), or of a forward().
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace sfumato {

using ClassNames = std::set<std::string, std::less<>>;  // "__torch__.torch.nn.modules.linear.Linear"

// The classes that the source defines. module: the record's name as a Python module,
// "__torch__.torch.nn.modules.linear".
void add_classes(std::string_view source, const std::string& module, ClassNames& classes);

// Throws Error(bad_bundle), beginning with `where`, for anything but the above: it names the operator, method,
// statement or class, and its line. classes: those that annotations may name. Linear in time.
void check_graph_code(std::string_view source, const ClassNames& classes, const std::string& where);

// The same for the name of a type in a pickle, such as "Dict[str, List[Tensor]]".
void check_graph_type(std::string_view type, const ClassNames& classes, const std::string& where);

// Throws Error(bad_bundle): "WHERE: WHAT, which `trust` does not allow. ..."
[[noreturn]] void refuse_graph(const std::string& where, const std::string& what);

}  // namespace sfumato

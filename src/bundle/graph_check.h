// Whether a graph does nothing but compute, seen without running it: `trust` takes only such graphs.
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

// Reads the TorchScript archive: its records (zip_archive.h), their names, the code (graph_code.h) and the pickles
// (graph_pickle.h). LibTorch, given a graph that passes, calls only operators of graph_operators.h, on tensors that lie
// inside the archive or are its inputs; without this, loading alone runs what the graph says (`__setstate__`). It may
// still take any time and memory. Throws Error(bad_bundle) that names the operator and the record. Linear in time: 20
// ms a megabyte.
void check_graph(std::string_view archive, const std::string& where);

}  // namespace sfumato

// A graph that may be loaded: the only thing that nn/graph.cpp gives to LibTorch, which runs parts of a graph as it
// loads it.
#pragma once

#include <string>
#include <string_view>

#include "sfumato/trust.h"

namespace sfumato {

class TrustedGraph {
 public:
  // Copies the bytes, so that what is checked is what is loaded. Throws Error(bad_bundle), beginning with `where`, for
  // a graph that is not known (bundle/known_files.h) and neither passes check_graph() with Trust::checked nor is
  // trusted with Trust::all.
  TrustedGraph(std::string_view bytes, Trust trust, std::string where);

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  // The graph's path in messages.
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  std::string bytes_;
  std::string where_;
};

// Throws Error(bad_bundle): only `trust` allows the use of a file that is not known.
[[noreturn]] void refuse_unknown(const std::string& where);

}  // namespace sfumato

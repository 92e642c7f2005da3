// Which files of others a program uses.
#pragma once

namespace sfumato {

// Graphs are programs, and the parser of a tokenizer is not made for hostile files. `known`: only those that this
// project has published. `checked`: also other tokenizers, and graphs that do nothing but compute, as a reader finds
// that runs nothing. `all`: any graph, which may do whatever a program may.
enum class Trust { known, checked, all };

}  // namespace sfumato

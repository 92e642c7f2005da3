// In which type weights are stored unless it is said.
#pragma once

#include <string>

#include "import/write/weight_shard.h"

namespace sfumato {

struct DefaultStorage {
  std::optional<StoredDtype> dtype;  // nothing: as given
  std::string why;                   // "this processor computes in it"
};

// float16 if a GPU is here; else bfloat16 if this processor has instructions for it (AVX512-BF16, and with them AMX),
// so that weights are used where they are mapped; else each tensor keeps its type.
[[nodiscard]] DefaultStorage default_storage();

}  // namespace sfumato

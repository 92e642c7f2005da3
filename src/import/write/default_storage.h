// The dtype in which an import stores weights when none is given.
#pragma once

#include <optional>
#include <string>

#include "import/write/weight_shard.h"

namespace sfumato {

struct DefaultStorage {
  std::optional<StoredDtype> dtype;  // nullopt: each tensor keeps its own
  std::string why;                   // for the report: "as this processor computes in it"
};

// float16 if this machine has a GPU; else bfloat16 if the processor has instructions for it (AVX512-BF16, which AMX
// implies), so that weights are used where they are mapped; else each tensor keeps its dtype.
[[nodiscard]] DefaultStorage default_storage();

}  // namespace sfumato

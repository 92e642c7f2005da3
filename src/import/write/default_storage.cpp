#include "import/write/default_storage.h"

#include "base/devices.h"

namespace sfumato {

DefaultStorage default_storage() {
  if (has_gpu()) return {.dtype = StoredDtype::f16, .why = "for the GPU that is here"};
  if (has_avx512_bf16()) return {.dtype = StoredDtype::bf16, .why = "as this processor computes in it"};
  return {.dtype = std::nullopt, .why = "as given"};
}

}  // namespace sfumato

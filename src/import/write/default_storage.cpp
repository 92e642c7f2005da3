#include "import/write/default_storage.h"

#include <filesystem>

namespace sfumato {
namespace {

bool has_gpu() {
  std::error_code error;
  return std::filesystem::exists("/dev/nvidiactl", error) || std::filesystem::exists("/dev/nvidia0", error) ||
         std::filesystem::exists("/dev/dxg", error);
}

bool computes_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") > 0;
#else
  return false;
#endif
}

}  // namespace

DefaultStorage default_storage() {
  if (has_gpu()) return {.dtype = StoredDtype::f16, .why = "for the GPU that is here"};
  if (computes_bfloat16()) return {.dtype = StoredDtype::bf16, .why = "as this processor computes in it"};
  return {.dtype = std::nullopt, .why = "as given"};
}

}  // namespace sfumato

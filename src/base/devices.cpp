#include "base/devices.h"

#include <filesystem>

namespace sfumato {

bool has_gpu() {
  std::error_code error;
  return std::filesystem::exists("/dev/nvidiactl", error) || std::filesystem::exists("/dev/nvidia0", error) ||
         std::filesystem::exists("/dev/dxg", error);
}

#if defined(__x86_64__)
bool has_avx512_bf16() { return __builtin_cpu_supports("avx512bf16") != 0; }
#else
bool has_avx512_bf16() { return false; }
#endif

// clang 14 refuses the name amx-bf16.
#if defined(__x86_64__) && !defined(__clang__)
bool has_amx_bf16() { return __builtin_cpu_supports("amx-bf16") != 0; }
#else
bool has_amx_bf16() { return false; }
#endif

}  // namespace sfumato

#include "nn/runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>
#include <sched.h>

#include <charconv>
#include <filesystem>

#include "base/address_space.h"
#include "base/devices.h"
#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr int kMaxThreads = 1024;
constexpr int kMaxBatch = 256;
constexpr int kMaxDevice = 127;
// Of address space, measured with the default model; larger ones fail later, in order.
constexpr std::uint64_t kBytesForNetworks = std::uint64_t{192} << 20;
constexpr std::uint64_t kBytesOfThread = std::uint64_t{32} << 20;  // its stack and its heap

// Opens libtorch_cuda.so, which lies next to libtorch_cpu.so; only for a GPU, because it takes seconds to load.
// Returns why it cannot be used, or an empty string.
std::string load_cuda() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&at::get_num_threads), &info) == 0) return "libtorch_cpu.so was not found";
  const std::filesystem::path library = std::filesystem::path(info.dli_fname).parent_path() / "libtorch_cuda.so";
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) return dlerror();
  return at::hasCUDA() ? "" : "no NVIDIA driver or no GPU was found";
}

// The N of "cuda" (0) or "cuda:N"; -1: not a valid name.
int cuda_index(const std::string& device) {
  if (device == "cuda") return 0;
  constexpr std::string_view prefix = "cuda:";
  if (!device.starts_with(prefix)) return -1;
  int index = -1;
  const char* end = device.data() + device.size();
  const auto [rest, error] = std::from_chars(device.data() + prefix.size(), end, index);
  return error == std::errc() && rest == end && index <= kMaxDevice ? index : -1;
}

// warning: set if `auto` does not use a GPU that is there.
at::Device choose_device(const std::string& requested, std::string& warning) {
  if (requested == "cpu") return at::kCPU;
  if (requested == "auto") {
    if (!has_gpu()) return at::kCPU;
    const std::string reason = load_cuda();
    if (reason.empty()) return {at::kCUDA, 0};
    warning = "a GPU seems to be there but cannot be used, so the CPU is: " + printable(reason, 300);
    return at::kCPU;
  }
  const int index = cuda_index(requested);
  if (index < 0) {
    throw Error(ErrorKind::usage,
                "`device`: \"" + printable(requested) + "\" is not known; auto, cpu, cuda or cuda:N is expected.");
  }
  if (const std::string reason = load_cuda(); !reason.empty()) {
    throw Error(ErrorKind::device_absent,
                "`device` " + requested + ": " + printable(reason, 300) +
                    ". Use `device` cpu, or install CUDA's libraries with scripts/setup.sh --cuda.");
  }
  const auto count = static_cast<int>(at::globalContext().getAcceleratorHooksInterface(at::kCUDA).deviceCount());
  if (index >= count) {
    throw Error(ErrorKind::device_absent,
                "`device` " + requested + ": " + std::to_string(count) + " GPUs were found, counted from 0.");
  }
  return {at::kCUDA, static_cast<at::DeviceIndex>(index)};
}

at::ScalarType scalar_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::float32:
      return at::kFloat;
    case Dtype::bfloat16:
      return at::kBFloat16;
    case Dtype::float16:
      return at::kHalf;
  }
  return at::kFloat;
}

// float32 on a CPU gives the same picture on every machine to within rounding. It computes in bfloat16 only if the
// model prefers that, as large ones do, and the processor multiplies it: others emulate it. A GPU is twice as fast in
// it.
Dtype automatic_dtype(at::Device device, std::optional<Dtype> preferred) {
  if (device.is_cuda()) return Dtype::bfloat16;
  const bool is_fast = has_avx512_bf16();
  return preferred == Dtype::bfloat16 && is_fast ? Dtype::bfloat16 : Dtype::float32;
}

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

Runtime start_runtime(const RuntimeOptions& options, std::optional<Dtype> preferred) {
  if (options.threads < 0 || options.threads > kMaxThreads) {
    throw Error(ErrorKind::usage,
                "`threads`: " + std::to_string(options.threads) +
                    " is out of range; a whole number from 1 to 1024 is expected, or 0 for one per core.");
  }
  if (options.batch_size < 0 || options.batch_size > kMaxBatch) {
    throw Error(ErrorKind::usage,
                "`batch_size`: " + std::to_string(options.batch_size) +
                    " is out of range; a whole number from 1 to 256 is expected, or 0 for automatic.");
  }
  Runtime runtime;
  runtime.device = choose_device(options.device, runtime.warning);
  runtime.dtype = scalar_type(options.dtype.value_or(automatic_dtype(runtime.device, preferred)));
  if (runtime.device.is_cpu() && runtime.dtype == at::kHalf) {
    throw Error(ErrorKind::usage, "`dtype`: float16 is for GPUs; on a CPU take float32 or bfloat16.");
  }
  runtime.threads = options.threads > 0 ? options.threads : available_cores();
  // Where threads cannot be started OpenMP ends the process, with 1.
  check_address_space("LibTorch", kBytesForNetworks + kBytesOfThread * static_cast<std::uint64_t>(runtime.threads));
  at::set_num_threads(runtime.threads);
  return runtime;
}

std::string dtype_name(const Runtime& runtime) {
  for (const Named<Dtype>& entry : names<Dtype>()) {
    if (scalar_type(entry.value) == runtime.dtype) return std::string(entry.name);
  }
  return "";
}

std::string describe(const Runtime& runtime) {
  std::string text = runtime.device.str() + ", " + dtype_name(runtime);
  if (runtime.device.is_cpu())
    text += ", " + std::to_string(runtime.threads) + (runtime.threads == 1 ? " thread" : " threads");
  return text;
}

}  // namespace sfumato

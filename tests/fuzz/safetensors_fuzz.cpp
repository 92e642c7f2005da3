// libFuzzer: any bytes as a safetensors file. Tensors lie inside the file; a refusal is an
// Error(bad_data).
#include <cstdlib>

#include "bundle/safetensors.h"
#include "import/recognise/foreign_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfumato;
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  try {
    refuse_foreign(bytes, "x");
    for (const StoredTensor& tensor : read_safetensors_file(bytes, "x", ErrorKind::bad_data).tensors) {
      std::size_t expected = size_of(tensor.dtype);
      for (const std::int64_t side : tensor.shape) expected *= static_cast<std::size_t>(side);
      const bool inside =
          tensor.bytes.data() >= bytes.data() && tensor.bytes.data() + tensor.bytes.size() <= bytes.data() + size;
      if (expected != tensor.bytes.size() || !inside) std::abort();
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::bad_data) std::abort();
  }
  return 0;
}

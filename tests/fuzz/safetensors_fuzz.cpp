// Any bytes as a safetensors file. Tensors lie inside the file.
#include "bundle/safetensors.h"
#include "fuzz.h"
#include "import/recognise/foreign_file.h"

void sfumato::fuzz(std::string_view input) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(input));
  const auto file = result_of({ErrorKind::bad_data}, [&] {
    refuse_foreign(bytes, "x");
    return read_safetensors_file(bytes, "x", ErrorKind::bad_data);
  });
  if (!file) return;
  for (const StoredTensor& tensor : file->tensors) {
    std::size_t expected = size_of(tensor.dtype);
    for (const std::int64_t side : tensor.shape) expected *= static_cast<std::size_t>(side);
    check(expected == tensor.bytes.size(), "a tensor of another size");
    check(
        tensor.bytes.data() >= bytes.data() && tensor.bytes.data() + tensor.bytes.size() <= bytes.data() + bytes.size(),
        "a tensor outside the file");
  }
}

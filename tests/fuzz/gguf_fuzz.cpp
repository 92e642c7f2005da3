// Any bytes as a GGUF file. A tensor that is read lies in the file, has as many bytes as its shape says, and is widened
// without reading beyond them.
#include <algorithm>

#include "fuzz.h"
#include "import/recognise/gguf.h"
#include "numbers/convert.h"

void sfumato::fuzz(std::string_view input) {
  const std::string text = "GGUF" + std::string(input);
  const std::span<const std::byte> file = std::as_bytes(std::span(text));
  const auto read = result_of({ErrorKind::bad_data}, [&] { return read_gguf(file, "x.gguf"); });
  if (!read) return;
  for (const StoredTensor& tensor : read->tensors) {
    const Packing packing = packing_of(tensor.dtype);
    check(tensor.bytes.data() >= file.data() && tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size(),
          "a tensor outside the file");
    std::size_t count = 1;
    for (const std::int64_t side : tensor.shape) count *= static_cast<std::size_t>(side);
    check(count == packing.numbers_in(tensor.bytes.size()), "a tensor of another size than its shape's");
    if (!is_real(tensor.dtype)) continue;
    std::vector<std::byte> numbers(count * 4);
    if (!convert(tensor.bytes, tensor.dtype, numbers, StoredDtype::f32)) {
      check(first_not_finite(tensor.bytes, tensor.dtype, 1, StoredDtype::f32).has_value(), "no number is the bad one");
    }
  }
}

#include "numbers/numbers_in.h"

#include "numbers/convert.h"

namespace sfumato {

std::optional<std::vector<float>> numbers_in(const StoredTensor& tensor, std::size_t most) {
  const std::size_t count = packing_of(tensor.dtype).numbers_in(tensor.bytes.size());
  if (!is_real(tensor.dtype) || count > most) return std::nullopt;
  std::vector<float> numbers(count);
  // What is not finite is for the caller to see.
  (void)convert(tensor.bytes, tensor.dtype, std::as_writable_bytes(std::span(numbers)), StoredDtype::f32);
  return numbers;
}

}  // namespace sfumato

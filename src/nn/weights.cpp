#include "nn/weights.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>

#include "base/mapped_file.h"
#include "base/printable.h"
#include "numbers/convert.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

at::ScalarType scalar_type(StoredDtype dtype) {
  switch (dtype) {
    case StoredDtype::f16:
      return at::kHalf;
    case StoredDtype::bf16:
      return at::kBFloat16;
    default:
      return at::kFloat;
  }
}

// Strides of a tensor of shape [O, I, kh, kw] whose bytes are [O, kh, kw, I].
std::vector<std::int64_t> channels_last_strides(const std::vector<std::int64_t>& shape) {
  return {shape[1] * shape[2] * shape[3], 1, shape[3] * shape[1], shape[1]};
}

bool is_aligned(std::span<const std::byte> bytes, StoredDtype dtype) {
  return reinterpret_cast<std::uintptr_t>(bytes.data()) % size_of(dtype) == 0;
}

// The numbers of the piece, one after the other, in widened(weight.dtype): the mapped bytes, or a copy.
at::Tensor numbers_of(const Weight& weight) {
  const Packing packing = packing_of(weight.dtype);
  const NumberRange range = range_of(weight.piece, packing.numbers_in(weight.bytes.size()));
  const StoredDtype to = widened(weight.dtype);
  const at::TensorOptions options(scalar_type(to));
  const auto count = static_cast<std::int64_t>(range.count);
  if (to == weight.dtype && weight.scale == 1) {
    const std::span<const std::byte> bytes = weight.bytes.subspan(range.first * size_of(to), range.count * size_of(to));
    // from_blob takes no pointer to const; weights are never written to.
    if (is_aligned(bytes, to)) return at::from_blob(const_cast<std::byte*>(bytes.data()), {count}, options);
    at::Tensor copy = at::empty({count}, options);  // kernels need aligned data
    std::memcpy(copy.mutable_data_ptr(), bytes.data(), bytes.size());
    return copy;
  }
  // A piece may begin inside a block, so blocks are widened as a whole.
  const std::int64_t all = static_cast<std::int64_t>(packing.numbers_in(weight.bytes.size()));
  at::Tensor widened_numbers = at::empty({all}, options);
  (void)convert_scaled(weight.bytes, weight.dtype, weight.scale,
                       {static_cast<std::byte*>(widened_numbers.mutable_data_ptr()), widened_numbers.nbytes()}, to);
  return widened_numbers.narrow(0, static_cast<std::int64_t>(range.first), count);
}

}  // namespace

at::Tensor tensor_of(const Weight& weight, WeightsLayout layout, const Runtime& runtime) {
  if (!is_real(weight.dtype)) {
    throw Error(ErrorKind::bad_bundle, weight.where + ": " + printable(weight.name) + " is stored as " +
                                           std::string(name_of(weight.dtype)) + ", which weights are not.");
  }
  const at::Tensor numbers = numbers_of(weight);
  const std::vector<std::int64_t>& shape = weight.shape;
  at::Tensor stored;
  if (weight.piece == Piece::transposed) {
    stored = numbers.view({shape[1], shape[0]}).t();
  } else if (weight.layout == WeightsLayout::channels_last && shape.size() == 4) {
    stored = numbers.as_strided(shape, channels_last_strides(shape));
  } else {
    stored = numbers.view(shape);
  }
  const auto format = shape.size() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  at::Tensor tensor = stored.to(runtime.device, runtime.dtype).contiguous(format);
  if (layout == WeightsLayout::channels_last && shape.size() == 4) {
    tensor = tensor.as_strided(shape, channels_last_strides(shape));
  }
  const bool is_mapped = tensor.is_cpu() && tensor.const_data_ptr() >= weight.bytes.data() &&
                         tensor.const_data_ptr() < weight.bytes.data() + weight.bytes.size();
  if (!is_mapped && weight.file != nullptr) weight.file->leave_memory(weight.bytes);
  return tensor;
}

}  // namespace sfumato

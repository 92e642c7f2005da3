// A strict reader of the safetensors format (https://github.com/huggingface/safetensors, src/tensor.rs): 8 bytes of
// little-endian header length, a JSON header, the data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/stored_dtype.h"
#include "sfumato/error.h"

namespace sfumato {

struct StoredTensor {
  std::string name;
  StoredDtype dtype = StoredDtype::f32;
  std::vector<std::int64_t> shape;   // rank 0 and zeros are legal
  std::span<const std::byte> bytes;  // view into the file; as many as product(shape) numbers take (packing_of())
};

// All tensors of a file, in the order of their data. `file` must outlive the result.
// Throws Error(kind) beginning with `where` unless the header is at most 100 MB of JSON without duplicate names, every
// dtype is known, every size matches its shape, and the tensors cover the data without gap, overlap or tail.
[[nodiscard]] std::vector<StoredTensor> read_safetensors(std::span<const std::byte> file, const std::string& where,
                                                         ErrorKind kind);

using SafetensorsMetadata = std::map<std::string, std::string, std::less<>>;

// The same, with the file's `__metadata__`, which may be empty.
struct SafetensorsFile {
  std::vector<StoredTensor> tensors;
  SafetensorsMetadata metadata;
};
[[nodiscard]] SafetensorsFile read_safetensors_file(std::span<const std::byte> file, const std::string& where,
                                                    ErrorKind kind);

}  // namespace sfumato

// Safetensors files for the tests of imports: tensors of given names and shapes, filled with a byte each.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bundle/safetensors_file.h"
#include "import/recognise/weight_file.h"
#include "test_folder.h"

namespace sfumato {

struct NamedShape {
  std::string name;
  std::vector<std::int64_t> shape = {1};
};

// The file's bytes: float16 numbers, all of them zero.
inline std::string zeros_of(const std::vector<NamedShape>& tensors, const std::string& metadata = "") {
  std::string header = "{" + metadata;
  std::size_t end = 0;
  for (const NamedShape& tensor : tensors) {
    std::size_t size = 2;
    std::string shape;
    for (const std::int64_t side : tensor.shape) {
      size *= static_cast<std::size_t>(side);
      shape += (shape.empty() ? "" : ",") + std::to_string(side);
    }
    if (header.size() > 1) header += ",";
    header += "\"" + tensor.name + R"(":{"dtype":"F16","shape":[)" + shape + R"(],"data_offsets":[)" +
              std::to_string(end) + "," + std::to_string(end + size) + "]}";
    end += size;
  }
  return safetensors_file(header + "}", std::string(end, '\0'));
}

inline WeightFile weights_of(const std::vector<NamedShape>& tensors, const std::string& metadata = "") {
  const std::filesystem::path path = test_folder() / "x.safetensors";
  write_file(path, zeros_of(tensors, metadata));
  WeightFile file = open_weights(path);
  file.where = "x";
  return file;
}

}  // namespace sfumato

// Tensors that a script of the reference wrote.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

#include "base/mapped_file.h"
#include "bundle/safetensors.h"

namespace sfumato {

class GoldenFile {
 public:
  explicit GoldenFile(const std::filesystem::path& path) : file_(path, ErrorKind::input_missing) {
    for (StoredTensor& tensor : read_safetensors(file_.bytes(), path.filename().string(), ErrorKind::bad_data)) {
      tensors_.emplace(tensor.name, tensor);
    }
  }
  [[nodiscard]] const std::map<std::string, StoredTensor>& all() const { return tensors_; }
  [[nodiscard]] const StoredTensor& stored(const std::string& name) const { return tensors_.at(name); }
  // float32; lives as long as the file.
  [[nodiscard]] at::Tensor tensor(const std::string& name) const {
    const StoredTensor& stored = tensors_.at(name);
    return at::from_blob(const_cast<std::byte*>(stored.bytes.data()), stored.shape, at::TensorOptions(at::kFloat));
  }

 private:
  MappedFile file_;
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace sfumato

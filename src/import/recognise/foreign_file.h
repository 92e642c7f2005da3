// Files that are neither safetensors nor GGUF, recognised by their first bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace sfumato {

// Throws Error(bad_data), "WHERE: what it is, why it is not read. What to do.", for a format that is often taken
// for a checkpoint: PyTorch's pickles, TorchScript, HDF5, ONNX, NumPy, a web page or a Git LFS pointer instead of
// the file, a compressed file, a picture. Returns for any other bytes.
void refuse_foreign(std::span<const std::byte> file, const std::string& where);

}  // namespace sfumato

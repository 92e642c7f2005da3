// A strict reader of GGUF (https://github.com/ggml-org/ggml, docs/gguf.md), versions 2 and 3, little-endian: the format
// of stable-diffusion.cpp and of ComfyUI-GGUF.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "bundle/safetensors.h"

namespace sfumato {

[[nodiscard]] bool is_gguf(std::span<const std::byte> file);

// Its tensors in the order of their data, with shapes in the order of the other formats (GGUF counts sides from the
// last), and its texts ("general.architecture") as metadata. A tensor that ComfyUI-GGUF has written in another shape
// (comfy.gguf.orig_shape.NAME) has its own again. `file` must outlive the result. Throws Error(bad_data) beginning with
// `where` unless each name, value and tensor lies in the file, dtypes are known, rows consist of whole blocks, and no
// tensor begins off the alignment or overlaps another one.
[[nodiscard]] SafetensorsFile read_gguf(std::span<const std::byte> file, const std::string& where);

}  // namespace sfumato

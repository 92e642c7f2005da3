// LibTorch's exceptions as one line of text.
#pragma once

#include <exception>
#include <string>

#include "sfumato/error.h"

namespace sfumato {

// LibTorch's own message, without its backtrace, on one line.
[[nodiscard]] std::string reason_of(const std::exception& error);

// Whether memory, of the CPU or of the GPU, did not suffice.
[[nodiscard]] bool is_out_of_memory(const std::exception& error);

// "WHERE: reason." as Error(internal), or Error(stopped_early) if memory did not suffice.
[[nodiscard]] Error translated(const std::string& where, const std::exception& error);

}  // namespace sfumato

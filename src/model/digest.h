// SHA-256 (FIPS 180-4). The only place that knows libcrypto is digest.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::span<const std::byte> data);
[[nodiscard]] std::string sha256(std::string_view text);

}  // namespace sfumato

// SHA-256 (FIPS 180-4). Only sha256.cpp includes libcrypto.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::span<const std::byte> data);
[[nodiscard]] std::string sha256(std::string_view text);

// The same for data in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) = delete;

  void add(std::span<const std::byte> piece);
  // Of all data that was added. Call it once.
  [[nodiscard]] std::string digest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfumato

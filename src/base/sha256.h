// SHA-256 (FIPS 180-4). The only place that knows libcrypto is digest.cpp.
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

// The same for data that comes piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) = delete;

  void add(std::span<const std::byte> piece);
  // Of everything that was added; the object is spent.
  [[nodiscard]] std::string digest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfumato

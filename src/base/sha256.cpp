#include "base/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "sfumato/error.h"

namespace sfumato {

namespace {

void check(int result) {
  if (result != 1) throw Error(ErrorKind::internal, "SHA-256: libcrypto failed.");
}

}  // namespace

struct Sha256::Impl {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  check(impl_->context != nullptr ? 1 : 0);
  check(EVP_DigestInit_ex(impl_->context.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;

void Sha256::add(std::span<const std::byte> piece) {
  check(EVP_DigestUpdate(impl_->context.get(), piece.data(), piece.size()));
}

std::string Sha256::digest() {
  std::array<unsigned char, 32> digest{};
  check(EVP_DigestFinal_ex(impl_->context.get(), digest.data(), nullptr));
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string sha256(std::span<const std::byte> data) {
  Sha256 sum;
  sum.add(data);
  return sum.digest();
}

std::string sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

}  // namespace sfumato

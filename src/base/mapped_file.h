// A file that is mapped into memory, read-only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "sfumato/error.h"

namespace sfumato {

class MappedFile {
 public:
  // Maps a regular file; symbolic links are refused. Throws Error(kind) with the path and the system's reason.
  MappedFile(const std::filesystem::path& path, ErrorKind kind);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

  // Tells the system that these bytes will not be needed again soon: their pages leave this process's memory, and are
  // read again on the next access.
  void forget(std::span<const std::byte> part) const;

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sfumato

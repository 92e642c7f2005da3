// What tells a file that was left alone from one that was not, without reading it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sfumato {

struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t changed = 0;  // nanoseconds since 1970

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// Nothing if there is no such regular file (a symbolic link is none).
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::filesystem::path& path);
[[nodiscard]] std::optional<FileStamp> stamp_of(int descriptor);

}  // namespace sfumato

// Size and time of a file, by which a changed file is recognised without reading it.
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

// nullopt if there is no regular file; a symbolic link is not followed.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::filesystem::path& path);
[[nodiscard]] std::optional<FileStamp> stamp_of(int descriptor);

}  // namespace sfumato

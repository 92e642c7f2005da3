// What a file's inode says of its content, by which a changed file is recognised without reading it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sfumato {

// Size and time: what a journal stores, and what survives a copy that keeps times.
struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t changed = 0;  // mtime, nanoseconds since 1970

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// nullopt if there is no regular file; a symbolic link is not followed.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::filesystem::path& path);
[[nodiscard]] std::optional<FileStamp> stamp_of(int descriptor);

// For a file that is in use by this process: any write, truncation, replacement or chmod changes it. A program that
// sets mtime back cannot set ctime back.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  FileStamp stamp{};
  std::int64_t status_changed = 0;  // ctime, nanoseconds since 1970

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// nullopt if there is no regular file. The path version follows symbolic links.
[[nodiscard]] std::optional<FileIdentity> identity_of_file(const std::filesystem::path& path);
[[nodiscard]] std::optional<FileIdentity> identity_of_file(int descriptor);

}  // namespace sfumato

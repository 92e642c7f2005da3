// A file that is mapped into memory, read-only. It may change or shrink while it is in use: change() tells, and a touch
// of bytes that are gone ends the process with a message instead of SIGBUS (end_on_lost_mappings).
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/file_stamp.h"
#include "base/open_file.h"
#include "sfumato/error.h"

namespace sfumato {

class MappedFile {
 public:
  // Maps a regular file. Throws Error(kind) with the path and the system's reason;
  // Error(stopped_early) if the address space does not suffice.
  MappedFile(const std::filesystem::path& path, ErrorKind kind, Links links = Links::refuse);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

  // Copies a part of bytes() out of the file without touching the mapping, for files that are read once. Throws
  // Error(kind) if the file is shorter by now, or cannot be read.
  void read(std::span<const std::byte> part, std::span<std::byte> copy) const;

  // Tells the system that nobody will read a part of bytes() soon: its whole pages leave this process's memory. It may
  // be read again, from the file.
  void leave_memory(std::span<const std::byte> part) const;

  enum class Change {
    none,
    status,   // only ctime: its mode, its number of names, or a write whose mtime was set back
    content,  // size or mtime
  };
  // What the file was when it was mapped, or accept_change() was called.
  [[nodiscard]] const FileIdentity& identity() const { return identity_; }
  // Since the file was mapped, or accept_change() was called.
  [[nodiscard]] Change change() const;
  void accept_change();

  // The path of the mapped file at an address, fit for a terminal; nullptr: none. For signal handlers.
  [[nodiscard]] static const char* path_at(const void* address);

 private:
  struct Mapping;  // what a signal handler may read

  std::filesystem::path path_;
  ErrorKind kind_;
  FileDescriptor file_;
  FileIdentity identity_;
  std::span<const std::byte> bytes_;
  Mapping* mapping_ = nullptr;  // nullptr: an empty file
};

// From now on a SIGBUS at an address inside a mapped file prints one line that names the file, and ends the process
// with `status`. Any other SIGBUS is a crash (base/crash.h).
void end_on_lost_mappings(int status);

}  // namespace sfumato

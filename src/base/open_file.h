// The one way to open a path for reading. Opening never waits: not for the writer of a named pipe, not for a device.
// Every descriptor is closed in child processes.
#pragma once

#include <filesystem>
#include <string>

#include "base/file_descriptor.h"
#include "sfumato/error.h"

namespace sfumato {

enum class Links { follow, refuse };  // refuse: the last component must not be a symbolic link

// A regular file. Throws Error(kind) "PATH: REASON." with the system's reason, or for a folder, a named pipe, a socket
// or a device.
[[nodiscard]] FileDescriptor open_file(const std::filesystem::path& path, ErrorKind kind, Links links = Links::follow);

// The same for a file that may be missing. No descriptor: `reason` says why, errno is the system's (EINVAL for another
// kind of file).
struct OpenResult {
  FileDescriptor file{};
  std::string reason{};
};
[[nodiscard]] OpenResult try_open_file(const std::filesystem::path& path, Links links = Links::follow);

// A file that a person named and that may be a stream: a regular file, a named pipe, a character device. Reading it
// needs wait_until_readable() before each read(). Throws Error(kind) as open_file does, for folders and sockets only.
[[nodiscard]] FileDescriptor open_stream(const std::filesystem::path& path, ErrorKind kind);

// Waits until read() returns at once: with bytes, or with 0 at the end, when the pipe's last writer is gone. A named
// pipe that nobody has written to yet is waited for. Throws as throw_if_interrupted() does, within 0.2 s of the signal.
void wait_until_readable(int descriptor);

}  // namespace sfumato

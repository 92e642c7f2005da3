// Writing files that survive a power cut: every byte written, synced, and named in one step.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "sfumato/error.h"

namespace sfumato {

// Throws for a call that failed with errno `error`: "PATH: WHAT: REASON." A full disk is always an io_error, with
// advice.
[[noreturn]] void fail_to_write(ErrorKind kind, const std::filesystem::path& path, const std::string& what, int error);

// Writes all bytes at the descriptor's position. Throws Error(io_error) that names `path`.
void write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& path);

// Returns when the file's content is on the disk. Throws Error(io_error) that names `path`.
void sync_file(int descriptor, const std::filesystem::path& path);

// Makes new names in a folder survive a power cut. A folder that cannot be opened is skipped. Throws Error(io_error)
// that names `path`.
void sync_folder(const std::filesystem::path& path);
void sync_folder(int folder, const std::filesystem::path& path);

// The folder that contains `path`; "." for a name in the working folder.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& path);

// Renames a file in one step inside an open folder. Returns false if the name is taken and `overwrite` is false. Throws
// Error(io_error) that names `path`.
[[nodiscard]] bool rename_file(int folder, const std::filesystem::path& from, const std::filesystem::path& to,
                               bool overwrite, const std::filesystem::path& path);

}  // namespace sfumato

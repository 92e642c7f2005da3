// Making a file appear, whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "output/file_stamp.h"
#include "sfumato/error.h"

namespace sfumato {

// Thrown by publish() if the name is taken.
class NameTaken : public Error {
 public:
  using Error::Error;
};

// Writes to a temporary file beside `target`, fsyncs, and gives it its name in one step: under that name the file is
// complete or not there, whatever happens in between. A file that exists is replaced only if `overwrite`. Throws
// NameTaken (cannot_create) if the file exists, Error(cannot_create) if it cannot be created, Error(io_error) if
// writing fails; the temporary file is removed.
FileStamp publish(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, bool overwrite);

// Creates the folder that `target` lies in, if need be, and throws the Error(cannot_create) that publish() would throw
// for a reason that is there already. For the time before the work is done.
void check_publishable(const std::filesystem::path& target, bool overwrite);

// The same for a folder that is to take files.
void check_folder(const std::filesystem::path& folder);

// Throws for a call that failed with `error`, as publish() does: a disk without room is an io_error wherever it shows
// itself.
[[noreturn]] void fail_to_write(ErrorKind kind, const std::filesystem::path& path, const std::string& what, int error);

// Makes new names in a folder last through a power cut.
void sync_folder(const std::filesystem::path& folder);

}  // namespace sfumato

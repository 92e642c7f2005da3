// Making a file appear under its name whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/durable_file.h"
#include "base/file_stamp.h"
#include "base/folder.h"

namespace sfumato {

// Thrown by publish() if the name is taken.
class NameTaken : public Error {
 public:
  using Error::Error;
};

// Writes a temporary file in the folder of `target`, syncs it, and renames it in one step: under its name the file is
// complete or absent, whatever happens in between. Replaces an existing file only if `overwrite`. Throws
// NameTaken (cannot_create) if the file exists, Error(cannot_create) if it cannot be created, Error(io_error) if
// writing fails; the temporary file is then removed.
FileStamp publish(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, bool overwrite);

// The same inside a folder, by the rule by which names are looked up there: it makes the folders that the name has, and
// throws Error(cannot_create) if one of them is a link that leads outside.
FileStamp publish(const Folder& folder, const std::filesystem::path& name, std::span<const std::uint8_t> bytes,
                  bool overwrite);

// What publish() has found that the file system of `folder` cannot do, and does instead; empty: nothing of note.
[[nodiscard]] std::string naming_note(const std::filesystem::path& folder);

// Throws the Error(cannot_create) that publish() would throw for a reason that exists already, so that a run fails
// before its work. Creates the folder of `target`.
void check_publishable(const std::filesystem::path& target, bool overwrite);

// The same for a folder that will hold files.
void check_folder(const std::filesystem::path& folder);

}  // namespace sfumato

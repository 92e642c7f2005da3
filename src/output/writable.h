// Whether something could be written, found out without writing: for the time before the work is done.
#pragma once

#include <filesystem>

namespace sfumato {

// Throws the Error(cannot_create) of check_folder() (output/publish.h) if `folder` takes no files, or cannot be
// created. Creates nothing.
void check_writable(const std::filesystem::path& folder);

// Throws Error(cannot_create) if `target` is a folder, and NameTaken if it exists and is not to be replaced.
void check_name_is_free(const std::filesystem::path& target, bool overwrite);

// Throws NameTaken.
[[noreturn]] void refuse_existing(const std::filesystem::path& target);

}  // namespace sfumato

// Whether something could be written, found out without writing: for the time before the work is done.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace sfumato {

inline constexpr std::size_t kShortName = 140;  // bytes that every file system takes; eCryptfs takes 143

// Throws the Error(cannot_create) of check_folder() (output/publish.h) if `folder` takes no files, or cannot be
// created. Creates nothing.
void check_writable(const std::filesystem::path& folder);

// Throws Error(usage) if no picture can get the name `name` in `folder`, which takes files, as far as can be seen now:
// it is too long, a part of it is a file, a folder in it takes no files or is a symbolic link that leads out of
// `folder` (base/folder.h), or, with overwrite, it is a folder. option: names it in the message. Throws
// Error(cannot_create) if the system refuses to look, as with too many open files.
void check_picture_name(const std::filesystem::path& folder, const std::filesystem::path& name, bool overwrite,
                        const std::string& option = "`output`");

// Throws Error(cannot_create) if `target` is a folder, and NameTaken if it exists and is not to be replaced.
void check_name_is_free(const std::filesystem::path& target, bool overwrite);

// Throws NameTaken.
[[noreturn]] void refuse_existing(const std::filesystem::path& target);

}  // namespace sfumato

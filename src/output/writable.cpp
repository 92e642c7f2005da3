#include "output/writable.h"

#include <unistd.h>

#include <cerrno>

#include "base/shown_path.h"
#include "output/publish.h"

namespace sfumato {
void refuse_existing(const std::filesystem::path& target) {
  throw NameTaken(ErrorKind::cannot_create,
                  shown_path(target) + ": is there already. Give another `output`, or add `overwrite`.");
}

void check_writable(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) {
    if (access(folder.c_str(), W_OK | X_OK) == 0) return;
    fail_to_write(ErrorKind::cannot_create, folder, "cannot be written to", errno);
  }
  // The nearest ancestor that exists is where it would be created.
  std::filesystem::path at = folder;
  while (!std::filesystem::exists(std::filesystem::symlink_status(at, error)) && folder_of(at) != at)
    at = folder_of(at);
  const bool is_folder = std::filesystem::is_directory(at, error);
  if (is_folder && access(at.c_str(), W_OK | X_OK) == 0) return;
  fail_to_write(ErrorKind::cannot_create, folder, "is not a folder and cannot be made one",
                is_folder ? errno : ENOTDIR);
}

void check_name_is_free(const std::filesystem::path& target, bool overwrite) {
  std::error_code error;
  if (std::filesystem::is_directory(target, error)) {
    throw Error(ErrorKind::cannot_create, shown_path(target) + ": is a folder. End it in / to put pictures into it.");
  }
  if (!overwrite && std::filesystem::exists(std::filesystem::symlink_status(target, error))) {
    refuse_existing(target);
  }
}

}  // namespace sfumato

#include "output/publish.h"

#include <unistd.h>

#include <cerrno>

#include "base/temporary_file.h"
#include "output/writable.h"

namespace sfumato {
FileStamp publish(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, bool overwrite) {
  TemporaryFile file(folder_of(target), target);
  file.write(std::as_bytes(bytes));
  file.sync();
  const FileStamp stamp = stamp_of(file.descriptor()).value_or(FileStamp{});
  if (!file.rename_to(target, overwrite)) refuse_existing(target);
  sync_folder(folder_of(target));
  return stamp;
}

void check_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    fail_to_write(ErrorKind::cannot_create, folder, "is not a folder and cannot be made one",
                  error ? error.value() : ENOTDIR);
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    fail_to_write(ErrorKind::cannot_create, folder, "cannot be written to", errno);
  }
}

void check_publishable(const std::filesystem::path& target, bool overwrite) {
  check_folder(folder_of(target));
  check_name_is_free(target, overwrite);
}

}  // namespace sfumato

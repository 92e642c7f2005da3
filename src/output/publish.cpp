#include "output/publish.h"

#include <unistd.h>

#include <cerrno>

#include "base/name_giver.h"
#include "base/shown_path.h"
#include "base/temporary_file.h"
#include "output/writable.h"

namespace sfumato {
namespace {

FileStamp write_and_rename(TemporaryFile file, const std::filesystem::path& target, std::span<const std::uint8_t> bytes,
                           bool overwrite) {
  file.write(std::as_bytes(bytes));
  file.sync();
  const FileStamp stamp = stamp_of(file.descriptor()).value_or(FileStamp{});
  if (!file.rename_to(target.filename(), overwrite)) refuse_existing(target);
  sync_folder(file.folder(), folder_of(target));
  return stamp;
}

}  // namespace

FileStamp publish(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, bool overwrite) {
  return write_and_rename(TemporaryFile(folder_of(target), target), target, bytes, overwrite);
}

FileStamp publish(const Folder& folder, const std::filesystem::path& name, std::span<const std::uint8_t> bytes,
                  bool overwrite) {
  const std::filesystem::path target = folder.path() / name;
  FileDescriptor parent = folder.make_parent(name);
  if (!parent) {
    throw Error(ErrorKind::cannot_create,
                shown_path(target) + ": cannot be created: " + folder.reason_for(name, errno) + ".");
  }
  return write_and_rename(TemporaryFile(std::move(parent), target), target, bytes, overwrite);
}

std::string naming_note(const std::filesystem::path& folder) {
  if (name_giver().way_in(folder) != NamingWay::claim) return "";
  return shown_path(folder) +
         ": its file system has neither RENAME_NOREPLACE nor hard links. A name is claimed by an empty file, which the "
         "picture then replaces.";
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

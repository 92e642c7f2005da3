#include "base/folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/name_giver.h"
#include "base/shown_path.h"

namespace sfumato {
namespace {

constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
constexpr int kAttempts = 32;  // openat2 answers EAGAIN while somebody renames what it walks through

int open_by_kernel(int folder, const std::filesystem::path& name, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long file = -1;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    file = syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
    if (file >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return static_cast<int>(file);
}

int open_by_walk(int folder, const std::filesystem::path& name, int flags) {
  FileDescriptor at;
  int current = folder;
  for (auto part = name.begin(); part != name.end(); ++part) {
    const bool is_last = std::next(part) == name.end();
    FileDescriptor next(openat(current, part->c_str(), (is_last ? flags : kFolderFlags) | O_NOFOLLOW));
    if (is_last || !next) return next.release();
    at = std::move(next);
    current = at.get();
  }
  errno = EINVAL;
  return -1;
}

// What this kernel, in this container, can do.
Folder::Resolve best_resolve() {
  static const Folder::Resolve best = [] {
    const FileDescriptor probe(open_by_kernel(AT_FDCWD, ".", kFolderFlags));
    return probe ? Folder::Resolve::kernel : Folder::Resolve::walk;
  }();
  return best;
}

}  // namespace

bool is_inside_name(const std::filesystem::path& name) {
  const bool has_nul = name.native().find('\0') != std::string::npos;
  return !name.empty() && name.has_filename() && name.is_relative() && !has_nul &&
         std::ranges::none_of(name, [](const std::filesystem::path& part) { return part == ".." || part == "."; });
}

Folder::Folder(std::filesystem::path path, ErrorKind kind) : Folder(std::move(path), kind, best_resolve()) {}

Folder::Folder(std::filesystem::path path, ErrorKind kind, Resolve resolve)
    : path_(std::move(path)), folder_(open(path_.c_str(), kFolderFlags)), resolve_(resolve) {
  if (!folder_) throw Error(kind, shown_path(path_) + ": " + std::strerror(errno) + ".");
}

FileDescriptor Folder::open_beneath(const std::filesystem::path& name, int flags) const {
  if (!is_inside_name(name)) {
    errno = EINVAL;
    return {};
  }
  return FileDescriptor(resolve_ == Resolve::kernel ? open_by_kernel(folder_.get(), name, flags)
                                                    : open_by_walk(folder_.get(), name, flags));
}

FileDescriptor Folder::parent_of(const std::filesystem::path& name) const {
  if (is_inside_name(name) && !name.has_parent_path()) {
    return FileDescriptor(openat(folder_.get(), ".", kFolderFlags));
  }
  return open_beneath(name.parent_path(), kFolderFlags);
}

FileDescriptor Folder::make_parent(const std::filesystem::path& name) const {
  if (!is_inside_name(name)) {
    errno = EINVAL;
    return {};
  }
  FileDescriptor at(openat(folder_.get(), ".", kFolderFlags));
  std::filesystem::path done;
  for (const std::filesystem::path& part : name.parent_path()) {
    if (!at || (mkdirat(at.get(), part.c_str(), 0777) != 0 && errno != EEXIST)) return {};
    done /= part;
    at = open_beneath(done, kFolderFlags);
  }
  return at;
}

bool Folder::can_hold(const std::filesystem::path& name) const {
  if (!is_inside_name(name)) {
    errno = EINVAL;
    return false;
  }
  std::filesystem::path done;
  for (const std::filesystem::path& part : name.parent_path()) {
    done /= part;
    if (open_beneath(done, kFolderFlags)) continue;
    const int error = errno;
    struct stat status{};
    const FileDescriptor parent = parent_of(done);
    // What is missing will be made. A link to nowhere is in the way.
    const bool is_missing =
        error == ENOENT && parent && fstatat(parent.get(), part.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0;
    errno = error;
    return is_missing;
  }
  return true;
}

std::string Folder::reason_for(const std::filesystem::path& name, int error) const {
  std::filesystem::path done = path_;
  for (const std::filesystem::path& part : name.parent_path()) {
    done /= part;
    std::error_code ignored;
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(done, ignored))) {
      return shown_path(done) + " is a symbolic link that leads out of the folder, or nowhere";
    }
  }
  return std::strerror(error);
}

FileDescriptor Folder::open_file(const std::filesystem::path& name) const {
  FileDescriptor file = open_beneath(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0) return {};
  if (S_ISREG(status.st_mode)) return file;
  errno = EINVAL;
  return {};
}

std::optional<FileStamp> Folder::stamp_of(const std::filesystem::path& name) const {
  // O_PATH: a file need not be readable to have a size.
  const FileDescriptor file = open_beneath(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  return file ? sfumato::stamp_of(file.get()) : std::nullopt;
}

bool Folder::rename(const std::filesystem::path& from, const std::filesystem::path& to) const {
  const FileDescriptor from_folder = parent_of(from);
  const FileDescriptor to_folder = parent_of(to);
  if (!from_folder || !to_folder || !is_inside_name(from) || !is_inside_name(to)) return false;
  return name_giver().give(from_folder.get(), from.filename(), to_folder.get(), to.filename());
}

bool Folder::remove(const std::filesystem::path& name) const {
  const FileDescriptor folder = parent_of(name);
  return folder && unlinkat(folder.get(), name.filename().c_str(), 0) == 0;
}

}  // namespace sfumato

// Names inside a folder that a program wrote: in a journal, an index, a bundle. They are obeyed only inside it. A name
// that leads outside, absolute, by "..", or through a symbolic link, is as good as missing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "base/file_stamp.h"
#include "sfumato/error.h"

namespace sfumato {

// Whether the name can be inside a folder at all: relative, not empty, without ".." and without a NUL.
[[nodiscard]] bool is_inside_name(const std::filesystem::path& name);

class Folder {
 public:
  // kernel: openat2 with RESOLVE_BENEATH, so that links inside the folder that stay inside are followed. walk: for
  // kernels without it (before 5.6) and containers that forbid it: no component may be a link.
  enum class Resolve { kernel, walk };

  // Follows links in `path` itself, which a person gave. Throws Error(kind) "PATH: REASON."
  explicit Folder(std::filesystem::path path, ErrorKind kind = ErrorKind::input_missing);
  Folder(std::filesystem::path path, ErrorKind kind, Resolve resolve);

  // A regular file, never a link, open for reading. No descriptor if there is none inside; errno says why.
  [[nodiscard]] FileDescriptor open_file(const std::filesystem::path& name) const;
  [[nodiscard]] std::optional<FileStamp> stamp_of(const std::filesystem::path& name) const;

  // The folder that contains the file `name`, open for the calls that take a folder (openat...), made if it is missing.
  // No descriptor if it cannot be reached inside this one; errno says why.
  [[nodiscard]] FileDescriptor make_parent(const std::filesystem::path& name) const;
  // Whether make_parent() can succeed, by what is there now. False with errno. Creates nothing.
  [[nodiscard]] bool can_hold(const std::filesystem::path& name) const;

  // Both return false with errno if a name is not inside, or the system refuses. rename() never replaces a file
  // (EEXIST).
  [[nodiscard]] bool rename(const std::filesystem::path& from, const std::filesystem::path& to) const;
  // Removes one file or link.
  [[nodiscard]] bool remove(const std::filesystem::path& name) const;

  // For messages, with the errno of a call for `name` that failed: "leads through a symbolic link out of FOLDER", or
  // the system's reason.
  [[nodiscard]] std::string reason_for(const std::filesystem::path& name, int error) const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  [[nodiscard]] FileDescriptor open_beneath(const std::filesystem::path& name, int flags) const;
  // The folder that contains the file `name`.
  [[nodiscard]] FileDescriptor parent_of(const std::filesystem::path& name) const;

  std::filesystem::path path_;
  FileDescriptor folder_;
  Resolve resolve_;
};

}  // namespace sfumato

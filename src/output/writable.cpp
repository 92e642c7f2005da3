#include "output/writable.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "base/folder.h"
#include "base/shown_path.h"
#include "output/publish.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxPath = 4095;  // bytes: PATH_MAX of Linux without the NUL at the end

bool is_too_long(const std::error_code& error) { return error == std::errc::filename_too_long; }

// The longest name in a folder that exists, bytes.
std::size_t longest_name(const std::filesystem::path& folder) {
  const long limit = pathconf(folder.c_str(), _PC_NAME_MAX);
  return limit > 0 ? static_cast<std::size_t>(limit) : NAME_MAX;
}

// folder: exists; the names are to be created in it, one inside the other.
std::string too_long(const std::filesystem::path& folder, const std::filesystem::path& names) {
  if ((folder / names).native().size() > kMaxPath) {
    return "the path is longer than " + std::to_string(kMaxPath) + " bytes";
  }
  for (const std::filesystem::path& name : names) {
    // Asking a file system on a network takes time.
    if (name.native().size() <= kShortName || name.native().size() <= longest_name(folder)) continue;
    return "the name is longer than " + std::to_string(longest_name(folder)) + " bytes";
  }
  return "";
}

// Why a folder in the name is not inside `folder`; empty: it is, or will be made.
std::string way_out(const std::filesystem::path& folder, const std::filesystem::path& name) {
  const Folder opened(folder, ErrorKind::cannot_create);
  if (opened.can_hold(name)) return "";
  const int error = errno;
  if (error == EMFILE || error == ENFILE || error == ENOMEM) {
    fail_to_write(ErrorKind::cannot_create, folder / name, "cannot be created", error);
  }
  return opened.reason_for(name, error);
}

// Why the name cannot be given; empty: nothing is in the way.
std::string obstacle(const std::filesystem::path& folder, const std::filesystem::path& name, bool overwrite) {
  std::error_code error;
  std::filesystem::path at = folder;  // the innermost folder of the name that exists
  std::filesystem::path missing;
  for (const std::filesystem::path& part : name.parent_path()) {
    const std::filesystem::path next = at / part;
    const auto type = missing.empty() ? std::filesystem::status(next, error).type() : std::filesystem::file_type::none;
    if (type == std::filesystem::file_type::directory) {
      at = next;
    } else if (!missing.empty() || type == std::filesystem::file_type::not_found || is_too_long(error)) {
      missing /= part;
    } else {
      return shown_path(next.lexically_normal()) + (error ? ": " + error.message() : " is a file, not a folder");
    }
  }
  missing /= name.filename();
  if (std::string reason = too_long(at, missing); !reason.empty()) return reason;
  if (at != folder && access(at.c_str(), W_OK | X_OK) != 0)
    return shown_path(at.lexically_normal()) + ": " + std::strerror(errno);
  if (overwrite && std::filesystem::is_directory(folder / name, error)) return "is a folder";
  return name.has_parent_path() && std::filesystem::is_directory(folder, error) ? way_out(folder, name) : "";
}

}  // namespace

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
  const bool fits = is_folder && too_long(at, folder.lexically_relative(at)).empty();
  if (fits && access(at.c_str(), W_OK | X_OK) == 0) return;
  const int reason = fits ? errno : is_folder ? ENAMETOOLONG : ENOTDIR;
  fail_to_write(ErrorKind::cannot_create, folder, "is not a folder and cannot be made one", reason);
}

void check_picture_name(const std::filesystem::path& folder, const std::filesystem::path& name, bool overwrite,
                        const std::string& option) {
  const std::string reason = obstacle(folder, name, overwrite);
  if (!reason.empty()) throw Error(ErrorKind::usage, option + ": " + shown_path(name) + ": " + reason + ".");
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

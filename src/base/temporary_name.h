// The names of unfinished files and folders, .sfumato-HOST-PID.START-N.part, and the removal of those left by dead
// processes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/file_descriptor.h"

namespace sfumato {

inline constexpr int kMaxTemporaryNames = 1000;  // attempts of a process in one folder

enum class TemporaryKind {
  part,      // .part: a file or folder until it is complete
  claim,     // .claim: what a NameClaim records (base/name_claim.h)
  replaced,  // .old: a folder that holds another one until its successor is in place
};

// The name number `attempt`, from 0, of this process.
[[nodiscard]] std::string temporary_name(int attempt, TemporaryKind kind = TemporaryKind::part);

// Whether it is such a name, of any process.
[[nodiscard]] bool is_temporary_name(const std::string& name);

// An empty file under such a name in an open folder, open for appending and in use. No descriptor: errno says why.
struct NewTemporary {
  FileDescriptor file{};
  std::string name{};
};
[[nodiscard]] NewTemporary create_temporary(int folder, TemporaryKind kind = TemporaryKind::part);

// Locks a file or folder that this process has just created under such a name, for as long as the descriptor is open.
// File systems without locks are accepted. Returns false if another process took it for stale: try the next name.
[[nodiscard]] bool mark_in_use(int descriptor);

// Calls `take` with the name of each temporary file and folder of that kind in `folder` that nobody uses, and returns
// how often that returned true. Nobody uses what is not locked and whose process, of this host, is gone; or that is a
// day from now or more, in the past or the future, unless its process is running here. Where locks do not work a file
// of a process that seems gone must be two minutes old: a container may have the name of this host. The file is locked
// during the call. Symbolic links are not looked at.
using TakeStale = std::function<bool(const std::filesystem::path& folder, const std::string& name)>;
int take_stale_temporaries(const std::filesystem::path& folder, TemporaryKind kind, const TakeStale& take);

// Removes those of the kinds `part` and `claim`; of a claim also the empty file that it put under the claimed name.
// Follows no symbolic link, ignores what cannot be removed. Returns how many it removed.
int remove_stale_temporaries(const std::filesystem::path& folder);

}  // namespace sfumato

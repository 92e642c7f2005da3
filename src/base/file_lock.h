// Advisory locks (flock) by which processes see that a file is in use. A lock ends with the process that holds it.
#pragma once

namespace sfumato {

enum class LockMode { shared, exclusive };

enum class LockResult {
  locked,
  held,         // by another open file description, of this process or another one
  unsupported,  // the file system has no locks, or none for this descriptor: NFS needs one that is open for writing
};

// Does not wait. The lock is released when the last copy of the descriptor is closed.
[[nodiscard]] LockResult try_lock(int descriptor, LockMode mode);

}  // namespace sfumato

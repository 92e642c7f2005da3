#include "base/file_lock.h"

#include <sys/file.h>

#include <cerrno>

namespace sfumato {

LockResult try_lock(int descriptor, LockMode mode) {
  const int operation = (mode == LockMode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  for (;;) {
    if (flock(descriptor, operation) == 0) return LockResult::locked;
    if (errno != EINTR) return errno == EWOULDBLOCK ? LockResult::held : LockResult::unsupported;
  }
}

}  // namespace sfumato

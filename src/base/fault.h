// Faults on demand: for showing that a run survives them.
//
// Only a build with the CMake option SFUMATO_FAULTS has them. There the variable SFUMATO_FAULT names one:
//   POINT:N:ACTION        at the Nth time (from 1) that the program comes by POINT; ACTION! = also every time after
//   that POINT:seed=S:ACTION   whenever the picture with seed S comes by ACTION                kill (SIGKILL), hang
//   (for ever), oom (std::bad_alloc), cuda (what CUDA throws for a broken
//                         context), enospc or eio (the call fails with that errno), nan (the numbers are spoiled)
//   POINT                 tmp_open tmp_write tmp_fsync rename dir_fsync journal_open journal_write journal_fsync
//                         step after_denoise vae_decode malloc
#pragma once

#include <cstdint>

namespace sfumato {

#ifdef SFUMATO_FAULTS
// True if what comes next is to fail (errno says how) or its result is to be spoiled.
[[nodiscard]] bool fault(const char* point, std::uint64_t seed = 0);
#else
[[nodiscard]] constexpr bool fault(const char*, std::uint64_t = 0) { return false; }
#endif

}  // namespace sfumato

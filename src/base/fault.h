// Fault injection, for tests of crash safety. Only builds with the CMake option SFUMATO_FAULTS have it. There the
// environment variable SFUMATO_FAULT names one fault:
//
//   POINT:N:ACTION        the Nth time (from 1) that the program reaches POINT; ACTION! means every time from then on
//   POINT:seed=S:ACTION   every time that the image with seed S reaches POINT
//
// Actions:
//
//   kill          SIGKILL, as a scheduler or user sends it
//   segv          SIGSEGV
//   terminate     std::terminate()
//   hang          never returns
//   oom           throws std::bad_alloc
//   cuda          throws the error of a broken CUDA context
//   enospc, eio   the call fails with that errno
//   nan           the numbers become NaN
//
// Points:
//
//   tmp_open, tmp_write, tmp_fsync, rename, dir_fsync, journal_open, journal_write, journal_fsync,
//   step, after_denoise, vae_decode, malloc
#pragma once

#include <cstdint>

namespace sfumato {

#ifdef SFUMATO_FAULTS
// Whether the next call must fail (errno is set) or its result must be spoiled.
[[nodiscard]] bool fault(const char* point, std::uint64_t seed = 0);
#else
[[nodiscard]] constexpr bool fault(const char*, std::uint64_t = 0) { return false; }
#endif

}  // namespace sfumato

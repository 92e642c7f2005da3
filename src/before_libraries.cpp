// What has to happen before LibTorch and OpenMP initialise themselves, which they do before main(). The functions here
// run in .preinit_array, ahead of the libraries' own initialisation (System V gABI, chapter 5), so they use the C
// library alone.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "base/console.h"

namespace {

// Lets OpenMP's threads sleep while they wait for each other, instead of spinning.
//
// libgomp spins by default: with any other work on the machine a picture took 5 to 30 s instead of 2.5 (default model,
// 2 cores, one busy neighbour), since a spinning thread holds the core that the thread it waits for needs. libgomp
// reads its environment when it is loaded. What the user has set stays.
void choose_passive_waiting(int, char**, char**) { setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0); }

// LibTorch aborts if memory does not suffice for its own initialisation. It maps 0.65 GB of address space by then.
void check_address_space(int, char**, char**) {
  constexpr rlim_t kNeeded = 750'000'000;
  constexpr int kStoppedEarly = 75;  // run/exit_code.h
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= kNeeded) return;
  sfumato::write_error_now(
      "sfumato: error: LibTorch needs 0.75 GB of address space, the limit is lower. Raise it: ulimit -v unlimited.\n");
  _exit(kStoppedEarly);
}

using Function = void (*)(int, char**, char**);
[[gnu::section(".preinit_array"), gnu::used]] const Function kPreinit[] = {&choose_passive_waiting,
                                                                           &check_address_space};

}  // namespace

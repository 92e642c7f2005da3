// Lets OpenMP's threads sleep while they wait for each other, instead of spinning.
//
// libgomp spins by default: with any other work on the machine a picture took 5 to 30 s instead of 2.5 (default model,
// 2 cores, one busy neighbour), since a spinning thread holds the core that the thread it waits for needs. libgomp
// reads its environment when it is loaded, before main(), so the setting is made in .preinit_array, which runs before
// the libraries' own initialisation (System V gABI, chapter 5). What the user has set stays.
#include <cstdlib>

namespace {

void choose_passive_waiting(int, char**, char**) { setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0); }

[[gnu::section(".preinit_array"), gnu::used]] void (*const kPreinit)(int, char**, char**) = &choose_passive_waiting;

}  // namespace

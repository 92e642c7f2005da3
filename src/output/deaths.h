// How processes ended that did not end in order while they were at a job, and what follows for the job.
#pragma once

#include <array>
#include <string>

#include "output/journal.h"

namespace sfumato {

// Causes in journals besides the names of signals.
inline constexpr const char* kHang = "hang";        // the watchdog ended the process
inline constexpr const char* kMemory = "memory";    // the kernel did, for want of memory
inline constexpr const char* kUnknown = "unknown";  // a SIGKILL without a trace: by a scheduler, a user, a power cut

// A job is set aside if it is the cause, as far as can be told: after two deaths with a trace of a cause inside the
// process (a crash, a hang, want of memory), or after five deaths of any kind in the same phase.
inline constexpr int kMaxCausedDeaths = 2;
inline constexpr int kMaxDeathsInPhase = 5;

struct Deaths {
  int caused = 0;                          // with a cause inside the process
  std::array<int, kJobPhases> in_phase{};  // all, by the phase that the job was in
  std::string cause{};                     // of the last of `caused`
  JobPhase phase = JobPhase::begin;        // of the last one

  [[nodiscard]] int count() const;
  [[nodiscard]] bool sets_aside() const;
  // Why, as one sentence.
  [[nodiscard]] std::string reason() const;
};

}  // namespace sfumato

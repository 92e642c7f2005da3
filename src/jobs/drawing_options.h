// The rows of the table of options (jobs/job_options.h) for how a picture is drawn: prompts, seed, steps, sampler,
// size.
#pragma once

#include <span>

#include "jobs/job_option.h"

namespace sfumato {

[[nodiscard]] std::span<const JobOption> drawing_options();

}  // namespace sfumato

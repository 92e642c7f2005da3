// The rows of the table of options (jobs/job_options.h) for what a picture starts from: another picture, a mask, a map.
#pragma once

#include <span>

#include "jobs/job_options.h"

namespace sfumato {

[[nodiscard]] std::span<const JobOption> input_options();

}  // namespace sfumato

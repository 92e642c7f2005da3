// The rows of the table of options (jobs/job_options.h) for input images: the init image, its mask, the segmentation
// map.
#pragma once

#include <span>

#include "jobs/job_option.h"

namespace sfumato {

[[nodiscard]] std::span<const JobOption> input_options();

}  // namespace sfumato

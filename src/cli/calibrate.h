// How fast this machine makes pictures, found out by making some.
#pragma once

#include "cli/plan.h"
#include "sfumato/generator.h"

namespace sfumato {

// Makes pictures of few steps like the example, as many at a time as a batch has, and takes from their times what a
// step and what the rest costs. The generator must outlive it.
[[nodiscard]] Calibrate calibrate_on(const Generator& generator);

}  // namespace sfumato

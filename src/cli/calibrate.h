// How fast this machine makes pictures, measured.
#pragma once

#include "cli/plan.h"
#include "sfumato/generator.h"

namespace sfumato {

// Makes batches like the example with 2 and with 6 steps; the difference of their times is that of the evaluations. The
// generator must outlive the result.
[[nodiscard]] Calibrate calibrate_on(const Generator& generator);

}  // namespace sfumato

#include "pipeline/memory_check.h"

#include <cmath>
#include <string>

#include "sfumato/error.h"

namespace sfumato {

void check_memory(const GenerateOptions& options, double needed, std::uint64_t available) {
  if (needed <= static_cast<double>(available)) return;
  const auto gigabytes = [](double bytes) { return std::to_string(std::lround(std::ceil(bytes / 1e9))) + " GB"; };
  throw Error(ErrorKind::usage, "`width`, `height`: a picture of " + std::to_string(options.width) + "x" +
                                    std::to_string(options.height) + " needs about " + gigabytes(needed) +
                                    " of memory, " + gigabytes(static_cast<double>(available)) +
                                    " are free. Take a smaller picture.");
}

}  // namespace sfumato

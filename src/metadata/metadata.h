// What a PNG says of itself.
#pragma once

#include <vector>

#include "image/png.h"
#include "jobs/job.h"

namespace sfumato {

// Two texts: `parameters` as AUTOMATIC1111's create_infotext writes it, for the tools that read that, and `sfumato`,
// one line of JSON with the key and all values. No time, no user, and no path but those that were said of files to
// start from: equal jobs give equal bytes.
[[nodiscard]] std::vector<PngText> metadata(const GenerateOptions& options, const Provenance& provenance);

}  // namespace sfumato

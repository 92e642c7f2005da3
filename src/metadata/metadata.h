// The metadata of a picture: the texts of its PNG.
#pragma once

#include <vector>

#include "image/png.h"
#include "jobs/job.h"

namespace sfumato {

// Two texts: `parameters` as AUTOMATIC1111's create_infotext writes it, for tools that read that, and `sfumato`, one
// line of JSON with the key and all options. Equal jobs give equal bytes: neither has a time, a user, or a path other
// than the given ones of input files.
[[nodiscard]] std::vector<PngText> metadata(const GenerateOptions& options, const Provenance& provenance);

}  // namespace sfumato

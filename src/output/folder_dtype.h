// The dtype of a folder's pictures where none is given: chosen once and recorded in the folder, so that another shard
// or a later run computes the same pictures on another processor.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sfumato/options.h"

namespace sfumato {

// The folder's record for the model with that digest; nullopt if there is none. Throws Error(bad_data) if it is
// damaged.
[[nodiscard]] std::optional<Dtype> recorded_dtype(const std::filesystem::path& folder, const std::string& model_digest);

// The same; without a record the dtype that the model's first picture in the folder, by name, says of itself, or else
// `automatic`. That is recorded and durable when this returns; two processes at once both get what one of them
// recorded. nested: pictures also lie in folders inside it. A picture in float16 does not count: float16 is never
// chosen, only given. Throws Error(bad_data), Error(cannot_create) or Error(io_error).
[[nodiscard]] Dtype keep_dtype(const std::filesystem::path& folder, const std::string& model_digest, bool nested,
                               Dtype automatic);

}  // namespace sfumato

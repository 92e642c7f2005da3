// The dtype in which the pictures of a folder are drawn where none is asked for: chosen once and kept with the folder,
// so that another shard or a later run draws the same pictures on another processor.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sfumato/options.h"

namespace sfumato {

// What the folder's record says for the model with that digest; nothing if there is no record. Throws Error(bad_data)
// if the record is damaged.
[[nodiscard]] std::optional<Dtype> recorded_dtype(const std::filesystem::path& folder, const std::string& model_digest);

// The same, and without a record: the dtype that the model's first picture in the folder, by name, says of itself, or
// else `automatic`. That is recorded, and on the disk before this returns; of two processes that come at once both get
// what one of them recorded. nested: pictures lie in folders inside it, too. float16 of a picture does not count: it is
// never chosen, only asked for. Throws Error(bad_data), Error(cannot_create) or Error(io_error).
[[nodiscard]] Dtype keep_dtype(const std::filesystem::path& folder, const std::string& model_digest, bool nested,
                               Dtype automatic);

}  // namespace sfumato

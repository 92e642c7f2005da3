// The texts of a PNG, of any program. What is read of them can be written into a picture and read again without change.
#pragma once

#include <vector>

#include "fuzz.h"
#include "jobs/options_json.h"
#include "metadata/image_record.h"
#include "metadata/metadata.h"

namespace sfumato {

// The values of a record as legal options; their texts give them again.
inline void check_record(ImageRecord record) {
  const GenerateOptions options = options_of(record, {});
  const auto texts = metadata(options, {.model_name = "tiny", .model_digest = "0", .dtype = "float32"});
  std::optional<ImageRecord> again = record_of(texts);
  check(again && again->program == "sfumato" && again->warnings.empty(), "a record of our own");
  const std::string written = dump_json({options_json(options)});
  const std::string read = dump_json({options_json(options_of(*again, {}))});
  check(written == read, written + "\n" + read);
}

inline void check_texts(const std::vector<PngText>& texts) {
  if (std::optional<ImageRecord> record = record_of(texts)) check_record(*std::move(record));
}

}  // namespace sfumato

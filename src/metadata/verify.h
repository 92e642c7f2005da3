// Whether a picture is what its metadata says: how to reproduce it, and what the comparison gave.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "jobs/job.h"
#include "output/recorded_keys.h"
#include "sfumato/image.h"

namespace sfumato {

// A picture of this program, with everything that decides it.
struct ReproductionRecord {
  std::filesystem::path path;
  GenerateOptions options;
  Provenance provenance;
};

struct VerifyResult {
  enum class Kind {
    identical,   // every value is the same
    close,       // within the tolerance
    different,   // beyond it
    unverified,  // it cannot be reproduced; see `reason`
  };
  Kind kind = Kind::unverified;
  int largest = 0;       // absolute difference of a value, in 1/255
  double mean = 0;       // over all values, in 1/255
  std::string reason{};  // one printable line, with a full stop
};

[[nodiscard]] inline VerifyResult unverified(std::string reason) { return {.reason = std::move(reason)}; }

// Reads the record of a picture. The result instead if it cannot be checked: not a PNG, no metadata, made by another
// program, or with options that this version does not know (then its key differs).
[[nodiscard]] std::variant<ReproductionRecord, VerifyResult> reproduction_record(const std::filesystem::path& path);

// The result if a journal has another job for the name of the picture than the one that the picture is of.
[[nodiscard]] std::optional<VerifyResult> of_another_job(const ReproductionRecord& record, RecordedKeys& recorded);

// Finds the files that the picture was made from by their digests, at their paths, in the folder of the picture and at
// `places` (folders or files), and sets their paths in the record. Returns the result if one cannot be found.
[[nodiscard]] std::optional<VerifyResult> find_inputs(ReproductionRecord& record,
                                                      const std::vector<std::filesystem::path>& places);

// Compares the picture in the file with its reproduction. tolerance: the largest difference that is close, in 1/255.
[[nodiscard]] VerifyResult compare_with(const std::filesystem::path& path, const Image& reproduction, int tolerance);

// Files as they are named; of folders every PNG in them and below, sorted by name, without contact sheets and hidden
// files. Throws Error(input_missing) if a name does not exist, or if there is no picture.
[[nodiscard]] std::vector<std::filesystem::path> pictures_named(const std::vector<std::string>& names);

}  // namespace sfumato

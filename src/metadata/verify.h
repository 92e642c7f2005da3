// Whether a picture is what it says it is: what has to be made again, and what came of it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "jobs/job.h"
#include "sfumato/image.h"

namespace sfumato {

// A picture of this program, with everything that decided it.
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
    unverified,  // it cannot be made again; `reason`
  };
  Kind kind = Kind::unverified;
  int largest = 0;  // difference of a value, in steps of 255
  double mean = 0;
  std::string reason{};  // one printable line, with a full stop
};

[[nodiscard]] inline VerifyResult unverified(std::string reason) { return {.reason = std::move(reason)}; }

// What the picture claims; a verdict if it claims nothing that can be checked: it is no PNG, does not say how it was
// made, was made by another program, or with options that this version does not know (its key tells).
[[nodiscard]] std::variant<ReproductionRecord, VerifyResult> claim_of(const std::filesystem::path& path);

// Finds the files that the picture was made from, and puts where they are into the claim; a verdict if one is not to be
// had. They are looked for at their paths, beside the picture, and at `places`: folders, or files.
[[nodiscard]] std::optional<VerifyResult> find_inputs(ReproductionRecord& claim,
                                                      const std::vector<std::filesystem::path>& places);

// `again` beside the picture in the file. tolerance: the largest difference that is close.
[[nodiscard]] VerifyResult compare_with(const std::filesystem::path& path, const Image& again, int tolerance);

// The pictures that these names mean: files as they are; of folders every PNG in them and below, in the order of their
// names, but no contact sheets and nothing hidden. Throws Error(input_missing) if a name is nothing, or if there is no
// picture at all.
[[nodiscard]] std::vector<std::filesystem::path> pictures_named(const std::vector<std::string>& names);

}  // namespace sfumato

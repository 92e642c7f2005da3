// One picture to be made: what decides it, and where it goes.
#pragma once

#include <filesystem>
#include <string>

#include "sfumato/options.h"

namespace sfumato {

struct Job {
  GenerateOptions options;
  std::filesystem::path output;  // a .png file, or "-" for standard output
};

// What decides the picture besides its options.
struct Provenance {
  std::string model_name;
  std::string model_digest;  // SHA-256 of the bundle
  std::string dtype;         // of the networks
};

// SHA-256 over everything that decides the picture: equal keys mean the same picture to within rounding. Knows no path,
// device, thread count or time.
[[nodiscard]] std::string key_of(const GenerateOptions& options, const Provenance& provenance);

}  // namespace sfumato

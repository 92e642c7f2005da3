// The model of a job, as it was said.
#pragma once

#include <compare>
#include <string>

namespace sfumato {

struct ModelRef {
  std::string name{};  // or path; empty: the run's own
  std::string vae{};   // file or folder of an autoencoder that takes the place of a checkpoint's; empty: its own

  auto operator<=>(const ModelRef&) const = default;
};

}  // namespace sfumato

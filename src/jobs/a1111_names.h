// The names of samplers and schedulers in other programs (api/sampler_info.cpp lists them).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sfumato/options.h"

namespace sfumato {

// AUTOMATIC1111's names, as in its `parameters` text: "DPM++ 2M" and "Karras".
[[nodiscard]] std::string_view a1111_sampler(SamplingMethod method);
[[nodiscard]] std::string_view a1111_schedule(Scheduler scheduler);

// The meaning of a sampler name: A1111 before 1.9 includes the scheduler, "DPM++ 2M Karras".
struct SamplerWords {
  SamplingMethod method{};
  std::optional<Scheduler> scheduler{};
};

// Reads our own, A1111's, ComfyUI's, CompVis's and kohya's names, ignoring case, spaces, '_' and '-'; nullopt for any
// other name.
[[nodiscard]] std::optional<SamplerWords> sampler_named(std::string_view name);
[[nodiscard]] std::optional<Scheduler> scheduler_named(std::string_view name);

}  // namespace sfumato

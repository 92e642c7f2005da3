// What other programs call samplers and schedules.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sfumato/options.h"

namespace sfumato {

// AUTOMATIC1111's words, as its `parameters` text has them: "DPM++ 2M" and "Karras".
[[nodiscard]] std::string_view a1111_sampler(SamplingMethod method);
[[nodiscard]] std::string_view a1111_schedule(Scheduler scheduler);

// What a name for a sampler means: A1111 before 1.9 has the schedule in it, "DPM++ 2M Karras".
struct SamplerWords {
  SamplingMethod method{};
  std::optional<Scheduler> scheduler{};
};

// Ours, A1111's, ComfyUI's, CompVis's and kohya's names, in capitals or not, with spaces, '_' or '-' or without;
// nothing if it is none of them.
[[nodiscard]] std::optional<SamplerWords> sampler_named(std::string_view name);
[[nodiscard]] std::optional<Scheduler> scheduler_named(std::string_view name);

}  // namespace sfumato

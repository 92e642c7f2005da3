#include "jobs/flag_words.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "jobs/job_options.h"

namespace sfumato {
namespace {

// The options of a run and of an import that messages name; those of pictures are rows of the option table.
constexpr auto kOtherOptions = std::to_array<std::string_view>({"allow_flat",
                                                                "batch_size",
                                                                "check",
                                                                "combinatorial",
                                                                "debug",
                                                                "device",
                                                                "dtype",
                                                                "ema",
                                                                "fail_fast",
                                                                "from_file",
                                                                "from_image",
                                                                "grace",
                                                                "graphs",
                                                                "grid",
                                                                "guidance_embedding",
                                                                "help",
                                                                "job_timeout",
                                                                "json",
                                                                "license",
                                                                "model",
                                                                "model_dir",
                                                                "name",
                                                                "new_model",
                                                                "no_metadata",
                                                                "output",
                                                                "overwrite",
                                                                "plan",
                                                                "plan_time",
                                                                "prediction_type",
                                                                "print0",
                                                                "quiet",
                                                                "refiner",
                                                                "retry",
                                                                "shard",
                                                                "strict_prompt",
                                                                "text_encoder",
                                                                "text_encoder_2",
                                                                "threads",
                                                                "time_limit",
                                                                "trust",
                                                                "trust_all",
                                                                "unet",
                                                                "vae",
                                                                "vae_tiling",
                                                                "variant",
                                                                "verbose",
                                                                "weights_layout",
                                                                "wildcards",
                                                                "zero_snr",
                                                                "zip"});

bool is_option_name(std::string_view name) {
  if (std::ranges::find(kOtherOptions, name) != kOtherOptions.end()) return true;
  const JobOption* option = find_job_option(name);
  return option != nullptr && option->name == name;
}

}  // namespace

std::string with_flags(std::string_view message) {
  std::string result;
  for (std::size_t begin = 0; (begin = message.find('`')) != std::string_view::npos;) {
    const std::size_t end = message.find('`', begin + 1);
    if (end == std::string_view::npos) break;
    const std::string_view name = message.substr(begin + 1, end - begin - 1);
    result += message.substr(0, begin);
    if (is_option_name(name)) {
      result += "--";
      std::ranges::replace_copy(name, std::back_inserter(result), '_', '-');
    } else {
      result += message.substr(begin, end + 1 - begin);
    }
    message.remove_prefix(end + 1);
  }
  return result += message;
}

}  // namespace sfumato

#include "cli/model_choice.h"

#include "cli/settings_flags.h"
#include "cli/trust_flags.h"

namespace sfumato {

std::vector<FlagSpec> choice_flags() {
  std::vector<FlagSpec> flags = checkpoint_flags();
  flags.push_back({.name = "--prediction-type", .value = FlagSpec::Value::text});
  for (const char* name : {"--zero-snr", "--trust", "--trust-all"}) flags.push_back({.name = name});
  return flags;
}

ModelChoice model_choice(const ParsedArgs& args) {
  ModelChoice choice{.trust = trust_of(args), .is_quiet = args.has("--quiet")};
  for (const FlagSpec& flag : choice_flags()) {
    if (flag.name.starts_with("--trust") || !args.has(flag.name)) continue;
    set_choice(choice, flag.name, args.value(flag.name).value_or(""));
  }
  return choice;
}

void set_choice(ModelChoice& choice, const std::string& flag, const std::string& text) {
  choice.checkpoint_flag = flag;
  if (flag == "--prediction-type") {
    choice.settings.prediction_type = choice.checkpoint.options.prediction_type = prediction_type_in(text);
  } else if (flag == "--zero-snr") {
    choice.settings.zero_snr = true;
  } else {
    set_checkpoint_flag(choice.checkpoint, flag, text);
  }
}

}  // namespace sfumato

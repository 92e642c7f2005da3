#include "cli/checkpoint_flags.h"

#include <algorithm>
#include <array>

#include "base/numbers.h"
#include "import/recognise/guidance_embedding.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

using Text = const std::string;

std::filesystem::path part(std::string_view flag, Text& path) {
  if (!path.empty()) return path;
  throw Error(ErrorKind::usage, std::string(flag) + ": the name of a file or folder is expected.");
}

struct CheckpointFlag {
  std::string_view name;
  bool is_switch;
  void (*set)(CheckpointChoice& choice, Text& text);
};

constexpr std::array kFlags = std::to_array<CheckpointFlag>({
    {"--unet", false, [](CheckpointChoice& c, Text& text) { c.options.unet = part("--unet", text); }},
    {"--text-encoder", false,
     [](CheckpointChoice& c, Text& text) { c.options.text_encoder = part("--text-encoder", text); }},
    {"--text-encoder-2", false,
     [](CheckpointChoice& c, Text& text) { c.options.text_encoder_2 = part("--text-encoder-2", text); }},
    {"--vae", false, [](CheckpointChoice& c, Text& text) { c.options.vae = part("--vae", text); }},
    {"--variant", false, [](CheckpointChoice& c, Text& text) { c.options.variant = text; }},
    {"--ema", true, [](CheckpointChoice& c, Text&) { c.options.ema = EmaWeights::take; }},
    {"--guidance-embedding", false,
     [](CheckpointChoice& c, Text& text) {
       c.options.guidance_embedding = parse_real("--guidance-embedding", text, 1, kMaxGuidanceEmbedding);
     }},
    {"--graphs", false, [](CheckpointChoice& c, Text& text) { c.graphs = text; }},
});

}  // namespace

std::vector<FlagSpec> checkpoint_flags() {
  std::vector<FlagSpec> flags;
  for (const CheckpointFlag& flag : kFlags) {
    flags.push_back(
        {.name = std::string(flag.name), .value = flag.is_switch ? FlagSpec::Value::none : FlagSpec::Value::text});
  }
  return flags;
}

void set_checkpoint_flag(CheckpointChoice& choice, std::string_view flag, const std::string& text) {
  std::ranges::find(kFlags, flag, &CheckpointFlag::name)->set(choice, text);
}

CheckpointChoice checkpoint_choice(const ParsedArgs& args) {
  CheckpointChoice choice;
  for (const CheckpointFlag& flag : kFlags) {
    if (flag.is_switch ? args.has(flag.name) : args.value(flag.name).has_value()) {
      flag.set(choice, args.value(flag.name).value_or(""));
    }
  }
  return choice;
}

}  // namespace sfumato

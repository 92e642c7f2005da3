// sfumato import CHECKPOINT -o BUNDLE: converts a Stable Diffusion checkpoint into a bundle.
#include <array>
#include <chrono>
#include <vector>

#include "base/console.h"
#include "base/digest_cache.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/progress_line.h"
#include "base/signals.h"
#include "cli/argument_parser.h"
#include "cli/checkpoint_flags.h"
#include "cli/checkpoint_graphs.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/import_report.h"
#include "cli/settings_flags.h"
#include "cli/trust_flags.h"
#include "import/write/default_storage.h"
#include "import/write/import_model.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

std::vector<FlagSpec> joined(std::vector<FlagSpec> flags, const std::vector<FlagSpec>& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

const std::vector<FlagSpec>& flags() {
  using Value = FlagSpec::Value;
  static const std::vector<FlagSpec> own = {{.name = "--output", .letter = "-o", .value = Value::text},
                                            {.name = "--dtype", .value = Value::text},
                                            {.name = "--trust"},
                                            {.name = "--trust-all"},
                                            {.name = "--weights-layout", .value = Value::text},
                                            {.name = "--overwrite"},
                                            {.name = "--json"},
                                            {.name = "--print0", .letter = "-0"},
                                            {.name = "--quiet", .letter = "-q"},
                                            {.name = "--debug"}};
  static const std::vector<FlagSpec> all = joined(joined(own, checkpoint_flags()), settings_flags());
  return all;
}

constexpr std::string_view kHelp =
    R"(sfumato import converts a Stable Diffusion checkpoint (1.x, 2.x, XL) into a bundle, which --model takes.

  sfumato import CHECKPOINT -o FOLDER

  sfumato import v1-5-pruned-emaonly.safetensors -o models/sd15
  sfumato import diffusers-folder/ -o models/mine --license CC-BY-4.0
  sfumato import sd_xl_base_1.0.safetensors --vae sdxl_vae.safetensors -o models/sdxl
  sfumato import sd_xl_base_1.0.safetensors --unet sdxl_lightning_4step_unet.safetensors -o models/lightning

CHECKPOINT is a .safetensors or .gguf file with a whole model, or a diffusers folder with model_index.json.

  -o, --output FOLDER      the folder of the new bundle
  --unet FILE|FOLDER, --text-encoder FILE|FOLDER, --text-encoder-2 FILE|FOLDER, --vae FILE|FOLDER
                           take this U-Net, text encoder or autoencoder instead of the checkpoint's
  --dtype NAME             dtype of the stored weights: given (each as in the checkpoint), float32, bfloat16, float16, or auto, which
                           this machine computes in: float16 with a GPU, bfloat16 if the processor has it, else given; such a model
                           starts faster here  [given: the same bundle on every machine]
  --ema                    take the EMA weights of the U-Net, if the file has both  [the plain weights, as diffusers does]
  --guidance-embedding W   of a full latent consistency model: the guidance scale that becomes a part of it, 1 to 50  [7.5]
  --variant NAME           weight files of a folder, such as fp16, for the parts that have them  [the plain ones; without them fp16, or
                           the only ones]
  --graphs FOLDER          networks of another architecture, made with scripts/export/graphs.py; needs --trust
  --trust                  use graphs though this program does not know them, if they only compute
  --trust-all              use any graphs, which are programs and may do anything: for your own
  --weights-layout NAME    channels_last, the layout that a CPU computes in, or contiguous  [channels_last]
  --overwrite              replace an existing bundle
  --json                   print one line of JSON instead of the bundle's path
  -0, --print0             end the path with NUL instead of a newline
  -q, --quiet              print only warnings and errors on standard error

What no file of the checkpoint says, or says otherwise (sfumato model FOLDER --set changes it later):
)";

constexpr std::string_view kHelpEnd = R"(
Every tensor of the checkpoint is accounted for; a missing tensor, or one that the family does not have, is an error. Nothing of the
checkpoint is executed, and the bundle appears whole or not at all.
)";

template <typename Value, std::size_t N>
Value choice(const std::string& flag, const std::string& text, const std::array<Named<Value>, N>& choices) {
  std::string list;
  for (const Named<Value>& entry : choices) {
    if (entry.name == text) return entry.value;
    list += (list.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error(ErrorKind::usage, flag + ": \"" + printable(text) + "\" is not known; one of " + list + " is expected.");
}

// The dtype of the stored weights; `why` is empty if it is explicit.
DefaultStorage storage_of(const ParsedArgs& args) {
  using Choice = std::optional<StoredDtype>;
  const std::string text = args.value("--dtype").value_or("given");
  if (text == "auto") return default_storage();
  static const std::array<Named<Choice>, 5> choices = {{{StoredDtype::f32, "float32"},
                                                        {StoredDtype::bf16, "bfloat16"},
                                                        {StoredDtype::f16, "float16"},
                                                        {std::nullopt, "given"},
                                                        {std::nullopt, "auto"}}};
  return {.dtype = choice("--dtype", text, choices), .why = ""};
}

WeightsLayout layout_of(const ParsedArgs& args) {
  static constexpr std::array<Named<WeightsLayout>, 2> choices = {
      {{WeightsLayout::channels_last, "channels_last"}, {WeightsLayout::contiguous, "contiguous"}}};
  const auto text = args.value("--weights-layout");
  return text ? choice("--weights-layout", *text, choices) : WeightsLayout::channels_last;
}

CheckpointOptions checkpoint_options(const ParsedArgs& args) {
  CheckpointOptions options = checkpoint_choice(args).options;
  options.prediction_type = settings_of(args).prediction_type;
  return options;
}

std::filesystem::path output_of(const ParsedArgs& args) {
  std::string output = args.value("--output").value_or("");
  while (output.size() > 1 && output.ends_with('/')) output.pop_back();
  if (output.empty() || output == "-" || output == "/" || output.ends_with("..") || output == ".") {
    throw Error(ErrorKind::usage, "--output: name the folder of the new bundle: sfumato import SOURCE -o models/NAME.");
  }
  return output;
}

Imported import_with(const ParsedArgs& args, const Checkpoint& checkpoint, const DefaultStorage& storage) {
  const GraphSet graphs = graphs_for(checkpoint, args.value("--graphs"), trust_of(args));
  const ImportOptions options{.output = output_of(args),
                              .overwrite = args.has("--overwrite"),
                              .storage = {.dtype = storage.dtype, .layout = layout_of(args)},
                              .settings = settings_of(args),
                              .merges = find_graphs("clip/merges.txt"),
                              .digests = DigestCache::users_folder()};
  ProgressLine line(standard_error());
  const bool is_quiet = args.has("--quiet");
  const auto on_progress = [&](std::uint64_t done, std::uint64_t all) {
    if (is_quiet) return;
    const double fraction = all == 0 ? 1 : static_cast<double>(done) / static_cast<double>(all);
    line.show(std::to_string(done / kMegabyte) + " of " + std::to_string(all / kMegabyte) + " MB", fraction);
  };
  watch_signals();  // from here on files are written
  return import_model(checkpoint, graphs, options, on_progress);
}

}  // namespace

ExitCode import_command(Arguments arguments) {
  const ParsedArgs args = parse_arguments(arguments, flags());
  if (args.help) return print_text(std::string(kHelp) + std::string(settings_help()) + std::string(kHelpEnd));
  if (args.positionals.size() != 1) {
    throw Error(
        ErrorKind::usage,
        args.positionals.empty()
            ? "import: no checkpoint. Name a .safetensors or .gguf file or a diffusers folder; --help lists the rest."
            : "import: " + std::to_string(args.positionals.size()) + " checkpoints are given, one is expected.");
  }
  if (args.has("--print0") && args.has("--json")) {
    throw Error(ErrorKind::usage, "--print0: --json prints no path by itself. Leave one of the two out.");
  }
  (void)output_of(args);
  const DefaultStorage storage = storage_of(args);
  const auto begin = std::chrono::steady_clock::now();
  const Checkpoint checkpoint = open_checkpoint(args.positionals.front(), checkpoint_options(args));
  const Imported imported = import_with(args, checkpoint, storage);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const std::filesystem::path output = output_of(args);
  if (!args.has("--quiet")) print_import(standard_error(), checkpoint, imported, storage, seconds);
  if (args.has("--json")) {
    standard_output().json(import_json(checkpoint, imported, output, seconds));
  } else {
    standard_output().path(output, args.has("--print0") ? PathEnd::nul : PathEnd::newline);
  }
  standard_output().check("The bundle is safe.");
  return ExitCode::ok;
}

}  // namespace sfumato

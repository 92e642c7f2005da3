// sfumato import SOURCE -o BUNDLE: a checkpoint of Stable Diffusion becomes a bundle.
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "base/json.h"
#include "base/printable.h"
#include "cli/command_words.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/import_report.h"
#include "import/write/default_storage.h"
#include "import/write/import_model.h"

namespace sfumato {
namespace {

constexpr std::array<CommandFlag, 15> kFlags = {{
    {"--output", "-o", true},
    {"--name", "", true},
    {"--license", "", true},
    {"--dtype", "", true},
    {"--vae", "", true},
    {"--variant", "", true},
    {"--ema", "", false},
    {"--prediction-type", "", true},
    {"--graphs", "", true},
    {"--trust", "", false},
    {"--overwrite", "", false},
    {"--json", "", false},
    {"--quiet", "-q", false},
    {"--debug", "", false},
    {"--weights-layout", "", true},
}};

constexpr std::string_view kHelp =
    R"(sfumato import makes a bundle of a Stable Diffusion checkpoint (1.x, 2.x, XL), which --model then takes.

  sfumato import SOURCE -o FOLDER

  sfumato import v1-5-pruned-emaonly.safetensors -o models/sd15
  sfumato import folder-of-diffusers/ -o models/mine --license CC-BY-4.0
  sfumato import sd_xl_base_1.0.safetensors --vae sdxl_vae.safetensors -o models/sdxl

SOURCE is a .safetensors file with a whole model in it, or a folder with model_index.json as diffusers writes it.

  -o, --output FOLDER      where the bundle shall be
  --vae FILE|FOLDER        take this autoencoder instead of the source's own
  --dtype NAME             how weights are stored: float32, bfloat16, float16, or given (each as it is)  [float16 if a GPU is here;
                           else bfloat16 if this processor computes in it; else given]. For the very pictures of float32 say given
  --prediction-type NAME   what the U-Net predicts: epsilon or v_prediction  [what the source says; Stable Diffusion 2 in one file
                           does not say it and is taken for v_prediction, as diffusers does; for a 512-pixel base model say epsilon]
  --ema                    of a file with EMA copies of the U-Net take those  [the plain weights, as diffusers does]
  --variant NAME           of a folder's weights take NAME, such as fp16  [the plain ones; without them fp16 or the only ones]
  --name NAME              the model's name in pictures  [the source's]
  --license TEXT           an SPDX expression  [what the source says, or LicenseRef-unknown]
  --graphs FOLDER          networks of another architecture, made with scripts/export/graphs.py; needs --trust
  --trust                  use graphs, which are programs, though this program does not know them
  --weights-layout NAME    channels_last, which is used as it lies on a CPU, or contiguous  [channels_last]
  --overwrite              replace a bundle that is there
  --json                   one line of JSON on standard output instead of the bundle's path
  -q, --quiet              only warnings and errors on standard error

Every tensor of the source is accounted for; one that is missing, or that the family has not, is an error. Nothing of the source is
executed, and the bundle appears whole or not at all.
)";

template <typename Value, std::size_t N>
Value choice(const std::string& flag, const std::string& text, const std::array<Named<Value>, N>& choices) {
  std::string list;
  for (const Named<Value>& entry : choices) {
    if (entry.name == text) return entry.value;
    list += (list.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw Error(ErrorKind::usage, flag + ": \"" + printable(text) + "\" is not known; one of " + list + " is wanted.");
}

// How to store, and why; `why` is said when it was not chosen.
DefaultStorage storage_of(const CommandWords& words) {
  using Choice = std::optional<StoredDtype>;
  static const std::array<Named<Choice>, 4> choices = {{{StoredDtype::f32, "float32"},
                                                        {StoredDtype::bf16, "bfloat16"},
                                                        {StoredDtype::f16, "float16"},
                                                        {std::nullopt, "given"}}};
  if (const auto said = words.value("--dtype")) return {.dtype = choice("--dtype", *said, choices), .why = ""};
  return default_storage();
}

WeightsLayout layout_of(const CommandWords& words) {
  static constexpr std::array<Named<WeightsLayout>, 2> choices = {
      {{WeightsLayout::channels_last, "channels_last"}, {WeightsLayout::contiguous, "contiguous"}}};
  const auto said = words.value("--weights-layout");
  return said ? choice("--weights-layout", *said, choices) : WeightsLayout::channels_last;
}

CheckpointOptions source_options(const CommandWords& words) {
  CheckpointOptions options;
  if (const auto said = words.value("--prediction-type")) {
    options.prediction_type = prediction_type_of(*said);
    if (!options.prediction_type) {
      throw Error(ErrorKind::usage, "--prediction-type: \"" + printable(*said) +
                                        "\" is not known; one of epsilon, v_prediction, sample is wanted.");
    }
  }
  options.ema = words.has("--ema") ? EmaWeights::take : EmaWeights::leave;
  options.variant = words.value("--variant").value_or("");
  options.vae = words.value("--vae").value_or("");
  if (words.has("--vae") && options.vae.empty())
    throw Error(ErrorKind::usage, "--vae: the name of a file or folder is wanted.");
  return options;
}

std::filesystem::path output_of(const CommandWords& words) {
  std::string output = words.value("--output").value_or("");
  while (output.size() > 1 && output.ends_with('/')) output.pop_back();
  if (output.empty() || output == "-" || output == "/" || output.ends_with("..") || output == ".") {
    throw Error(ErrorKind::usage,
                "--output: the folder of the new bundle is wanted: sfumato import SOURCE -o models/NAME.");
  }
  return output;
}

// A line that is redrawn on a terminal; elsewhere a line every few seconds.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}
  ~ProgressLine() {
    if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::uint64_t done, std::uint64_t all) {
    constexpr std::chrono::seconds between{5};
    const auto now = std::chrono::steady_clock::now();
    if (quiet_ || (!terminal_ && now - last_ < between)) return;
    last_ = now;
    drawn_ = terminal_;
    const std::string line = std::to_string(done / 1'000'000) + " of " + std::to_string(all / 1'000'000) + " MB";
    std::cerr << (terminal_ ? "\r" : "sfumato: ") << line << (terminal_ ? "\x1b[K" : "\n") << std::flush;
  }

 private:
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

Imported import_with(const CommandWords& words, const Checkpoint& source, const DefaultStorage& storage) {
  const auto said_graphs = words.value("--graphs");
  const std::filesystem::path folder =
      said_graphs ? std::filesystem::path(*said_graphs) : find_graphs(name_of(source.family, source.inpainting));
  const GraphSet graphs = open_graphs(folder, source.family, words.has("--trust"));
  const ImportOptions options{.output = output_of(words),
                              .overwrite = words.has("--overwrite"),
                              .storage = {.dtype = storage.dtype, .layout = layout_of(words)},
                              .name = words.value("--name").value_or(""),
                              .license = words.value("--license").value_or(""),
                              .merges = find_graphs("clip/merges.txt")};
  ProgressLine line(words.has("--quiet"));
  return import_model(source, graphs, options, [&](std::uint64_t done, std::uint64_t all) { line.show(done, all); });
}

}  // namespace

ExitCode import_command(Arguments arguments) {
  const CommandWords words = parse_command(arguments, kFlags);
  if (words.help) {
    std::cout << kHelp << std::flush;
    return std::cout ? ExitCode::ok : ExitCode::io_error;
  }
  if (words.others.size() != 1) {
    throw Error(ErrorKind::usage,
                words.others.empty()
                    ? "import: no source. Name a .safetensors file or a folder of diffusers; --help tells the rest."
                    : "import: one source is taken, " + std::to_string(words.others.size()) + " are given.");
  }
  (void)output_of(words);
  const DefaultStorage storage = storage_of(words);
  const auto begin = std::chrono::steady_clock::now();
  const Checkpoint source = open_checkpoint(words.others.front(), source_options(words));
  const Imported imported = import_with(words, source, storage);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const std::filesystem::path output = output_of(words);
  if (!words.has("--quiet")) tell_import(std::cerr, source, imported, storage, seconds);
  if (words.has("--json")) {
    std::cout << dump_json(import_json(source, imported, output, seconds)) << '\n' << std::flush;
  } else {
    std::cout << output.string() << '\n' << std::flush;
  }
  if (!std::cout) throw Error(ErrorKind::io_error, "standard output cannot be written to. The bundle is safe.");
  return ExitCode::ok;
}

}  // namespace sfumato

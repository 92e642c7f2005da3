#include "cli/flags.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "base/numbers.h"
#include "base/printable.h"
#include "cli/find_model.h"
#include "cli/model_choice.h"
#include "jobs/job_shard.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr int kMaxSeconds = 31'536'000;  // a year

using Options = CliOptions;
using Text = const std::string;

void set_dtype(Options& o, Text& text) {
  o.runtime.dtype = value_of<Dtype>(text);
  if (o.runtime.dtype || text == "auto") return;
  std::string list = "auto";
  for (const Named<Dtype>& entry : names<Dtype>()) list += ", " + std::string(entry.name);
  throw Error(ErrorKind::usage, "--dtype: \"" + printable(text) + "\" is not known; one of " + list + " is expected.");
}

void set_vae_tiling(Options& o, Text& text) {
  const std::optional<VaeTiling> tiling = value_of<VaeTiling>(text);
  if (!tiling) {
    throw Error(ErrorKind::usage,
                "--vae-tiling: \"" + printable(text) + "\" is not known; one of auto, on, off is expected.");
  }
  o.runtime.vae_tiling = *tiling;
}

// NAME, or NAME:SHARE, which sets `refiner_switch`. A file may have a colon in its name.
void set_refiner(Options& o, Text& text) {
  const std::size_t colon = text.rfind(':');
  std::error_code error;
  const bool has_share =
      colon != std::string::npos && text.find('/', colon) == std::string::npos && !std::filesystem::exists(text, error);
  o.refiner = text.substr(0, has_share ? colon : std::string::npos);
  if (o.refiner.empty()) {
    throw Error(ErrorKind::usage,
                "--refiner: \"" + printable(text) + "\" names no model; NAME or NAME:0.8 is expected.");
  }
  if (!has_share) return;
  const std::string share = text.substr(colon + 1);
  const double value = parse_real("--refiner", share, 0, 1);
  if (value == 0 || value == 1) {
    throw Error(ErrorKind::usage, "--refiner: " + printable(share) +
                                      " is out of range; a share of the steps above 0 and below 1 is expected, such as "
                                      "0.8.");
  }
  o.refiner_share = share;
}

void set_shard(Options& o, Text& text) {
  o.run.shard = parse_shard(text, [](const char* name) -> const char* { return std::getenv(name); });
  o.is_sharded = true;
}

std::vector<std::string> long_aliases(const JobOption& option) {
  std::vector<std::string> aliases;
  std::istringstream words{std::string(option.aliases)};
  for (std::string alias; words >> alias;) {
    std::ranges::replace(alias, '_', '-');
    aliases.push_back("--" + alias);
  }
  return aliases;
}

constexpr std::array kRunFlags = std::to_array<RunFlag>({
    {.name = "--from-file",
     .letter = "-f",
     .argument = "FILE",
     .group = "Many",
     .help = "a prompt per line, with its own flags, or JSON; - is standard input; --help prompts shows the syntax",
     .set = [](Options& o, Text& text) { o.from_file = text; }},
    {.name = "--from-image",
     .argument = "FILE",
     .group = "Many",
     .help = "take all values from a picture; other flags override them",
     .set = [](Options& o, Text& text) { o.from_image = text; }},
    {.name = "--zip",
     .group = "Many",
     .help = "pair lists of equal length, first with first, instead of multiplying them",
     .set = [](Options& o, Text&) { o.zip = true; }},
    {.name = "--combinatorial",
     .group = "Many",
     .help = "a __wildcard__ makes a picture of each line of its file, not of one line chosen by the seed",
     .set = [](Options& o, Text&) { o.combinatorial = true; }},
    {.name = "--wildcards",
     .argument = "FOLDER",
     .group = "Many",
     .help = "the folder of wildcard files  [wildcards]",
     .set = [](Options& o, Text& text) { o.wildcards = text; }},
    {.name = "--grid",
     .argument = "FILE",
     .group = "Many",
     .help = "also write a contact sheet of all pictures, a .png file",
     .set = [](Options& o, Text& text) { o.run.sheet = text; }},
    {.name = "--plan",
     .group = "Many",
     .help = "check everything and print the jobs and their number; nothing is loaded or written",
     .set = [](Options& o, Text&) { o.plan = true; }},
    {.name = "--plan-time",
     .group = "Many",
     .help = "the same, then load the model, measure it, and estimate the time of the run",
     .set = [](Options& o, Text&) { o.plan = o.plan_time = true; }},
    {.name = "--shard",
     .argument = "I/N",
     .group = "Run",
     .help = "this process makes every Nth picture, from I (0 to N-1); env takes both from Slurm (array or srun); "
             "env/N, or env/1-N for tasks from 1, takes I from Slurm or Kubernetes",
     .set = &set_shard},
    {.name = "--fail-fast",
     .group = "Run",
     .help = "the first failed picture or bad line ends the run",
     .set = [](Options& o, Text&) { o.run.stop.fail_fast = true; }},
    {.name = "--retry",
     .group = "Run",
     .help = "try pictures again that were set aside because the program died of them",
     .set = [](Options& o, Text&) { o.run.retry = true; }},
    {.name = "--check",
     .group = "Run",
     .help =
         "first compare the pictures that are there with their SHA-256 in the journal  [size and time of the files]",
     .set = [](Options& o, Text&) { o.run.check = true; }},
    {.name = "--new-model",
     .group = "Run",
     .help = "allow a folder with pictures of another model",
     .set = [](Options& o, Text&) { o.run.new_model = true; }},
    {.name = "--grace",
     .argument = "SECONDS",
     .group = "Run",
     .help = "how long pictures in progress may take to finish when the run is stopped  [20]",
     .set = [](Options& o, Text& text) { o.run.stop.grace = parse_real("--grace", text, 0, kMaxSeconds); }},
    {.name = "--time-limit",
     .argument = "SECONDS",
     .group = "Run",
     .help = "stop after this time, as Ctrl-C does; the same command resumes",
     .set = [](Options& o, Text& text) { o.run.stop.time_limit = parse_real("--time-limit", text, 0, kMaxSeconds); }},
    {.name = "--job-timeout",
     .argument = "SECONDS",
     .group = "Run",
     .help = "a picture that takes longer has failed",
     .set = [](Options& o, Text& text) { o.run.stop.job_timeout = parse_real("--job-timeout", text, 0, kMaxSeconds); }},
    {.name = "--model-dir",
     .argument = "FOLDER",
     .group = "Model",
     .help = "look for models by name here first: a folder of bundles or checkpoints, or the folder of AUTOMATIC1111 "
             "or ComfyUI  [$SFUMATO_MODELS, a list with :]",
     .set = [](Options&, Text& text) { add_model_folder(text); }},
    {.name = "--prediction-type",
     .argument = "NAME",
     .group = "Model",
     .help = "of a checkpoint: what its U-Net predicts, epsilon, v_prediction or sample  [what its files say]",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--prediction-type", text); }},
    {.name = "--zero-snr",
     .group = "Model",
     .help = "of a checkpoint: its last training step is pure noise",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--zero-snr", text); }},
    {.name = "--unet",
     .argument = "FILE|FOLDER",
     .group = "Model",
     .help = "take this U-Net instead of the checkpoint's",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--unet", text); }},
    {.name = "--text-encoder",
     .argument = "FILE|FOLDER",
     .group = "Model",
     .help = "take this text encoder instead of the checkpoint's",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--text-encoder", text); }},
    {.name = "--text-encoder-2",
     .argument = "FILE|FOLDER",
     .group = "Model",
     .help = "take this second text encoder instead of the checkpoint's",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--text-encoder-2", text); }},
    {.name = "--variant",
     .argument = "NAME",
     .group = "Model",
     .help = "weight files of a diffusers folder, such as fp16  [the plain ones]",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--variant", text); }},
    {.name = "--ema",
     .group = "Model",
     .help = "take the EMA weights of a checkpoint that has both  [the plain ones]",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--ema", text); }},
    {.name = "--guidance-embedding",
     .argument = "W",
     .group = "Model",
     .help = "of a full latent consistency model: the guidance scale that becomes a part of it  [7.5]",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--guidance-embedding", text); }},
    {.name = "--graphs",
     .argument = "FOLDER",
     .group = "Model",
     .help = "graphs for a checkpoint of another architecture; needs --trust",
     .set = [](Options& o, Text& text) { set_choice(o.choice, "--graphs", text); }},
    {.name = "--refiner",
     .argument = "NAME|PATH[:X]",
     .group = "Model",
     .help = "an SDXL refiner for the last steps of all pictures, after the share X of them  [none; X: 0.8]",
     .set = &set_refiner},
    {.name = "--trust",
     .group = "Model",
     .help = "use a bundle whose tokenizer or graphs are unknown to this program, if these only compute",
     .set = [](Options& o, Text&) { o.choice.trust = std::max(o.choice.trust, Trust::checked); }},
    {.name = "--trust-all",
     .group = "Model",
     .help = "use any graphs, which are programs and may do anything: for your own",
     .set = [](Options& o, Text&) { o.choice.trust = Trust::all; }},
    {.name = "--device",
     .argument = "NAME",
     .group = "Model",
     .help = "auto, cpu, cuda or cuda:N  [auto: the first GPU, else the CPU]",
     .set = [](Options& o, Text& text) { o.runtime.device = text; }},
    {.name = "--dtype",
     .argument = "NAME",
     .group = "Model",
     .help = "dtype of the networks: float32, bfloat16, float16 or auto  [auto: that of the picture of --from-image, "
             "or of the "
             "output folder, else bfloat16 on a GPU, the model's on a CPU that computes in it]",
     .set = &set_dtype},
    {.name = "--threads",
     .letter = "-t",
     .argument = "N",
     .group = "Model",
     .help = "CPU threads  [one per core]",
     .set = [](Options& o, Text& text) { o.runtime.threads = parse_integer("--threads", text, 1, 1024); }},
    {.name = "--batch-size",
     .argument = "N",
     .group = "Model",
     .help = "pictures that share an evaluation of the U-Net; auto: 1 on a CPU, as many as fit on a GPU  [1]",
     .set =
         [](Options& o, Text& text) {
           o.runtime.batch_size = text == "auto" ? 0 : parse_integer("--batch-size", text, 1, 256);
         }},
    {.name = "--vae-tiling",
     .argument = "WHEN",
     .group = "Model",
     .help = "auto, on or off: decode in tiles, which takes less memory and more time  [auto: if memory is short]",
     .set = &set_vae_tiling},
    {.name = "--output",
     .letter = "-o",
     .argument = "NAME",
     .group = "Output",
     .help = "file.png, folder/, a template such as {index:05}-{seed}-{prompt:40}.png, or - for standard output",
     .set = [](Options& o, Text& text) { o.output = text; }},
    {.name = "--overwrite",
     .group = "Output",
     .help = "replace existing files",
     .set = [](Options& o, Text&) { o.run.overwrite = true; }},
    {.name = "--no-metadata",
     .group = "Output",
     .help = "do not store the prompt and the values in the PNG",
     .set = [](Options& o, Text&) { o.run.with_metadata = false; }},
    {.name = "--allow-flat",
     .group = "Output",
     .help = "save a picture of one colour too, which is an error otherwise: mostly half precision overflowed",
     .set = [](Options& o, Text&) { o.runtime.allow_flat = true; }},
    {.name = "--strict-prompt",
     .group = "Output",
     .help = "a prompt that is truncated is an error, not a warning",
     .set = [](Options& o, Text&) { o.run.strict_prompt = true; }},
    {.name = "--json",
     .group = "Output",
     .help = "events on standard output, one JSON object per line",
     .set = [](Options& o, Text&) { o.json = true; }},
    {.name = "--print0",
     .letter = "-0",
     .group = "Output",
     .help = "end each path with NUL instead of a newline, for xargs -0: names may contain anything else",
     .set = [](Options& o, Text&) { o.print0 = true; }},
    {.name = "--quiet",
     .letter = "-q",
     .group = "Output",
     .help = "only warnings and errors on standard error",
     .set = [](Options& o, Text&) { o.quiet = o.choice.is_quiet = true; }},
    {.name = "--verbose",
     .letter = "-v",
     .group = "Output",
     .help = "print device and times, too",
     .set = [](Options& o, Text&) { o.verbose = true; }},
    {.name = "--debug",
     .group = "Output",
     .help = "print unexpected errors in full, with LibTorch's backtrace",
     .set = [](Options& o, Text&) { o.debug = true; }},
});

}  // namespace

std::span<const RunFlag> run_flags() { return kRunFlags; }

const RunFlag* find_run_flag(std::string_view flag) {
  const auto found = std::ranges::find_if(
      kRunFlags, [&](const RunFlag& row) { return !flag.empty() && (row.name == flag || row.letter == flag); });
  return found == kRunFlags.end() ? nullptr : &*found;
}

bool is_run_flag(std::string_view flag) { return find_run_flag(flag) != nullptr; }

std::vector<FlagSpec> generate_flags() {
  using Value = FlagSpec::Value;
  std::vector<FlagSpec> flags;
  for (const JobOption& option : job_options()) {
    if (!option.is_flag) continue;
    flags.push_back({.name = flag_of(option),
                     .letter = option.letter.empty() ? "" : "-" + std::string(option.letter),
                     .aliases = long_aliases(option),
                     .value = option.kind == JobOption::Kind::flag ? Value::boolean : Value::text});
  }
  for (const RunFlag& row : kRunFlags) {
    flags.push_back({.name = std::string(row.name),
                     .letter = std::string(row.letter),
                     .value = row.argument.empty() ? Value::none : Value::text});
  }
  flags.push_back({.name = "--version"});
  return flags;
}

}  // namespace sfumato

#include "cli/help.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/flags.h"
#include "sfumato/version.h"

namespace sfumato {
namespace {

constexpr std::size_t kColumn = 34;
constexpr std::size_t kWidth = 132;

// A flag and its help in two columns, wrapped.
std::string row(const std::string& flags, const std::string& help) {
  std::string text;
  std::string line = "  " + flags;
  line += line.size() + 1 < kColumn ? std::string(kColumn - line.size(), ' ') : "  ";
  std::string rest = help;
  while (line.size() + rest.size() > kWidth) {
    const std::size_t space = rest.rfind(' ', kWidth - std::min(kWidth, line.size()));
    if (space == std::string::npos || space == 0) break;
    text += line + rest.substr(0, space) + "\n";
    line = std::string(kColumn, ' ');
    rest.erase(0, space + 1);
  }
  return text + line + rest + "\n";
}

std::string rows_of_pictures() {
  std::string text;
  for (const JobOption& option : job_options()) {
    if (!option.is_flag) continue;
    if (!option.group.empty()) text += std::string(option.group) + "\n";
    std::string flags = option.name == "prompt" ? "PROMPT, " : "";
    if (!option.letter.empty()) flags += "-" + std::string(option.letter) + ", ";
    flags += flag_of(option);
    if (!option.argument.empty()) flags += " " + std::string(option.argument);
    std::string help(option.help);
    if (option.choices != nullptr) help += ": " + option.choices();
    text += row(flags, help);
  }
  return text;
}

std::string rows_of_runs() {
  std::string text;
  std::string_view group;
  for (const RunFlag& flag : run_flags()) {
    if (flag.group != group) text += std::string(group = flag.group) + "\n";
    std::string flags = flag.letter.empty() ? "" : std::string(flag.letter) + ", ";
    flags += flag.name;
    if (!flag.argument.empty()) flags += " " + std::string(flag.argument);
    text += row(flags, std::string(flag.help));
  }
  return text;
}

}  // namespace

std::string help_text() {
  return R"(sfumato generates pictures from text, from a shell.

  sfumato [OPTIONS] PROMPT
  sfumato import CHECKPOINT -o FOLDER       converts a Stable Diffusion checkpoint into a model
  sfumato model FOLDER|CHECKPOINT           describes a model or a checkpoint
  sfumato explain PROMPT                    how a model reads a prompt: tokens, weights, what is truncated
  sfumato inspect FILE...                   shows the metadata of PNGs
  sfumato verify FILE|FOLDER...             reproduces pictures and compares
  sfumato status FOLDER                     counts what runs have made, and what failed
  Each of them has its own --help. A prompt that is one of these words is given with -p.

  sfumato "a smiling cat, 3D style"                        makes a picture and prints its path
  sfumato "a red apple, flat icon" -o apple.png -s 7       another seed gives another picture
  sfumato "a {cat|dog}" -s 1..8 --cfg-scale 3,5 -o pets/   2 x 8 x 2 pictures
  sfumato -f prompts.txt -o out/                           a picture of each line; run again, it resumes
  sfumato "a fox, oil painting" -i fox.jpg --strength 0.6  image to image

)" + rows_of_pictures() +
         rows_of_runs() + row("-h, --help [prompts]", "this text, or the syntax of prompts, lists and prompt files") +
         row("--version", "versions of sfumato and LibTorch") + R"(
Options of pictures take lists, which multiply: --seed 1..64, --seed 1,7,100..200:10, --cfg-scale 5..9:0.5, --size 64x64,96x64.
Options that are not given are the model's defaults. --scale and --guidance-scale are --cfg-scale, --sampler is --sampling-method,
--num-inference-steps is --steps, --batch is --batch-count; _ and - are the same in the name of a flag, and --flag=value works.

Exit codes: 0 done; 1 some pictures failed; 64 usage error; 65 bad data; 66 input missing; 69 device missing; 70 internal error;
73 cannot create the output; 74 cannot write; 75 stopped early, run again; 78 bad model; 129, 130, 143 stopped by a signal.
)";
}

std::string prompts_help_text() {
  return R"(Prompts, lists and prompt files

A prompt
  a {red|blue} fox             one picture of each; groups multiply and may be nested
  a __colour__ fox             a line of wildcards/colour.txt (--wildcards FOLDER), chosen by the picture's seed: the same seed,
                               the same line. __animals/cats__ is animals/cats.txt. Lines may contain {|} and __; blank lines and
                               lines that begin with # are skipped
  --combinatorial              a picture of each line instead
  \{  \|  \}  \__              the characters themselves; braces without | are plain braces
  The picture stores the resolved prompt.

Lists, of every option of a picture except prompts, which may contain commas
  --seed 1,7,100..200:10       values and ranges FIRST..LAST or FIRST..LAST:STEP
  --seed random,random         two random seeds; a resumed run has the same ones
  --cfg-scale 5..9:0.5         --sampling-method ddim,euler_a   --size 64x64,96x64   --steps 10,20,40
  Lists multiply; the last list varies fastest; -b N, seeds that count up, varies faster still.
  --zip                        lists of equal length are paired: first with first, second with second

Image to image
  -i a.png,b.jpg               files form lists, too; if a file has the whole name, commas and all, it is that file
  -i photos/ -o 'out/{init}-{strength}.png'    the PNGs and JPEGs of the folder, sorted by name; {init} is the name of each
  -i photos/ --mask masks/     the mask of photos/fox.jpg is masks/fox_mask.png or masks/fox.png
  --strength 0.3,0.5,0.7       multiplies with them, as all other lists do
  Without -W and -H a picture has the size of its init image, or of its map, rounded to the sizes of the model; with one of the two,
  its proportions; with --inpaint-area mask the masked part is drawn in the model's own size. Paths are relative to the working
  folder, also in prompt files. The bytes of the init image identify the picture: an edited file makes a new picture, a moved file
  does not. The header of a file is checked when it is named, its pixels when it is used.

A prompt file, -f FILE, or -f - for standard input: each line is one of
  a red fox                                              a prompt
  a red fox --seed 7..9 --steps 30 -n blurry, dark       and options after it; a value extends to the next flag
  "a --b fox" --seed 7                                   one quoted value is unquoted, as in a shell
  --prompt "a fox" --negative_prompt "dark" --cfg_scale 7 --sampler_name "DPM++ 2M Karras"        as in AUTOMATIC1111
  {"prompt": "a fox", "seed": [1, 2], "cfg_scale": 7.5, "sampling_method": "ddim"}                 JSON, the same names
  a red fox -i fox.png --strength 0.5 --exact-steps      {"init_img": "fox.png", "exact_steps": true} in JSON
  # a comment, or a blank line
  UTF-8, lines up to 1 MiB, any number of them; .jsonl files take JSON only. A line may have its own --output, a name in the
  folder of the run. Options of pictures on the command line are the defaults of every line. A bad line is reported with its
  number, the others are made, and the exit code is 1; --fail-fast stops at it; --plan finds all of them first.

Wildcards: the k-th choice of a picture among n lines, from left to right and the negative prompt last, takes line
floor(h * n / 2^32), counted from 0, where h is the upper half of the k-th number of SplitMix64 started with the seed.
)";
}

std::string version_text() {
  return "sfumato " + std::string(kVersion) + " (LibTorch " + std::string(kTorchVersion) + ")\n";
}

}  // namespace sfumato

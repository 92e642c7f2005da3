#include "cli/help.h"

#include "sfumato/options.h"
#include "sfumato/version.h"

namespace sfumato {
namespace {

template <typename Enum>
std::string list() {
  std::string text;
  for (const Named<Enum>& entry : names<Enum>()) text += (text.empty() ? "" : ", ") + std::string(entry.name);
  return text;
}

}  // namespace

std::string help_text() {
  return R"(sfumato turns words into pictures, from a shell.

  sfumato [OPTIONS] PROMPT

  sfumato "a smiling cat, 3D style"                        a picture, its path is printed
  sfumato "a red apple, flat icon" -o apple.png -s 7       another seed is another picture
  sfumato "a rocket on a blue background" -b 4 -o rockets/ four seeds, four files

What
  PROMPT, -p, --prompt TEXT       what the picture shows, in words
  -n, --negative-prompt TEXT      what to lead away from
How
  --steps N                       denoising steps, 1 to 1000; more is finer and slower
  --cfg-scale X                   how closely to follow the prompt, 0 to 100; 1 is no guidance and half the work
  --sampling-method NAME          )" +
         list<SamplingMethod>() + R"(
  --scheduler NAME                which noise levels to visit: )" +
         list<Scheduler>() + R"(
  --eta X                         share of fresh noise per step, 0 to 1, for ddim (0) and euler_a (1)
  -s, --seed N                    the picture's number, 0 to 2^64-1, or random; its low 32 bits count  [42]
  -b, --batch-count N             so many pictures, with seeds N, N+1, ...  [1]
  -W, --width N                   pixels, a multiple of the model's step (8)
  -H, --height N                  pixels, likewise
Model
  -m, --model NAME|FOLDER         a bundle: a folder, or a name in $SFUMATO_MODELS or in models/  [default]
  --trust                         use a bundle's graphs, which are programs, and tokenizer though this program does not know them
  --device NAME                   auto, cpu, cuda or cuda:N  [auto: the first GPU, if there is one]
  --dtype NAME                    )" +
         list<Dtype>() + R"(, of the networks  [float32 on a CPU, bfloat16 on a GPU]
  -t, --threads N                 CPU threads  [one per core]
  --batch-size N                  pictures that share a run of the U-Net; for GPUs  [1]
Output
  -o, --output NAME               file.png, folder/, a template such as {index:05}-{seed}-{prompt:40}.png, or - for standard output
  --overwrite                     replace files that are there
  --no-metadata                   do not write the prompt and all values into the PNG
  --strict-prompt                 a prompt that is too long for the model is an error, not a warning
  --json                          events on standard output, one JSON object a line
  -q, --quiet                     only warnings and errors on standard error
  -v, --verbose                   also device and times
  --debug                         all that is known of an unexpected error, with LibTorch's backtrace
  -h, --help                      this text
  --version                       versions of sfumato and LibTorch

What is not given is the model's own choice. --scale and --guidance-scale are --cfg-scale, --sampler is --sampling-method,
--num-inference-steps is --steps, --batch is --batch-count; _ and - are the same in a flag, and --flag=value works.

Exit codes: 0 done; 1 some pictures failed; 64 wrong usage; 65 bad data; 66 input missing; 69 no such device; 70 internal fault;
73 cannot create the output; 74 cannot write; 75 stopped early, run again; 78 bad model; 129, 130, 143 stopped by a signal.
)";
}

std::string version_text() {
  return "sfumato " + std::string(kVersion) + " (LibTorch " + std::string(kTorchVersion) + ")\n";
}

}  // namespace sfumato

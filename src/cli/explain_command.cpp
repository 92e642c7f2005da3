// sfumato explain PROMPT: how a model reads a prompt. Uses the tokenizer alone; loads no network.
#include <iomanip>
#include <iostream>
#include <sstream>

#include "base/json.h"
#include "base/printable.h"
#include "bundle/bundle.h"
#include "cli/cli_options.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "jobs/prompt_jobs.h"
#include "sfumato/generator.h"
#include "text/tokens.h"

namespace sfumato {
namespace {

constexpr std::size_t kShownPrompt = 4000;  // bytes

constexpr std::string_view kHelp =
    R"(sfumato explain shows how a model reads a prompt: tokens, chunks, weights, and what is truncated.

  sfumato explain [OPTIONS] PROMPT

  sfumato explain "a (red:1.3) fox, [snow]"
  sfumato explain "a fox BREAK a forest" -m models/sd15 --weighting comfy --json

It takes the options of a picture (sfumato --help) and uses: PROMPT, --negative-prompt, --from-file, --wildcards, --clip-skip,
--weighting, --model, --trust. --json prints one object for each prompt. No network is loaded.

  (word)  [word]  (word:1.3)     weight 1.1, weight 1/1.1, weight 1.3; they nest; \( \) \[ \] \\ are the characters themselves
  BREAK                          starts a new chunk
  --weighting a1111              multiplies the encoding of a token by its weight, then restores the mean
  --weighting no_norm            multiplies only
  --weighting comfy              moves the encoding away from that of the empty prompt, as ComfyUI does
  --weighting ignore             reads weights and ignores them
  --weighting none               treats brackets and BREAK as text
)";

std::string rule_in_words(Weighting rule) {
  switch (rule) {
    case Weighting::a1111:
      return "times the weight, the mean restored";
    case Weighting::no_norm:
      return "times the weight";
    case Weighting::comfy:
      return "away from the empty prompt by the weight";
    case Weighting::ignore:
      return "weights are ignored";
    case Weighting::none:
      return "brackets are text";
  }
  return "";
}

class Explainer {
 public:
  explicit Explainer(const Bundle& bundle) : config_(bundle.config()), tokenizer_(open_tokenizer(bundle)) {}

  [[nodiscard]] JsonObject json(const GenerateOptions& o) const {
    JsonObject line = {{"model", {config_.name}},
                       {"prompt", {json_of(o.prompt, o.weighting)}},
                       {"negative_prompt", {json_of(o.negative_prompt, o.weighting)}}};
    line.push_back({"weighting", {std::string(name_of(o.weighting))}});
    line.push_back({"clip_skip", {static_cast<std::int64_t>(o.clip_skip)}});
    line.push_back({"max_tokens", {static_cast<std::int64_t>(config_.tokenizer.max_tokens)}});
    return line;
  }

  void print(std::ostream& out, const GenerateOptions& o) const {
    print_prompt(out, "prompt", o.prompt, o.weighting);
    if (!o.negative_prompt.empty()) print_prompt(out, "negative prompt", o.negative_prompt, o.weighting);
    if (o.negative_prompt.empty()) {
      out << "negative prompt: none; guidance is away from "
          << (config_.zero_empty_negative_prompt ? "zeros" : "the empty prompt") << '\n';
    }
    out << "weighting: " << name_of(o.weighting) << ", " << rule_in_words(o.weighting) << "\nclip skip: " << o.clip_skip
        << (o.clip_skip == 1 ? ", the layer that the model was trained with" : "") << '\n';
  }

 private:
  [[nodiscard]] Tokens tokens_of(const std::string& prompt, Weighting weighting) const {
    return tokenize(parse_weights(prompt, weighting), *tokenizer_, config_.tokenizer);
  }

  [[nodiscard]] JsonObject json_of(const std::string& prompt, Weighting weighting) const {
    const Tokens tokens = tokens_of(prompt, weighting);
    JsonArray chunks;
    for (const Chunk& chunk : tokens.chunks) {
      JsonArray list;
      for (std::size_t i = 0; i < chunk.used; ++i) {
        list.push_back({JsonObject{
            {"id", {chunk.ids[i]}}, {"text", {tokenizer_->spelling(chunk.ids[i])}}, {"weight", {chunk.weights[i]}}}});
      }
      chunks.push_back({JsonObject{{"tokens", {std::move(list)}},
                                   {"padding", {static_cast<std::int64_t>(chunk.ids.size() - chunk.used)}}}});
    }
    return {{"text", {prompt}}, {"chunks", {std::move(chunks)}}, {"truncated", {tokens.lost}}};
  }

  void print_prompt(std::ostream& out, const char* what, const std::string& prompt, Weighting weighting) const {
    const Tokens tokens = tokens_of(prompt, weighting);
    out << what << ": " << printable(prompt, kShownPrompt) << '\n';
    for (std::size_t i = 0; i < tokens.chunks.size(); ++i) {
      const Chunk& chunk = tokens.chunks[i];
      const std::size_t padding = chunk.ids.size() - chunk.used;
      out << "  chunk " << i + 1 << " of " << tokens.chunks.size() << ": " << chunk.used - 2 << " of "
          << chunk.ids.size() - 2 << " tokens";
      if (padding > 0) out << ", " << padding << " of padding";
      out << '\n';
      for (std::size_t k = 0; k < chunk.used; ++k) print_token(out, chunk.ids[k], chunk.weights[k]);
    }
    if (!tokens.lost.empty()) out << "  truncated: " << printable(tokens.lost, kShownPrompt) << '\n';
  }

  void print_token(std::ostream& out, std::int64_t id, double weight) const {
    out << std::setw(9) << id << "  " << printable(tokenizer_->spelling(id));
    if (weight != 1) out << "  x " << weight;
    out << '\n';
  }

  const ModelConfig& config_;
  std::unique_ptr<const Tokenizer> tokenizer_;
};

ExitCode explain(const CliOptions& cli) {
  const Bundle bundle(find_model(cli.model), cli.trust);
  const Explainer explainer(bundle);
  PromptJobs jobs({.settings = cli.settings,
                   .from_file = cli.from_file,
                   .wildcards = cli.wildcards,
                   .combinatorial = cli.combinatorial,
                   .rules = {.defaults = default_options(bundle),
                             .size_multiple = bundle.config().latents.downscale,
                             .zip = cli.zip}},
                  /*base_seed=*/0);
  std::string last;
  while (const std::optional<Item> item = jobs.next()) {
    if (const auto* bad = std::get_if<BadLine>(&*item)) throw Error(ErrorKind::usage, bad->message);
    const GenerateOptions& options = std::get<Job>(*item).options;
    std::ostringstream text;
    if (cli.json) {
      text << dump_json({explainer.json(options)}) << '\n';
    } else {
      explainer.print(text, options);
    }
    if (text.str() == last) continue;  // jobs that differ in other options
    std::cout << (last.empty() || cli.json ? "" : "\n") << text.str();
    last = text.str();
  }
  return print_text("");
}

}  // namespace

ExitCode explain_command(Arguments arguments) {
  const CliResult cli = parse_cli(arguments, std::string(kHelp));
  return cli.options ? explain(*cli.options) : print_text(cli.text);
}

}  // namespace sfumato

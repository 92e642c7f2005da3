// sfumato explain PROMPT: how a model reads a prompt. Uses the tokenizer alone; loads no network.
#include <iomanip>
#include <sstream>
#include <vector>

#include "base/console.h"
#include "base/json.h"
#include "base/printable.h"
#include "bundle/bundle.h"
#include "cli/cli_options.h"
#include "cli/command_models.h"
#include "cli/commands.h"
#include "cli/open_model.h"
#include "jobs/prompt_jobs.h"
#include "sfumato/generator.h"
#include "text/tokens.h"

namespace sfumato {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kShownPrompt = 4000;  // bytes

constexpr std::string_view kHelp =
    R"(sfumato explain shows how a model reads a prompt: tokens, chunks, weights, and what is truncated.

  sfumato explain [OPTIONS] PROMPT

  sfumato explain "a (red:1.3) fox, [snow]"
  sfumato explain "a fox BREAK a forest" -m models/sd15 --weighting comfy --json

It takes the options of a picture (sfumato --help) and uses: PROMPT, --negative-prompt, --from-file, --wildcards, --clip-skip,
--weighting, --model, --trust, --trust-all. --json prints one object for each prompt. No network is loaded.

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

  [[nodiscard]] Lines lines(const GenerateOptions& o) const {
    Lines lines = lines_of("prompt", o.prompt, o.weighting);
    if (o.negative_prompt.empty()) {
      lines.push_back(std::string("negative prompt: none; guidance is away from ") +
                      (config_.zero_empty_negative_prompt ? "zeros" : "the empty prompt"));
    } else {
      const Lines negative = lines_of("negative prompt", o.negative_prompt, o.weighting);
      lines.insert(lines.end(), negative.begin(), negative.end());
    }
    lines.push_back("weighting: " + std::string(name_of(o.weighting)) + ", " + rule_in_words(o.weighting));
    lines.push_back("clip skip: " + std::to_string(o.clip_skip) +
                    (o.clip_skip == 1 ? ", the layer that the model was trained with" : ""));
    return lines;
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

  [[nodiscard]] Lines lines_of(const std::string& what, const std::string& prompt, Weighting weighting) const {
    const Tokens tokens = tokens_of(prompt, weighting);
    Lines lines = {what + ": " + printable(prompt, kShownPrompt)};
    for (std::size_t i = 0; i < tokens.chunks.size(); ++i) {
      const Chunk& chunk = tokens.chunks[i];
      const std::size_t padding = chunk.ids.size() - chunk.used;
      lines.push_back("  chunk " + std::to_string(i + 1) + " of " + std::to_string(tokens.chunks.size()) + ": " +
                      std::to_string(chunk.used - 2) + " of " + std::to_string(chunk.ids.size() - 2) + " tokens" +
                      (padding > 0 ? ", " + std::to_string(padding) + " of padding" : ""));
      for (std::size_t k = 0; k < chunk.used; ++k) lines.push_back(line_of(chunk.ids[k], chunk.weights[k]));
    }
    if (!tokens.lost.empty()) lines.push_back("  truncated: " + printable(tokens.lost, kShownPrompt));
    return lines;
  }

  [[nodiscard]] std::string line_of(std::int64_t id, double weight) const {
    std::ostringstream line;
    line << std::setw(9) << id << "  " << printable(tokenizer_->spelling(id));
    if (weight != 1) line << "  x " << weight;
    return line.str();
  }

  const ModelConfig& config_;
  std::unique_ptr<const Tokenizer> tokenizer_;
};

ExitCode explain(const CliOptions& cli) {
  CommandModels models(cli, standard_error(), [](const std::string&) {});
  if (models.names().size() > 1) {
    throw Error(ErrorKind::usage, "`model`: " + std::to_string(models.names().size()) +
                                      " models are named; a prompt is explained for one.");
  }
  const std::shared_ptr<const Bundle> bundle = open_model(models.facts({}).path, cli.choice, standard_error()).bundle;
  const Explainer explainer(*bundle);
  PromptJobs jobs({.settings = cli.settings,
                   .from_file = cli.from_file,
                   .wildcards = cli.wildcards,
                   .combinatorial = cli.combinatorial,
                   .rules = {.model = {.name = bundle->config().name,
                                       .defaults = default_options(*bundle),
                                       .size_multiple = bundle->config().latents.downscale},
                             .zip = cli.zip}},
                  /*base_seed=*/0);
  Console& out = standard_output();
  Lines last;
  while (const std::optional<Item> item = jobs.next()) {
    if (const auto* bad = std::get_if<BadLine>(&*item)) throw Error(ErrorKind::usage, bad->message);
    const GenerateOptions& options = std::get<Job>(*item).options;
    const Lines lines = cli.json ? Lines{dump_json({explainer.json(options)})} : explainer.lines(options);
    if (lines == last) continue;  // jobs that differ in other options
    if (!last.empty() && !cli.json) out.line("");
    for (const std::string& line : lines) out.line(line);
    last = lines;
  }
  out.check();
  return ExitCode::ok;
}

}  // namespace

ExitCode explain_command(Arguments arguments) {
  const CliResult cli = parse_cli(arguments, std::string(kHelp));
  return cli.options ? explain(*cli.options) : print_text(cli.text);
}

}  // namespace sfumato

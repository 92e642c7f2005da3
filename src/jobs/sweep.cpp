#include "jobs/sweep.h"

#include <algorithm>
#include <numeric>
#include <sstream>

#include "base/signals.h"
#include "jobs/job_values.h"
#include "jobs/options_json.h"
#include "jobs/random_seeds.h"
#include "sfumato/error.h"
#include "text/prompt.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kMaxCombinations = 1'000'000;  // they are all checked before the first picture

bool says_model(const JobOption& option) { return option.name == "model" || option.name == "vae"; }

bool is_text(const JobOption& option) { return option.kind == JobOption::Kind::text; }

// Any prompt, file or seed goes with any other options.
bool fits_all(const JobOption& option) {
  return is_text(option) || option.kind == JobOption::Kind::file || option.name == "seed";
}

// The options that every value of the setting sets: `size` sets both sides, some samplers set a schedule.
OptionSet options_set_by(const OptionSetting& setting) {
  if (setting.option->kind != JobOption::Kind::name) return set_of(*setting.option);
  const ValueList values(*setting.option, setting.texts);
  OptionSet result = OptionSet().set();
  for (std::uint64_t i = 0; i < values.size(); ++i) {
    JobValues scratch{GenerateOptions{}};
    scratch.set(*setting.option, values.at(i));
    result &= scratch.explicit_options();
  }
  return result;
}

// Several prompts of a JSON array are one group.
PromptText parse_texts(const OptionSetting& setting, Wildcards& wildcards) {
  const std::string name = in_message(*setting.option);
  JobValues scratch{GenerateOptions{}};
  for (const std::string& text : setting.texts) scratch.set(*setting.option, text);
  if (setting.texts.size() == 1) return wildcards.parse(setting.texts.front(), name);
  auto group = std::make_shared<PromptGroup>();
  for (const std::string& text : setting.texts)
    group->add(wildcards.parse(text, name), wildcards.combinatorial(), name);
  return {.parts = {{.group = std::move(group)}}};
}

}  // namespace

Sweep::Sweep(const SweepRules& rules, Wildcards& wildcards, const OptionSettings& command_line,
             const OptionSettings& line)
    : rules_(rules), combinatorial_(wildcards.combinatorial()) {
  OptionSet set_by_line;
  for (const OptionSetting& setting : line) set_by_line |= options_set_by(setting);
  OptionSet explicit_options = set_by_line;
  for (const OptionSetting& setting : command_line) {
    const OptionSet set = options_set_by(setting);
    const bool replaced = is_set(line, setting.option) || (set.any() && (set & ~set_by_line).none());
    if (replaced || (!line.empty() && !has_effect(*setting.option, command_line, line))) continue;
    explicit_options |= set;
    add(setting, wildcards);
  }
  const auto is_explicit = [&](std::string_view name) {
    return rules.size_explicit || (explicit_options & set_of(*find_job_option(name))).any();
  };
  explicit_sides_ = {.width = is_explicit("width"), .height = is_explicit("height")};
  for (const OptionSetting& setting : line.empty() ? command_line : line) {
    if (has_effect(*setting.option, command_line, line)) continue;
    std::istringstream needs{std::string(setting.option->needs)};
    std::string needed;
    for (std::string name; needs >> name;) needed += (needed.empty() ? "`" : " or `") + name + "`";
    throw Error(ErrorKind::usage, in_message(*setting.option) + ": has no effect without " + needed + ".");
  }
  const std::size_t from_line = inputs_.size();
  for (const OptionSetting& setting : line) add(setting, wildcards);
  multiply();
  // The order of the table within a layer: `size` is set before `width`, in any order of the flags.
  order_.resize(inputs_.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::sort(order_, {}, [&](std::size_t i) { return std::pair(i >= from_line, inputs_[i].option); });
  check_combinations();
}

bool Sweep::has_effect(const JobOption& option, const OptionSettings& command_line, const OptionSettings& line) const {
  std::istringstream needs{std::string(option.needs)};
  bool any = option.needs.empty();
  for (std::string name; needs >> name;) {
    const JobOption* needed = find_job_option(name);
    const bool is_there =
        is_set(line, needed) || is_set(command_line, needed) || !text_of(needed->get(rules_.model.defaults)).empty();
    any = any || (is_there && has_effect(*needed, command_line, line));
  }
  return any;
}

void Sweep::add(const OptionSetting& setting, Wildcards& wildcards) {
  Input input{.option = setting.option, .texts = setting.texts, .values = std::nullopt, .prompt = {}};
  if (is_text(*setting.option)) {
    input.prompt = parse_texts(setting, wildcards);
    chooses_ = chooses_ || (!combinatorial_ && has_wildcard(input.prompt));
  } else {
    input.values.emplace(*setting.option, setting.texts);
    draws_seeds_ = draws_seeds_ || input.values->any_random();
  }
  if (says_model(*setting.option)) {
    model_inputs_.push_back(inputs_.size());
    has_models_ = has_models_ || input.values->size() > 1;
  }
  inputs_.push_back(std::move(input));
}

void Sweep::multiply() {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Input& input = inputs_[i];
    const std::string name(input.option->name);
    if (name == "batch_count") {
      if (input.values->size() != 1)
        throw Error(ErrorKind::usage, "`batch_count`: one number is expected, not a list.");
      JobValues scratch{GenerateOptions{}};
      scratch.set(*input.option, input.values->at(0));
      batch_count_ = static_cast<std::uint64_t>(scratch.batch_count);
      continue;
    }
    if (input.values) {
      if (input.values->size() > 1)
        axes_.push_back({.input = i, .part = 0, .size = input.values->size(), .name = name});
      continue;
    }
    const std::size_t before = axes_.size();
    for (std::size_t part = 0; part < input.prompt.parts.size(); ++part) {
      const std::uint64_t size = count_of(input.prompt.parts[part], combinatorial_);
      if (size > 1) axes_.push_back({.input = i, .part = part, .size = size, .name = name});
    }
    if (axes_.size() - before < 2) continue;
    for (std::size_t axis = before; axis < axes_.size(); ++axis)
      axes_[axis].name += " " + std::to_string(axis - before + 1);
  }
  const auto name = [&](const Axis& axis) { return in_message(*inputs_[axis.input].option); };
  for (const Axis& axis : axes_) {
    if (!rules_.zip) {
      size_ = checked_product(size_, axis.size, name(axis));
    } else if (axis.size != axes_.front().size) {
      throw Error(ErrorKind::usage, "`zip`: " + name(axes_.front()) + " has " + std::to_string(axes_.front().size) +
                                        " values and " + name(axis) + " has " + std::to_string(axis.size) +
                                        "; lists of one length are expected.");
    } else {
      size_ = axis.size;
    }
  }
  size_ = checked_product(size_, batch_count_, "`batch_count`");
}

std::vector<std::uint64_t> Sweep::digits_of(std::uint64_t index) const {
  index /= batch_count_;
  std::vector<std::uint64_t> digits(axes_.size(), index);
  if (rules_.zip) return digits;
  for (std::size_t i = axes_.size(); i-- > 0;) {
    digits[i] = index % axes_[i].size;
    index /= axes_[i].size;
  }
  return digits;
}

ModelRef Sweep::model_of(const std::vector<std::uint64_t>& digits) const {
  if (model_inputs_.empty()) return {};
  JobValues scratch{GenerateOptions{}};
  for (const std::size_t i : model_inputs_) scratch.set(*inputs_[i].option, value_of(i, digits));
  return scratch.model;
}

const ModelRules& Sweep::rules_of(const std::vector<std::uint64_t>& digits) const {
  const ModelRef model = model_of(digits);
  return model == ModelRef{} || !rules_.of_model ? rules_.model : rules_.of_model(model);
}

const ModelRules& Sweep::rules_at(std::uint64_t index) const { return rules_of(digits_of(index)); }

void Sweep::check_fit(const GenerateOptions& options, const ModelRules& model) const {
  check(options, model.size_multiple);
  check_prompts(options);
  if (model.fits_model) model.fits_model(options);
}

// Checks every combination of the options that may not fit one another.
void Sweep::check_combinations() const {
  if (has_models_) return;  // what fits one of them need not fit the others
  std::uint64_t combinations = 1;
  std::vector<std::size_t> settings;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const JobOption& option = *inputs_[axes_[i].input].option;
    if (fits_all(option)) continue;
    settings.push_back(i);
    combinations = rules_.zip ? axes_[i].size : checked_product(combinations, axes_[i].size, in_message(option));
  }
  if (combinations > kMaxCombinations) {
    throw Error(ErrorKind::usage, std::to_string(combinations) + " combinations of settings; at most " +
                                      std::to_string(kMaxCombinations) + " are taken. Make the lists shorter.");
  }
  std::vector<std::uint64_t> digits(axes_.size(), 0);
  for (std::uint64_t i = 0; i < combinations; ++i) {
    throw_if_interrupted();
    check_fit(options_at(digits), rules_of(digits));
    for (std::size_t s = settings.size(); s-- > 0;) {
      std::uint64_t& digit = digits[settings[s]];
      if (++digit < axes_[settings[s]].size) {
        if (!rules_.zip) break;
      } else {
        digit = 0;
      }
    }
  }
}

std::string Sweep::prompt_of(std::size_t input, const std::vector<std::uint64_t>& digits,
                             PromptChoices* choices) const {
  const std::vector<PromptPart>& parts = inputs_[input].prompt.parts;
  std::string prompt;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const auto axis = std::ranges::find_if(axes_, [&](const Axis& a) { return a.input == input && a.part == part; });
    const std::uint64_t digit = axis == axes_.end() ? 0 : digits[static_cast<std::size_t>(axis - axes_.begin())];
    prompt += expand(parts[part], digit, combinatorial_, choices);
  }
  return prompt;
}

std::string Sweep::value_of(std::size_t input, const std::vector<std::uint64_t>& digits) const {
  const auto axis = std::ranges::find(axes_, input, &Axis::input);
  return inputs_[input].values->at(axis == axes_.end() ? 0 : digits[static_cast<std::size_t>(axis - axes_.begin())]);
}

GenerateOptions Sweep::options_at(const std::vector<std::uint64_t>& digits) const {
  JobValues values(rules_of(digits).defaults);
  for (const std::size_t i : order_) {
    const JobOption& option = *inputs_[i].option;
    const std::string text = is_text(option) ? prompt_of(i, digits, nullptr) : value_of(i, digits);
    if (!is_random(option, text)) values.set(option, text);
  }
  return values.resolved();
}

std::string Sweep::given_prompts() const {
  JsonArray prompts;
  for (const std::size_t i : order_) {
    if (!is_text(*inputs_[i].option)) continue;
    prompts.push_back({std::string(inputs_[i].option->name)});
    for (const std::string& text : inputs_[i].texts) prompts.push_back({text});
  }
  return dump_json({std::move(prompts)});
}

Job Sweep::at(std::uint64_t index, std::uint64_t drawn) const {
  const std::vector<std::uint64_t> digits = digits_of(index);
  const std::uint64_t in_batch = index % batch_count_;
  Job job{.options = options_at(digits), .model = model_of(digits), .model_name = rules_of(digits).name};
  if (has_models_) check_fit(job.options, rules_of(digits));
  std::string seed_label;
  const auto seed = std::ranges::find(inputs_, std::string_view("seed"), [](const Input& s) { return s.option->name; });
  if (draws_seeds_ && is_random(*seed->option, value_of(static_cast<std::size_t>(seed - inputs_.begin()), digits))) {
    const auto input = static_cast<std::size_t>(seed - inputs_.begin());
    const auto axis = std::ranges::find(axes_, input, &Axis::input);
    const std::uint64_t place = axis == axes_.end() ? 0 : digits[static_cast<std::size_t>(axis - axes_.begin())];
    job.options.seed = seed_at(drawn, place);
    seed_label = "random " + std::to_string(place * batch_count_ + in_batch + 1);
  }
  job.options.seed += in_batch;  // wraps from 2^64 - 1 to 0
  if (seed_label.empty()) seed_label = std::to_string(job.options.seed);

  if (chooses_) {
    PromptChoices choices(job.options.seed);
    JobValues values(job.options);
    for (const std::size_t i : order_) {
      if (is_text(*inputs_[i].option)) values.set(*inputs_[i].option, prompt_of(i, digits, &choices));
    }
    job.options = values.options();
  }
  bool seed_varies = false;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Input& input = inputs_[axes_[i].input];
    const bool is_seed = input.option->name == "seed";
    seed_varies = seed_varies || is_seed;
    job.axes.emplace_back(
        axes_[i].name, is_seed        ? seed_label
                       : input.values ? input.values->at(digits[i])
                                      : expand(input.prompt.parts[axes_[i].part], digits[i], combinatorial_, nullptr));
  }
  if (batch_count_ > 1 && !seed_varies) job.axes.emplace_back("seed", seed_label);
  return job;
}

}  // namespace sfumato

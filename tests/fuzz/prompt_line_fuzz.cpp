// Any bytes as a line of a prompt file, with flags or as JSON. No option appears twice; texts that a line with flags
// gives are those that JSON gives.
#include <set>

#include "base/json.h"
#include "cli/flags.h"
#include "fuzz.h"
#include "jobs/prompt_line.h"

namespace sfumato {
namespace {

// The texts of the line that are prompts, as a line of JSON.
std::string as_json(const PromptLine& line) {
  JsonObject object;
  for (const OptionSetting& setting : line.settings) {
    if (setting.option->kind != JobOption::Kind::text) continue;
    JsonArray texts;
    for (const std::string& text : setting.texts) texts.push_back({text});
    object.emplace_back(setting.option->name, Json{std::move(texts)});
  }
  if (!line.output.empty()) object.emplace_back("output", Json{line.output});
  return dump_json({std::move(object)});
}

}  // namespace
}  // namespace sfumato

void sfumato::fuzz(std::string_view input) {
  const bool json = choice(input, 2) == 1;
  const auto parsed = result_of({ErrorKind::usage},
                                [&] { return parse_prompt_line(std::string(input), "p.txt:1", json, &is_run_flag); });
  if (!parsed || !*parsed) return;
  std::set<const JobOption*> seen;
  for (const OptionSetting& setting : (*parsed)->settings) {
    check(seen.insert(setting.option).second, "an option appears twice");
    check(!setting.texts.empty() && setting.option->is_flag, "an option that is none");
  }
  if (invalid_utf8_at(input) || input.find('\0') != std::string_view::npos) return;  // LineReader refuses such lines
  const std::string text = as_json(**parsed);
  check(as_json(*parse_prompt_line(text, "p.txt:1", /*json=*/true)) == text, text);
}

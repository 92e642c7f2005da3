// Any bytes as a prompt with {a|b} and __wildcards__. All counted prompts can be expanded; without the grammar's
// characters a prompt stays as it is.
#include "fuzz.h"
#include "jobs/prompt_grammar.h"
#include "jobs/value_list.h"

void sfumato::fuzz(std::string_view input) {
  const bool combinatorial = choice(input, 2) == 1;
  const auto colours = std::make_shared<PromptGroup>();
  for (const char* colour : {"red", "blue"}) colours->add({.parts = {{.text = colour}}}, combinatorial, "colour.txt");
  const PromptRules rules{.combinatorial = combinatorial,
                          .wildcard = [&](const std::string&, const std::string&) { return colours; }};
  const auto parsed = result_of({ErrorKind::usage}, [&] { return parse_prompt(input, "x", rules); });
  if (!parsed) return;
  const auto count = result_of({ErrorKind::usage}, [&] { return count_of(*parsed, combinatorial, "x"); });
  if (!count) return;
  check(*count >= 1 && *count <= kMaxJobs, "a number of prompts");
  std::string whole;
  for (const PromptPart& part : parsed->parts) {
    const std::uint64_t last = count_of(part, combinatorial) - 1;
    PromptChoices choices(*count);
    for (const std::uint64_t index : {last, last / 2, std::uint64_t{0}}) {
      check(expand(part, index, combinatorial, nullptr).size() <= 4 * input.size() + 4, "a long prompt");
      (void)expand(part, index, combinatorial, &choices);
    }
    whole += expand(part, 0, combinatorial, nullptr);
  }
  if (input.find_first_of("{}|\\_") == std::string_view::npos) check(whole == input, "a changed prompt");
}

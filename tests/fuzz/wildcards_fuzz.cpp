// Any bytes as a prompt and as the files of its wildcards a, b and c, which may name one another.
#include "fuzz.h"
#include "jobs/wildcards.h"

void sfumato::fuzz(std::string_view input) {
  scratch();
  const bool combinatorial = choice(input, 2) == 1;
  const std::string prompt(next_piece(input, "\n%\n"));
  for (const char* name : {"a.txt", "b.txt", "c.txt"}) write_file(name, next_piece(input, "\n%\n"));
  Wildcards wildcards(".", combinatorial);
  const auto parsed = result_of({ErrorKind::usage, ErrorKind::bad_data}, [&] { return wildcards.parse(prompt, "x"); });
  if (!parsed) return;
  const auto count = result_of({ErrorKind::usage}, [&] { return count_of(*parsed, combinatorial, "x"); });
  if (!count) return;
  for (const PromptPart& part : parsed->parts) {
    PromptChoices choices(*count);
    (void)expand(part, count_of(part, combinatorial) - 1, combinatorial, &choices);
  }
}

// Any bytes as what goes to a terminal: escaped text, and the words of a command.
#include <span>

#include "base/printable.h"
#include "base/shell.h"
#include "fuzz.h"

void sfumato::fuzz(std::string_view input) {
  const std::size_t limit = 1 + choice(input, 200);
  const std::string text = printable(input, limit);
  check(is_harmless(text) && text.find('\n') == std::string::npos, text);
  check(text.size() <= limit + 3, "longer than its limit");
  const std::string words[] = {"sfumato", std::string(input)};
  check(is_harmless(shell_command(words)), "the words of a command");
}

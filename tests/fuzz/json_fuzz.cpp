// Any bytes as JSON. What is read is written and read again without change.
#include "base/json.h"
#include "fuzz.h"

void sfumato::fuzz(std::string_view input) {
  const auto json = result_of({ErrorKind::bad_data}, [&] { return parse_json(input, "x", ErrorKind::bad_data); });
  if (!json) return;
  const std::string text = dump_json(*json);
  check(is_harmless(text) && text.find('\n') == std::string::npos, text);
  check(dump_json(parse_json(text, "x", ErrorKind::internal, {.bytes = text.size()})) == text, text);
}

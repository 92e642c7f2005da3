// Any bytes as model.json. A description that is read is written and read again without change.
#include "bundle/model_json.h"
#include "fuzz.h"

void sfumato::fuzz(std::string_view input) {
  const auto model = result_of({ErrorKind::bad_bundle}, [&] { return read_model_json(input, "model.json"); });
  if (!model) return;
  const std::string text = write_model_json(*model);
  check(write_model_json(read_model_json(text, "model.json")) == text, text);
}

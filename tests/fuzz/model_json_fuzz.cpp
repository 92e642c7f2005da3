// libFuzzer: any bytes as model.json. A description that is read can be written and read again without change.
#include <cstdlib>

#include "bundle/model_json.h"
#include "sfumato/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfumato;
  try {
    const ModelDescription model = read_model_json({reinterpret_cast<const char*>(data), size}, "model.json");
    const std::string text = write_model_json(model);
    if (write_model_json(read_model_json(text, "model.json")) != text) std::abort();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::bad_bundle) std::abort();
  }
  return 0;
}

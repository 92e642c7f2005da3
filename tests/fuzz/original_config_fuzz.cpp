// Any bytes as the .yaml beside a checkpoint.
#include "fuzz.h"
#include "import/recognise/original_config.h"

void sfumato::fuzz(std::string_view input) {
  (void)result_of({ErrorKind::bad_data}, [&] { return original_config_type(input, "x.yaml").has_value(); });
}

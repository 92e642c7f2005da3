// Any bytes as the `prompt` text of a ComfyUI PNG.
#include "metadata/comfyui_graph.h"
#include "record.h"

void sfumato::fuzz(std::string_view input) {
  const ImageRecord record = record_of_comfyui_graph(std::string(input));
  check(record.program == "ComfyUI", "another program");
  check_record(record);
}

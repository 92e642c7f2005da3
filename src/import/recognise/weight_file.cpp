#include "import/recognise/weight_file.h"

#include "base/shown_path.h"
#include "import/recognise/foreign_file.h"

namespace sfumato {

WeightFile open_weights(const std::filesystem::path& path) {
  const std::string where = shown_path(path);
  WeightFile file{.path = path,
                  .where = where,
                  .mapped = MappedFile(path, ErrorKind::input_missing, Links::follow),
                  .tensors = {},
                  .metadata = {}};
  refuse_foreign(file.mapped.bytes(), where);
  SafetensorsFile content = read_safetensors_file(file.mapped.bytes(), where, ErrorKind::bad_data);
  file.tensors = std::move(content.tensors);
  file.metadata = std::move(content.metadata);
  return file;
}

}  // namespace sfumato

#include "import/recognise/weight_file.h"

#include "base/shown_path.h"
#include "import/recognise/foreign_file.h"

namespace sfumato {

WeightFile open_weights(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  const std::string where = shown_path(path);
  if (error) throw Error(ErrorKind::input_missing, where + ": " + error.message() + ".");
  WeightFile file{.path = path,
                  .where = where,
                  .mapped = MappedFile(real, ErrorKind::input_missing),
                  .tensors = {},
                  .metadata = {}};
  refuse_foreign(file.mapped.bytes(), where);
  SafetensorsFile content = read_safetensors_file(file.mapped.bytes(), where, ErrorKind::bad_data);
  file.tensors = std::move(content.tensors);
  file.metadata = std::move(content.metadata);
  return file;
}

}  // namespace sfumato

#include "import/recognise/weight_file.h"

#include <algorithm>
#include <array>

#include "base/shown_path.h"
#include "import/recognise/foreign_file.h"
#include "import/recognise/gguf.h"
#include "names/name_parts.h"

namespace sfumato {

namespace {

// What trainers put before all names when they save the object around a model.
constexpr std::array<std::string_view, 3> kWrappers = {"state_dict.", "module.", "_orig_mod."};

void unwrap(std::string& name) {
  std::string_view inner = name;
  for (const std::string_view wrapper : kWrappers) (void)consume_prefix(inner, wrapper);
  if (inner.size() < name.size() && !inner.empty()) name = std::string(inner);
}

}  // namespace

const StoredTensor* find_tensor(const WeightFile& file, std::string_view name) {
  const auto found = std::ranges::find(file.tensors, name, &StoredTensor::name);
  return found == file.tensors.end() ? nullptr : &*found;
}

WeightFile open_weights(const std::filesystem::path& path) {
  const std::string where = shown_path(path);
  WeightFile file{.path = path,
                  .where = where,
                  .mapped = MappedFile(path, ErrorKind::input_missing, Links::follow),
                  .tensors = {},
                  .metadata = {}};
  refuse_foreign(file.mapped.bytes(), where);
  SafetensorsFile content = is_gguf(file.mapped.bytes())
                                ? read_gguf(file.mapped.bytes(), where)
                                : read_safetensors_file(file.mapped.bytes(), where, ErrorKind::bad_data);
  file.tensors = std::move(content.tensors);
  for (StoredTensor& tensor : file.tensors) unwrap(tensor.name);
  file.metadata = std::move(content.metadata);
  return file;
}

}  // namespace sfumato

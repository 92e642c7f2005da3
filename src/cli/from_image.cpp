#include "cli/from_image.h"

#include <algorithm>

#include "base/printable.h"
#include "image/read_png.h"
#include "run/picture_record.h"
#include "sfumato/error.h"

namespace sfumato {

FromImage from_image(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                     const std::string& model_digest) {
  const std::string name = printable(path.string(), 400);
  std::optional<PictureRecord> record = record_of(read_png_texts(path).texts);
  if (!record || record->values.empty()) {
    throw Error(ExitCode::bad_data,
                "--from-image: " + name + " does not say how it was made" +
                    (record && !record->doubts.empty() ? ": " + printable(record->doubts.front().second, 200)
                                                       : ". `sfumato inspect` shows what is in a picture."));
  }
  FromImage result;
  result.options = options_of(*record, model_defaults);
  result.has_prompt = std::ranges::find(record->values, "prompt", &PictureRecord::Value::name) != record->values.end();
  for (const auto& [key, value] : record->others) {
    result.notes.push_back(name + ": " + printable(key) + " " + printable(value, 60) + " is not taken");
  }
  for (const auto& [where, why] : record->doubts) {
    result.notes.push_back(name + ": " + printable(where) + ": " + printable(why, 160));
  }
  if (!model_digest.empty() && record->model_digest != model_digest) {
    const std::string model = record->model.empty() ? "another model" : "\"" + printable(record->model) + "\"";
    result.notes.push_back(name + ": was made with " + model + ", which is not taken; the picture will be another");
  }
  return result;
}

FromImage base_values(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                      const std::string& model_digest) {
  if (path.empty()) return {.options = model_defaults};
  return from_image(path, model_defaults, model_digest);
}

}  // namespace sfumato

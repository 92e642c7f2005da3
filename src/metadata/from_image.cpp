#include "metadata/from_image.h"

#include <algorithm>
#include <sstream>

#include "api/sampler_info.h"
#include "base/printable.h"
#include "image/input_file.h"
#include "image/read_png.h"
#include "metadata/image_record.h"
#include "metadata/locate_input.h"
#include "metadata/record_limits.h"
#include "sfumato/error.h"

namespace sfumato {

namespace {

bool has_value(const ImageRecord& record, std::string_view name) {
  return std::ranges::find(record.values, name, &ImageRecord::Value::name) != record.values.end();
}

// Other programs do not record the init image, and without it strength and masks have no effect.
void drop_what_has_no_effect(ImageRecord& record, const OptionSettings& explicit_settings, FromImage& result,
                             const std::string& name) {
  std::erase_if(record.values, [&](const ImageRecord::Value& value) {
    const JobOption* option = find_job_option(value.name);
    if (option == nullptr || option->needs.empty()) return false;
    std::istringstream needs{std::string(option->needs)};
    for (std::string needed; needs >> needed;) {
      if (has_value(record, needed) || is_set(explicit_settings, find_job_option(needed))) return false;
    }
    result.notes.push_back(name + ": " + value.name + " " + printable(value.text, 60) +
                           " is not used: the init image is not recorded. Give it with `init_img`");
    return true;
  });
}

// Why a file that a picture names is not used.
std::string why_not(const InputFile& file) {
  std::error_code error;
  if (file.path == "-") return ".";
  if (!std::filesystem::exists(file.path, error)) return ", which does not exist.";
  if (file.sha256.empty()) return ", whose SHA-256 it does not say.";
  return ", which is another file now (SHA-256 " + printable(file.sha256.substr(0, 10)) + "... is expected).";
}

// Sets the path of a file that the picture was made from to where it is now. option: its name. A file with other bytes
// is not what the picture says: a stranger's picture must not make this program read what it likes.
void find_input(InputFile& file, const std::string& option, const std::filesystem::path& picture) {
  const std::string name = printable(picture.string(), 400);
  const std::filesystem::path places[] = {picture.parent_path() / std::filesystem::path(file.path).filename()};
  if (const std::optional<std::string> path = locate_input(file, places)) {
    file.path = *path;
    return;
  }
  throw Error(ErrorKind::input_missing, "`from_image`: " + name + " was made from " + shown(file) + why_not(file) +
                                            " Name it with `" + option + "`.");
}

// Other programs space the timesteps by the sampler, whatever the model's scheduler_config.json says.
void take_own_spacing(const ImageRecord& record, GenerateOptions& options) {
  if (record.program == "sfumato" || !has_value(record, "sampling_method")) return;
  if (!options.sigmas.empty() || !options.timesteps.empty()) return;
  if (!uses_timestep_spacing(options.sampling_method, options.scheduler)) return;
  options.timestep_spacing = info_of(options.sampling_method).diffusers.timestep_spacing;
}

std::string quoted_name(const std::string& model, const char* unnamed) {
  return model.empty() ? unnamed : "\"" + printable(model) + "\"";
}

void note_models(const ImageRecord& record, const ModelsInUse& in_use, FromImage& result, const std::string& name) {
  if (in_use.model.empty()) return;
  const bool has_same_hash =
      record.model_digest.empty() && !record.model_hash.empty() && record.model_hash == in_use.model_hash;
  if (record.model_digest == in_use.model) {
    result.dtype = value_of<Dtype>(record.dtype);
  } else if (!has_same_hash) {
    result.notes.push_back(name + ": was made with " + quoted_name(record.model, "another model") +
                           ", which is not used; the picture will differ");
  }
  const bool refined = !record.refiner.empty() || !record.refiner_digest.empty();
  if (!refined || record.refiner_digest == in_use.refiner) return;
  result.notes.push_back(name + ": its last steps are of the refiner " + quoted_name(record.refiner, "unknown") +
                         ", which is not used; the picture will differ. Give it with `refiner`");
}

}  // namespace

FromImage from_image(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                     const ModelsInUse& in_use, const OptionSettings& explicit_settings) {
  const std::string name = printable(path.string(), 400);
  std::optional<ImageRecord> record = record_of(read_png_texts(path).texts);
  if (!record || record->values.empty()) {
    throw Error(ErrorKind::bad_data,
                "`from_image`: " + name + " does not say how it was made" +
                    (record && !record->warnings.empty() ? ": " + printable(record->warnings.front().second, 200)
                                                         : ". `sfumato inspect` shows what is in a picture."));
  }
  FromImage result;
  drop_what_has_no_effect(*record, explicit_settings, result, name);
  if (in_use.refiner.empty()) {
    std::erase_if(record->values, [](const ImageRecord::Value& value) { return value.name == "refiner_switch"; });
  }
  result.options = options_of(*record, model_defaults);
  take_own_spacing(*record, result.options);
  result.has_prompt = has_value(*record, "prompt");
  result.has_size = has_value(*record, "width") || has_value(*record, "size");
  for (const auto& [file, option] :
       {std::pair(&result.options.init.image, "init_img"), std::pair(&result.options.inpaint.mask, "mask"),
        std::pair(&result.options.map.segmap, "segmap")}) {
    const JobOption* row = find_job_option(option);
    if (file->path.empty() || is_set(explicit_settings, row)) continue;
    find_input(*file, option, path);
  }
  for (const auto& [key, value] : record->unmapped) {
    result.notes.push_back(name + ": " + printable(key) + " " + printable(value, 60) + " is not used");
  }
  for (const auto& [where, why] : record->warnings) {
    result.notes.push_back(name + ": " + printable(where) + ": " + printable(why, 160));
  }
  if (result.notes.size() > kMaxFromImageNotes) {
    const std::size_t more = result.notes.size() - kMaxFromImageNotes;
    result.notes.resize(kMaxFromImageNotes);
    result.notes.push_back(name + ": " + std::to_string(more) + " more notes; `sfumato inspect` shows all");
  }
  note_models(*record, in_use, result, name);
  return result;
}

FromImage base_values(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                      const ModelsInUse& in_use, const OptionSettings& explicit_settings) {
  if (path.empty()) return {.options = model_defaults};
  return from_image(path, model_defaults, in_use, explicit_settings);
}

}  // namespace sfumato

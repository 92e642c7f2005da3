#include "output/folder_dtype.h"

#include <algorithm>
#include <vector>

#include "base/printable.h"
#include "base/shown_path.h"
#include "output/completed_index.h"
#include "output/journal.h"
#include "output/state_file.h"

namespace sfumato {
namespace {

constexpr std::size_t kNameDigits = 16;

// .sfumato/dtype.DIGEST, with 16 digits of the model's digest. Content: a dtype and a line end.
std::string name_for(const std::string& model_digest) { return "dtype." + model_digest.substr(0, kNameDigits); }

// A dtype that can be chosen where none is given.
std::optional<Dtype> chosen_dtype(const std::string& name) {
  const std::optional<Dtype> dtype = value_of<Dtype>(name);
  return dtype == Dtype::float16 ? std::nullopt : dtype;
}

template <typename Iterator>
std::vector<std::filesystem::path> sorted_pngs(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (Iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".png") found.push_back(entry->path().lexically_relative(folder));
  }
  std::ranges::sort(found);
  return found;
}

std::optional<Dtype> dtype_of_pictures(const std::filesystem::path& folder, const std::string& model_digest,
                                       bool nested) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return std::nullopt;
  const Folder root(folder);
  for (const std::filesystem::path& name : nested ? sorted_pngs<std::filesystem::recursive_directory_iterator>(folder)
                                                  : sorted_pngs<std::filesystem::directory_iterator>(folder)) {
    try {
      const ImageIdentity picture = identity_of(root, name);
      if (picture.model_digest != model_digest) continue;
      if (const std::optional<Dtype> dtype = chosen_dtype(picture.dtype)) return dtype;
    } catch (const Error&) {
      // Not a complete picture: ResultsFolder reports it.
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Dtype> recorded_dtype(const std::filesystem::path& folder, const std::string& model_digest) {
  const std::optional<std::string> text = read_state_file(folder, name_for(model_digest));
  if (!text) return std::nullopt;
  const std::optional<Dtype> dtype =
      text->ends_with('\n') ? chosen_dtype(text->substr(0, text->size() - 1)) : std::nullopt;
  if (dtype) return dtype;
  throw Error(ErrorKind::bad_data,
              shown_path(folder / kStateFolder / name_for(model_digest)) + ": \"" + printable(*text, 40) +
                  "\" is not a dtype; float32 or bfloat16 is expected. Remove the file; the dtype is "
                  "then that of the folder's pictures.");
}

Dtype keep_dtype(const std::filesystem::path& folder, const std::string& model_digest, bool nested, Dtype automatic) {
  if (const std::optional<Dtype> dtype = recorded_dtype(folder, model_digest)) return *dtype;
  const Dtype dtype = dtype_of_pictures(folder, model_digest, nested).value_or(automatic);
  if (write_state_file(folder, name_for(model_digest), std::string(name_of(dtype)) + "\n")) return dtype;
  return recorded_dtype(folder, model_digest).value_or(dtype);  // another process was first
}

}  // namespace sfumato

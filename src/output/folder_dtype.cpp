#include "output/folder_dtype.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/printable.h"
#include "base/read_file.h"
#include "output/completed_index.h"
#include "output/journal.h"
#include "output/publish.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxBytes = 32;
constexpr std::size_t kNameDigits = 16;

// .sfumato/dtype.DIGEST, with 16 digits of the model's digest. Content: a dtype and a line end.
std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& model_digest) {
  return folder / kStateFolder / ("dtype." + model_digest.substr(0, kNameDigits));
}

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
    if (entry->path().extension() == ".png") found.push_back(entry->path());
  }
  std::ranges::sort(found);
  return found;
}

std::optional<Dtype> dtype_of_pictures(const std::filesystem::path& folder, const std::string& model_digest,
                                       bool nested) {
  for (const std::filesystem::path& path : nested ? sorted_pngs<std::filesystem::recursive_directory_iterator>(folder)
                                                  : sorted_pngs<std::filesystem::directory_iterator>(folder)) {
    try {
      const ImageIdentity picture = identity_of(path);
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
  const std::filesystem::path path = file_of(folder, model_digest);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxBytes);
  const std::string text(bytes.begin(), bytes.end());
  const std::optional<Dtype> dtype =
      text.ends_with('\n') ? chosen_dtype(text.substr(0, text.size() - 1)) : std::nullopt;
  if (dtype) return dtype;
  throw Error(ErrorKind::bad_data,
              printable(path.string(), 400) + ": \"" + printable(text, 40) +
                  "\" is not a dtype; float32 or bfloat16 is expected. Remove the file; the dtype is "
                  "then that of the folder's pictures.");
}

Dtype keep_dtype(const std::filesystem::path& folder, const std::string& model_digest, bool nested, Dtype automatic) {
  if (const std::optional<Dtype> dtype = recorded_dtype(folder, model_digest)) return *dtype;
  const Dtype dtype = dtype_of_pictures(folder, model_digest, nested).value_or(automatic);
  const std::filesystem::path path = file_of(folder, model_digest);
  const std::string text = std::string(name_of(dtype)) + "\n";
  check_folder(path.parent_path());
  try {
    publish(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), /*overwrite=*/false);
    return dtype;
  } catch (const NameTaken&) {
    return recorded_dtype(folder, model_digest).value_or(dtype);  // another process was first
  }
}

}  // namespace sfumato

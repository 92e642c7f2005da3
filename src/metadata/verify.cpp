#include "metadata/verify.h"

#include <algorithm>

#include "base/printable.h"
#include "image/compare.h"
#include "image/input_file.h"
#include "image/read_png.h"
#include "metadata/image_record.h"
#include "metadata/locate_input.h"
#include "sfumato/error.h"
#include "sfumato/version.h"

namespace sfumato {
namespace {

constexpr std::size_t kShownKey = 10;

// An Error's sentence without the name of the file, which is printed before it.
std::string reason_of(const Error& error, const std::filesystem::path& path) {
  std::string text = error.what();
  const std::string prefix = printable(path.string(), 400) + ": ";
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

bool is_contact_sheet(const std::filesystem::path& path) {
  try {
    const std::vector<PngText> texts = read_png_texts(path).texts;
    return std::ranges::find(texts, "sfumato-sheet", &PngText::keyword) != texts.end();
  } catch (const Error&) {
    return false;  // a damaged picture must be reported
  }
}

}  // namespace

std::variant<ReproductionRecord, VerifyResult> reproduction_record(const std::filesystem::path& path) {
  PngTexts png;
  try {
    png = read_png_texts(path, TrailingBytes::refuse);
  } catch (const Error& error) {
    return unverified(reason_of(error, path));
  }
  std::optional<ImageRecord> record = record_of(png.texts);
  if (!record) return unverified("it does not say how it was made.");
  if (record->program != "sfumato") {
    return unverified("it was made by " + (record->program.empty() ? "another program" : printable(record->program)) +
                      ", not by sfumato.");
  }
  if (record->key.empty() || record->model_digest.empty()) {
    return unverified("its own record is missing; the text for other programs is not complete.");
  }
  const Provenance provenance{.model_name = record->model,
                              .model_digest = record->model_digest,
                              .dtype = record->dtype,
                              .model_hash = record->model_hash,
                              .refiner_name = record->refiner,
                              .refiner_digest = record->refiner_digest};
  const GenerateOptions options = options_of(*record, {});
  // The key covers all that decides a picture: another key means that an option was not understood.
  if (!record->warnings.empty() || key_of(options, provenance) != record->key) {
    const bool other_version = record->version != kVersion;
    return unverified(other_version
                          ? "sfumato " + printable(record->version) + " made it with values that this version (" +
                                std::string(kVersion) + ") does not understand."
                          : "its values do not match its key: they were changed.");
  }
  return ReproductionRecord{.path = path, .options = options, .provenance = provenance};
}

std::optional<VerifyResult> of_another_job(const ReproductionRecord& record, RecordedKeys& recorded) {
  const std::optional<std::string> expected = recorded.key_of(record.path);
  const std::string found = key_of(record.options, record.provenance);
  if (!expected || *expected == found) return std::nullopt;
  return VerifyResult{.kind = VerifyResult::Kind::different,
                      .largest = 255,
                      .mean = 255,
                      .reason = "of another job: the journal has key " + expected->substr(0, kShownKey) +
                                "... for this name, the picture has " + found.substr(0, kShownKey) + "...."};
}

std::optional<VerifyResult> find_inputs(ReproductionRecord& record, const std::vector<std::filesystem::path>& places) {
  for (InputFile* file : {&record.options.init.image, &record.options.inpaint.mask, &record.options.map.segmap}) {
    if (file->path.empty()) continue;
    std::vector<std::filesystem::path> all = {record.path.parent_path() / std::filesystem::path(file->path).filename()};
    all.insert(all.end(), places.begin(), places.end());
    const std::optional<std::string> path = locate_input(*file, all);
    if (!path) {
      std::error_code error;
      const bool changed = std::filesystem::exists(file->path, error);
      return unverified("it was made from " + shown(*file) +
                        (changed
                             ? ", which is another file now (SHA-256 " + file->sha256.substr(0, 10) + "... is expected)"
                             : ", which does not exist") +
                        ". Name its place with --inputs.");
    }
    file->path = *path;
  }
  return std::nullopt;
}

VerifyResult compare_with(const std::filesystem::path& path, const Image& reproduction, int tolerance) {
  Image picture;
  try {
    picture = read_png(path).image;
  } catch (const Error& error) {
    return unverified(reason_of(error, path));
  }
  if (picture.width != reproduction.width || picture.height != reproduction.height) {
    return {.kind = VerifyResult::Kind::different,
            .largest = 255,
            .mean = 255,
            .reason = "it has " + std::to_string(picture.width) + " x " + std::to_string(picture.height) +
                      " pixels, not the " + std::to_string(reproduction.width) + " x " +
                      std::to_string(reproduction.height) + " of its metadata."};
  }
  const Difference found = difference(picture, reproduction);
  const VerifyResult::Kind kind = found.largest == 0           ? VerifyResult::Kind::identical
                                  : found.largest <= tolerance ? VerifyResult::Kind::close
                                                               : VerifyResult::Kind::different;
  return {.kind = kind, .largest = found.largest, .mean = found.mean};
}

std::vector<std::filesystem::path> pictures_named(const std::vector<std::string>& names) {
  namespace fs = std::filesystem;
  std::vector<fs::path> result;
  for (const std::string& name : names) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      if (!fs::exists(name, error)) {
        throw Error(ErrorKind::input_missing, printable(name, 400) + ": no such file or folder.");
      }
      result.emplace_back(name);
      continue;
    }
    std::vector<fs::path> found;
    for (fs::recursive_directory_iterator entry(name, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      const bool hidden = entry->path().filename().string().starts_with('.');
      if (hidden && entry->is_directory(ignored)) entry.disable_recursion_pending();
      if (hidden || entry->path().extension() != ".png" || !entry->is_regular_file(ignored)) continue;
      if (!is_contact_sheet(entry->path())) found.push_back(entry->path());
    }
    if (error) throw Error(ErrorKind::input_missing, printable(name, 400) + ": " + error.message() + ".");
    std::ranges::sort(found);
    result.insert(result.end(), found.begin(), found.end());
  }
  if (result.empty())
    throw Error(ErrorKind::input_missing, "verify: no picture was found. Name a PNG or a folder with PNGs.");
  return result;
}

}  // namespace sfumato

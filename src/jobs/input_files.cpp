#include "jobs/input_files.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "base/printable.h"
#include "image/input_file.h"
#include "image/read_image.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

// The nearest side that the model takes.
int nearest_side(double pixels, int multiple) {
  const int highest = kMaxSide / multiple * multiple;
  return std::clamp(static_cast<int>(std::lround(pixels / multiple)) * multiple, multiple, highest);
}

void take_size(GenerateOptions& options, const ImageSize& size, InputFiles::Sides explicit_sides, int multiple) {
  const double width = size.width, height = size.height;
  double scale = std::min({1.0, kMaxSide / width, kMaxSide / height});
  if (explicit_sides.width) scale = options.width / width;
  if (explicit_sides.height) scale = options.height / height;
  if (!explicit_sides.width) options.width = nearest_side(width * scale, multiple);
  if (!explicit_sides.height) options.height = nearest_side(height * scale, multiple);
}

std::string mask_in(const fs::path& folder, const fs::path& image) {
  const std::string stem = image.stem().string();
  std::error_code error;
  for (const std::string& name : {stem + std::string(kMaskEnding), stem}) {
    for (const char* ending : {".png", ".jpg", ".jpeg", ".PNG", ".JPG", ".JPEG"}) {
      const fs::path path = folder / (name + ending);
      // In a folder with images and masks an image is not its own mask.
      if (fs::is_regular_file(path, error) && !fs::equivalent(path, image, error)) return path.string();
    }
  }
  throw Error(ErrorKind::input_missing, printable(folder.string(), 400) + ": has no mask for " +
                                            printable(image.string(), 400) + ": " + printable(stem) + "_mask.png or " +
                                            printable(stem) + ".png is expected.");
}

}  // namespace

const InputFiles::Known& InputFiles::inspect(const InputFile& named) {
  if (named.path == "-" && stdin_is_taken_) {
    throw Error(ErrorKind::usage, "-: standard input gives the prompts, so it cannot be a picture too.");
  }
  const Known& known = known_.get(named.path, [&] {
    InputFile file = named.sha256.empty() ? input_file(named.path) : named;
    const ImageSize size = read_image_size(*read_input(file), shown(file));
    return Known{.file = std::move(file), .size = size};
  });
  if (!named.sha256.empty() && named.sha256 != known.file.sha256) {
    throw Error(ErrorKind::bad_data, shown(named) + ": the file has changed since the run began.");
  }
  return known;
}

void InputFiles::complete(GenerateOptions& o, Sides explicit_sides, int multiple) {
  std::error_code error;
  if (!o.inpaint.mask.path.empty() && fs::is_directory(o.inpaint.mask.path, error)) {
    o.inpaint.mask = {.path = mask_in(o.inpaint.mask.path, o.init.image.path)};
  }
  const bool needs_size = (!explicit_sides.width || !explicit_sides.height) && o.inpaint.area == InpaintArea::whole;
  // The last one that sets the size wins.
  for (InputFile* file : {&o.inpaint.mask, &o.map.segmap, &o.init.image}) {
    if (file->path.empty()) continue;
    const Known& known = inspect(*file);
    *file = known.file;
    if (file == &o.inpaint.mask || !needs_size) continue;
    if (file == &o.map.segmap && !o.init.image.path.empty()) continue;
    take_size(o, known.size, explicit_sides, multiple);
  }
}

}  // namespace sfumato

// The input images of jobs, inspected before the first picture: their digests and sizes.
#pragma once

#include <string>
#include <string_view>

#include "base/lru_cache.h"
#include "image/decoded_image.h"
#include "sfumato/options.h"

namespace sfumato {

// The mask of fox.png may have the name fox_mask.png.
inline constexpr std::string_view kMaskEnding = "_mask";

class InputFiles {
 public:
  // stdin_is_taken: standard input has the prompts, so it cannot be an image.
  explicit InputFiles(bool stdin_is_taken = false) : stdin_is_taken_(stdin_is_taken) {}

  // The sides of the picture that are explicit.
  struct Sides {
    bool width = false;
    bool height = false;
  };

  // Fills in the digests of the files that the options name; a file that has a digest already, such as one that the
  // picture of --from-image records, must be a regular file with it. A mask that is a folder becomes the file in it
  // with the name of the init image, with or without kMaskEnding. Sides that are not explicit become those of the init
  // image, else of the map: the nearest multiples up to kMaxSide, in its proportions; with InpaintArea::mask they stay.
  // multiple: the model's downscale factor, pixels.
  // Throws Error(input_missing) and Error(bad_data) that begin with the file.
  void complete(GenerateOptions& options, Sides explicit_sides, int multiple);

 private:
  struct Known {
    InputFile file;
    ImageSize size;
  };
  const Known& inspect(const InputFile& named);

  static constexpr std::size_t kMaxKnown = 64;
  bool stdin_is_taken_;
  LruCache<std::string, Known> known_{kMaxKnown};
};

}  // namespace sfumato

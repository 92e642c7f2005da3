// The files that jobs start from, looked at before anything is made: what they are, by their digests, and how large.
#pragma once

#include <string>
#include <string_view>

#include "base/lru_cache.h"
#include "image/decoded_image.h"
#include "sfumato/options.h"

namespace sfumato {

// The mask of fox.png may be called fox_mask.png.
inline constexpr std::string_view kMaskEnding = "_mask";

class InputFiles {
 public:
  // multiple: the model's downscale factor. stdin_is_taken: standard input gives the prompts, so it is no picture.
  explicit InputFiles(int multiple, bool stdin_is_taken = false)
      : multiple_(multiple), stdin_is_taken_(stdin_is_taken) {}

  // Which sides of the picture were asked for.
  struct Sides {
    bool width = false;
    bool height = false;
  };

  // Reads the headers and the digests of the files that a job names. If its mask is a folder, it is the file in there
  // that is called like the picture, with or without kMaskEnding. Sides that were not asked for become those of the
  // picture to start from, else of the map: the nearest multiples that are not above kMaxSide, in its proportions; with
  // InpaintArea::mask they stay. Throws Error(input_missing) and Error(bad_data) that begin with the file.
  void complete(GenerateOptions& options, Sides said);

 private:
  struct Known {
    InputFile file;
    ImageSize size;
  };
  const Known& look_at(const std::string& path);

  static constexpr std::size_t kRemembered = 64;
  int multiple_;
  bool stdin_is_taken_;
  LruCache<std::string, Known> known_{kRemembered};
};

}  // namespace sfumato

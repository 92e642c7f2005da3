// Everything between the files that a picture starts from and the networks, and back.
#pragma once

#include <string>
#include <vector>

#include "image/canvas.h"
#include "sfumato/image.h"
#include "sfumato/options.h"

namespace sfumato {

struct InitImage {
  Image picture;            // options.width x options.height: what the networks see
  std::vector<float> mask;  // of the same size: 0 is kept, 1 painted anew, between them mixed; empty: no mask
  std::string note;         // one line on what was done to the files, for the user; mostly empty

  // With InpaintArea::mask, the picture and its mask before `area` was cut out and scaled; otherwise empty.
  Image original;
  std::vector<float> original_mask;
  Rectangle area;
};

// Reads, turns, fits and softens options.init_img, which must be there, and options.mask. Throws Error(input_missing)
// or Error(bad_data) if a file is not there, is no picture, has changed since it was named, or if the mask has another
// size than the picture.
[[nodiscard]] InitImage read_init_image(const GenerateOptions& options);

// The finished picture of what was drawn, which is as large as source.picture. With a mask, pixels where it is 0 are
// the original's bit for bit, and where it is not 1 the two are mixed. It has the original's own size with
// InpaintArea::mask, otherwise that of source.picture.
[[nodiscard]] Image finish_init_image(const InitImage& source, Image drawn);

}  // namespace sfumato

// The init image and its mask, from files to what the networks see, and back.
#pragma once

#include <string>
#include <vector>

#include "image/canvas.h"
#include "sfumato/image.h"
#include "sfumato/options.h"

namespace sfumato {

struct InitImage {
  Image picture;            // options.width x options.height: what the networks see
  std::vector<float> mask;  // of the same size: 0 preserves, 1 paints, values between blend; empty: no mask
  std::string note;         // one line on how the files were changed, for the user; mostly empty

  // With InpaintArea::mask, image and mask before `area` was cut out and scaled; otherwise empty.
  Image original;
  std::vector<float> original_mask;
  Rectangle area;
};

// Reads options.init.image, which must be set, and options.inpaint.mask; applies EXIF orientation, fit, background and
// blur. Throws Error(input_missing) for a missing file; Error(bad_data) for a file that is not an image or has changed
// since its job was created, and for a mask of another size than the image.
[[nodiscard]] InitImage read_init_image(const GenerateOptions& options);

// The finished image of what was painted, which has the size of init.picture. With a mask, pixels where it is 0 are the
// original's bit for bit, and where it is below 1 the two are blended. With InpaintArea::mask the result has the
// original's size, otherwise that of init.picture.
[[nodiscard]] Image finish_init_image(const InitImage& init, Image painted);

}  // namespace sfumato

// Semantic maps: pictures that say with colours what is to be where, and what the U-Net sees of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bundle/map_classes.h"
#include "image/decoded_image.h"
#include "sfumato/options.h"

namespace sfumato {

struct SemanticMap {
  ImageSize size;
  std::vector<std::uint8_t> classes;  // for each pixel its class: the place in the model's list
  std::string note;                   // one line on what was done to the file, for the user; mostly empty
};

// The classes of a picture's pixels, at its own size. Colours are looked up in the legend; what is mostly transparent
// is background. A grey PNG whose values are all class numbers is read by them, and so is a PNG with a palette of
// none of whose colours the legend has; the note says so. Throws Error(bad_data), beginning with `where`, that lists
// the colours which are no class and counts their pixels.
[[nodiscard]] SemanticMap map_of(const DecodedImage& picture, std::span<const MapClass> legend,
                                 const std::string& where);

// Reads options.segmap, which must be there, and fits it to width x height as options.fit says: each pixel takes the
// class of the nearest, and borders are background. Throws as read_input, read_image and map_of do.
[[nodiscard]] SemanticMap read_map(const GenerateOptions& options, std::span<const MapClass> legend);

// [channels, height / downscale, width / downscale]: which share of a latent's pixels each class has. That is the map
// as one-hot pixels, averaged (Rombach et al. 2022, section 4.3.2).
[[nodiscard]] std::vector<float> class_fraction(const SemanticMap& map, int channels, int downscale);

}  // namespace sfumato

// Semantic maps: images whose colours say which class is where, and the U-Net's input made of them.
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
  std::vector<std::uint8_t> classes;  // for each pixel the index of its class in the model's list
  std::string note;                   // one line on how the file was read, for the user; mostly empty
};

// The classes of an image's pixels, at its own size. Colours are looked up in the legend; pixels that are mostly
// transparent are background. The values of a grey PNG are class numbers if all of them are valid, and so are the
// indices of a PNG whose palette has no colour of the legend; the note says so. Throws Error(bad_data), beginning with
// `where`, that lists the unknown colours and counts their pixels.
[[nodiscard]] SemanticMap map_of(const DecodedImage& picture, std::span<const MapClass> legend,
                                 const std::string& where);

// Reads options.map.segmap, which must be set, and fits it to width x height by options.fit: each pixel takes the class
// of the nearest one, and borders are background. Throws as read_input, read_image and map_of.
[[nodiscard]] SemanticMap read_map(const GenerateOptions& options, std::span<const MapClass> legend);

// [channels, height / downscale, width / downscale]: the fraction of a latent's pixels that each class has, which is
// the mean of one-hot pixels (Rombach et al. 2022, section 4.3.2).
[[nodiscard]] std::vector<float> class_fraction(const SemanticMap& map, int channels, int downscale);

}  // namespace sfumato

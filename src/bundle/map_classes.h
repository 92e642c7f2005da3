// classes.json: what a model that draws from semantic maps calls its classes, and how maps are coloured.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

class Bundle;

struct MapClass {
  std::string name;
  std::uint32_t colour = 0;  // 0xRRGGBB
};

inline constexpr int kMaxMapClasses = 256;  // maps hold a byte for each pixel

// In the order of the U-Net's input channels; the first is the background. Throws Error(bad_bundle) beginning with
// `where` unless there are `channels` of them with names and colours of their own (models/README.md).
[[nodiscard]] std::vector<MapClass> read_map_classes(std::string_view text, int channels, const std::string& where);

// Those of a bundle whose model.json has `segmap`; of others none.
[[nodiscard]] std::vector<MapClass> map_classes(const Bundle& bundle);

}  // namespace sfumato

// classes.json: the names and colours of the classes of a model that draws from semantic maps.
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

inline constexpr int kMaxMapClasses = 256;  // maps have one byte for each pixel

// In the order of the U-Net's input channels; the first is the background. Throws Error(bad_bundle) beginning with
// `where` unless there are exactly `channels` with distinct names and colours (docs/bundle-format.md).
[[nodiscard]] std::vector<MapClass> read_map_classes(std::string_view text, int channels, const std::string& where);

// The classes of a bundle; empty if its model.json has no `segmap`.
[[nodiscard]] std::vector<MapClass> map_classes(const Bundle& bundle);

}  // namespace sfumato

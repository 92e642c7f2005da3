// What EXIF (CIPA DC-008, JEITA CP-3451) says of a picture's orientation; nothing else of it matters here.
#pragma once

#include <cstdint>
#include <span>

namespace sfumato {

// The tag Orientation of the first directory, 1 to 8: which side of what is stored is up. 1, as it is stored, if there
// is none, or what is there makes no sense: viewers show such a picture as it is stored, too.
// tiff: EXIF's data from its "II" or "MM" on.
[[nodiscard]] int exif_orientation(std::span<const std::uint8_t> tiff);

}  // namespace sfumato

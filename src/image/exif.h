// The orientation in EXIF data (CIPA DC-008, JEITA CP-3451).
#pragma once

#include <cstdint>
#include <span>

namespace sfumato {

// The tag Orientation of the first directory, 1 to 8: which side of the stored image is up. 1 (as it is stored) if the
// tag is missing or invalid, as in viewers.
// tiff: the EXIF data from "II" or "MM" on.
[[nodiscard]] int exif_orientation(std::span<const std::uint8_t> tiff);

}  // namespace sfumato

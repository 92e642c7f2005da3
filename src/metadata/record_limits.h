// How much of a picture's metadata is taken. The pictures of strangers may hold any number of names and values.
#pragma once

#include <cstddef>

namespace sfumato {

inline constexpr std::size_t kMaxRecordPairs = 10'000;  // that are read in a text of AUTOMATIC1111's form
inline constexpr std::size_t kMaxRecordNames = 1000;    // without a counterpart here; the rest is counted
inline constexpr std::size_t kMaxFromImageNotes = 20;   // that --from-image prints

}  // namespace sfumato

// PNGs of every colour type, bit depth and order of rows, and what their pixels are (W3C PNG, third edition, 7 to 9).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "image/png_bytes.h"

namespace sfumato::testing_png {

struct PngKind {
  int colour = 0;
  int depth = 8;
  bool interlaced = false;
  bool transparent = false;  // with a tRNS chunk
};

inline std::vector<PngKind> all_kinds() {
  std::vector<PngKind> kinds;
  for (const auto& [colour, depths] :
       {std::pair(0, std::vector{1, 2, 4, 8, 16}), std::pair(2, std::vector{8, 16}),
        std::pair(3, std::vector{1, 2, 4, 8}), std::pair(4, std::vector{8, 16}), std::pair(6, std::vector{8, 16})}) {
    for (const int depth : depths) {
      for (const bool interlaced : {false, true}) {
        kinds.push_back({colour, depth, interlaced, false});
        if (colour < 4) kinds.push_back({colour, depth, interlaced, true});
      }
    }
  }
  return kinds;
}

struct PngSample {
  std::vector<std::uint8_t> file;
  std::vector<std::uint8_t> rgba;
  std::vector<std::uint8_t> values;  // of grey of at most 8 bits, and of palettes
};

// Pixels without any order, the same at every call.
inline PngSample sample(const PngKind& kind, int width, int height) {
  constexpr std::array<int, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};
  const int channels = kChannels.at(static_cast<std::size_t>(kind.colour));
  const std::uint32_t most = (1U << kind.depth) - 1;
  std::uint32_t state = 7;
  const auto value = [&] { return (state = state * 1664525 + 1013904223) >> 9 & most; };
  std::vector<std::uint32_t> stored;  // channel after channel
  for (int i = 0; i < width * height * channels; ++i) stored.push_back(value());
  const auto at = [&](int x, int y, int c) { return stored[static_cast<std::size_t>((y * width + x) * channels + c)]; };

  // The rows, each after its filter's number, 0: most significant bits first.
  std::string raw;
  const auto add_row = [&](int left, int step, int y) {
    std::uint32_t bits = 0;
    int filled = 0;
    raw += '\0';
    for (int x = left; x < width; x += step) {
      for (int c = 0; c < channels; ++c) {
        if (kind.depth == 16) raw += static_cast<char>(at(x, y, c) >> 8);
        bits = bits << std::min(kind.depth, 8) | (at(x, y, c) & 0xFF);
        if ((filled += std::min(kind.depth, 8)) == 8) {
          raw += static_cast<char>(bits);
          bits = 0;
          filled = 0;
        }
      }
    }
    if (filled > 0) raw += static_cast<char>(bits << (8 - filled));
  };
  constexpr int kAdam7[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  if (kind.interlaced) {
    for (const auto& [left, top, right, down] : kAdam7) {
      for (int y = top; y < height && left < width; y += down) add_row(left, right, y);
    }
  } else {
    for (int y = 0; y < height; ++y) add_row(0, 1, y);
  }

  std::string colours, transparent;
  for (std::uint32_t i = 0; i <= most && kind.colour == 3; ++i) {
    for (const std::uint32_t part : {i * 7, 255 - i, i * i}) colours += static_cast<char>(part);
    if (i < most) transparent += static_cast<char>(i * 5);  // the last colour has none: it is opaque
  }
  if (kind.colour != 3) {
    for (int c = 0; c < channels; ++c) {
      transparent += static_cast<char>(at(0, 0, c) >> 8);
      transparent += static_cast<char>(at(0, 0, c));
    }
  }

  PngSample result;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto byte = [&](int c) {  // the nearest of 0 to 255
        return static_cast<std::uint8_t>((at(x, y, c) * 255 + most / 2) / most);
      };
      std::array<std::uint8_t, 4> pixel{0, 0, 0, 255};
      const std::uint32_t first = at(x, y, 0);
      if (kind.colour == 3) {
        for (std::size_t c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(colours[3 * first + c]);
        if (kind.transparent && first < most) pixel[3] = static_cast<std::uint8_t>(first * 5);
      } else {
        const bool grey = kind.colour == 0 || kind.colour == 4;
        bool gone = kind.transparent;
        for (int c = 0; c < channels; ++c) gone = gone && at(x, y, c) == at(0, 0, c);
        for (int c = 0; c < 3; ++c) pixel[static_cast<std::size_t>(c)] = byte(grey ? 0 : c);
        if (kind.colour >= 4) pixel[3] = byte(channels - 1);
        if (gone) pixel[3] = 0;
      }
      result.rgba.insert(result.rgba.end(), pixel.begin(), pixel.end());
      if (channels == 1 && kind.depth <= 8) result.values.push_back(static_cast<std::uint8_t>(first));
    }
  }
  result.file = png(header(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), kind.depth,
                           kind.colour, kind.interlaced) +
                    (colours.empty() ? "" : chunk("PLTE", colours)) +
                    (kind.transparent ? chunk("tRNS", transparent) : "") + pixels(raw));
  return result;
}

}  // namespace sfumato::testing_png

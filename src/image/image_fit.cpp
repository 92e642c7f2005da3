#include "image/image_fit.h"

#include <algorithm>
#include <cmath>

#include "image/resize.h"

namespace sfumato {
namespace {

Rectangle all_of(ImageSize size) { return {.x = 0, .y = 0, .width = size.width, .height = size.height}; }

// The largest size with the proportions of `shape` inside `room`, at least 1 x 1.
ImageSize largest_in(ImageSize room, ImageSize shape) {
  const double scale =
      std::min(static_cast<double>(room.width) / shape.width, static_cast<double>(room.height) / shape.height);
  const auto side = [scale](int shape_side, int most) {
    return std::clamp(static_cast<int>(std::lround(shape_side * scale)), 1, most);
  };
  return {.width = side(shape.width, room.width), .height = side(shape.height, room.height)};
}

Rectangle in_the_middle(ImageSize part, ImageSize whole) {
  return {.x = (whole.width - part.width) / 2,
          .y = (whole.height - part.height) / 2,
          .width = part.width,
          .height = part.height};
}

ImageSize size_of(const Rectangle& area) { return {.width = area.width, .height = area.height}; }

std::size_t count(ImageSize size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

// Copies the rectangle `from` of a one-channel `plane` with rows of `width` values into `to` at (x, y).
template <typename Value>
void copy(std::span<const Value> plane, int width, const Rectangle& from, std::vector<Value>& to, int to_width, int x,
          int y) {
  for (int row = 0; row < from.height; ++row) {
    const auto begin = plane.begin() + static_cast<std::ptrdiff_t>(from.y + row) * width + from.x;
    std::copy_n(begin, from.width, to.begin() + static_cast<std::ptrdiff_t>(y + row) * to_width + x);
  }
}

}  // namespace

Geometry fit(ImageSize original, ImageSize result, ImageFit how) {
  Geometry geometry{.original = original, .from = all_of(original), .result = result, .to = all_of(result)};
  if (how == ImageFit::crop) geometry.from = in_the_middle(largest_in(original, result), original);
  if (how == ImageFit::pad) geometry.to = in_the_middle(largest_in(result, original), result);
  return geometry;
}

Geometry fit(ImageSize original, ImageSize result, const Rectangle& part) {
  return {.original = original, .from = part, .result = result, .to = all_of(result)};
}

std::string shown(const Geometry& geometry) {
  const ImageSize from = size_of(geometry.from), to = size_of(geometry.to);
  const bool cut = from != geometry.original, borders = to != geometry.result;
  const bool in_proportion = std::abs(static_cast<double>(from.height) * to.width / from.width - to.height) <= 0.5 ||
                             std::abs(static_cast<double>(from.width) * to.height / from.height - to.width) <= 0.5;
  std::string how = cut ? "cut" : "";
  if (!geometry.copies()) how += cut ? " and scaled" : in_proportion || borders ? "scaled" : "stretched";
  if (!how.empty()) how += " to " + shown(to);
  if (borders) how += (how.empty() ? "with borders to " : ", with borders to ") + shown(geometry.result);
  return how.empty() ? "" : shown(geometry.original) + ", " + how;
}

Image fitted(const Image& image, const Geometry& geometry, Colour border) {
  const Rectangle &from = geometry.from, &to = geometry.to;
  Image part;
  if (size_of(from) != geometry.original) {
    part = blank(from.width, from.height, border);
    paste(part, image, -from.x, -from.y);
  }
  Image result = resized(part.rgb.empty() ? image : part, to.width, to.height);
  if (size_of(to) == geometry.result) return result;
  Image framed = blank(geometry.result.width, geometry.result.height, border);
  paste(framed, result, to.x, to.y);
  return framed;
}

std::vector<float> fitted(std::span<const float> mask, const Geometry& geometry, float border) {
  const Rectangle &from = geometry.from, &to = geometry.to;
  std::vector<float> part(count(size_of(from)));
  copy(mask, geometry.original.width, from, part, from.width, 0, 0);
  const std::vector<float> scaled = resized(part, size_of(from), size_of(to));
  std::vector<float> result(count(geometry.result), border);
  copy<float>(scaled, to.width, all_of(size_of(to)), result, geometry.result.width, to.x, to.y);
  return result;
}

std::vector<std::uint8_t> nearest(std::span<const std::uint8_t> values, const Geometry& geometry, std::uint8_t border) {
  const Rectangle &from = geometry.from, &to = geometry.to;
  std::vector<std::uint8_t> result(count(geometry.result), border);
  const auto middle = [](int i, int from_side, int to_side) { return (2 * i + 1) * from_side / (2 * to_side); };
  for (int y = 0; y < to.height; ++y) {
    const int from_y = from.y + middle(y, from.height, to.height);
    for (int x = 0; x < to.width; ++x) {
      const int from_x = from.x + middle(x, from.width, to.width);
      result[static_cast<std::size_t>(to.y + y) * static_cast<std::size_t>(geometry.result.width) +
             static_cast<std::size_t>(to.x + x)] =
          values[static_cast<std::size_t>(from_y) * static_cast<std::size_t>(geometry.original.width) +
                 static_cast<std::size_t>(from_x)];
    }
  }
  return result;
}

}  // namespace sfumato

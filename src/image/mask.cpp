#include "image/mask.h"

#include <algorithm>
#include <cmath>

namespace sfumato {
namespace {

// The kernel from its centre to one side; the whole kernel adds up to 1.
std::vector<float> gaussian(double deviation, int most) {
  const int radius = std::clamp(static_cast<int>(std::ceil(std::min(3 * deviation, 1e6))), 0, most);
  std::vector<float> weights;
  double sum = 0;
  for (int i = 0; i <= radius; ++i) {
    const double weight = std::exp(-0.5 * i * i / (deviation * deviation));
    weights.push_back(static_cast<float>(weight));
    sum += i == 0 ? weight : 2 * weight;
  }
  for (float& weight : weights) weight = static_cast<float>(weight / sum);
  return weights;
}

// Blurs `length` values that lie `step` apart, from `first` on. line: scratch memory.
void blur_line(float* first, int length, std::ptrdiff_t step, std::span<const float> weights,
               std::vector<float>& line) {
  const int reach = static_cast<int>(weights.size()) - 1;
  line.resize(static_cast<std::size_t>(length) + 2 * static_cast<std::size_t>(reach));
  for (int i = -reach; i < length + reach; ++i) {
    line[static_cast<std::size_t>(i + reach)] = first[std::clamp(i, 0, length - 1) * step];
  }
  for (int i = 0; i < length; ++i) {
    const float* const middle = line.data() + i + reach;
    float sum = weights[0] * *middle;
    for (int k = 1; k <= reach; ++k) sum += weights[static_cast<std::size_t>(k)] * (middle[-k] + middle[k]);
    first[i * step] = std::min(sum, 1.0F);
  }
}

}  // namespace

std::vector<float> mask_of(const DecodedImage& image) {
  std::vector<float> mask;
  mask.reserve(image.rgba.size() / 4);
  for (auto pixel = image.rgba.begin(); pixel != image.rgba.end(); pixel += 4) {
    const int luma = (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16;
    mask.push_back(static_cast<float>(luma * pixel[3]) / (255.0F * 255.0F));
  }
  return mask;
}

void invert(std::span<float> mask) {
  for (float& value : mask) value = 1 - value;
}

std::vector<float> blurred(std::vector<float> mask, ImageSize size, double deviation) {
  if (deviation <= 0) return mask;
  const std::vector<float> weights = gaussian(deviation, std::max(size.width, size.height));
  std::vector<float> line;
  for (int y = 0; y < size.height; ++y) {
    blur_line(mask.data() + static_cast<std::ptrdiff_t>(y) * size.width, size.width, 1, weights, line);
  }
  for (int x = 0; x < size.width; ++x) blur_line(mask.data() + x, size.height, size.width, weights, line);
  return mask;
}

std::optional<Rectangle> painted_area(std::span<const float> mask, ImageSize size) {
  int left = size.width, right = -1, top = size.height, bottom = -1;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (mask[static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x)] == 0) {
        continue;
      }
      left = std::min(left, x);
      right = std::max(right, x);
      top = std::min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return std::nullopt;
  return Rectangle{.x = left, .y = top, .width = right - left + 1, .height = bottom - top + 1};
}

Rectangle widened(const Rectangle& area, int padding, ImageSize shape, ImageSize image) {
  const int left = std::max(area.x - padding, 0), right = std::min(area.x + area.width + padding, image.width);
  const int top = std::max(area.y - padding, 0), bottom = std::min(area.y + area.height + padding, image.height);
  Rectangle wide{.x = left, .y = top, .width = right - left, .height = bottom - top};
  // A side grows at both ends; at the edge of the image only at the other end.
  const auto grow = [](int& start, int& length, double target, int most) {
    const int longer = std::clamp(static_cast<int>(std::lround(target)), length, most);
    start = std::clamp(start - (longer - length) / 2, 0, most - longer);
    length = longer;
  };
  const double proportion = static_cast<double>(shape.width) / shape.height;
  if (wide.width > wide.height * proportion) {
    grow(wide.y, wide.height, wide.width / proportion, image.height);
  } else {
    grow(wide.x, wide.width, wide.height * proportion, image.width);
  }
  return wide;
}

void mix(Image& below, const Image& above, std::span<const float> mask, int x, int y) {
  for (int row = 0; row < above.height; ++row) {
    for (int column = 0; column < above.width; ++column) {
      const auto at = static_cast<std::size_t>(y + row) * static_cast<std::size_t>(below.width) +
                      static_cast<std::size_t>(x + column);
      const auto from =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(above.width) + static_cast<std::size_t>(column);
      const float opacity = mask[at];
      if (opacity == 0) continue;
      for (std::size_t i = 0; i < 3; ++i) {
        const auto old = static_cast<float>(below.rgb[3 * at + i]), drawn = static_cast<float>(above.rgb[3 * from + i]);
        below.rgb[3 * at + i] = static_cast<std::uint8_t>(std::lround(old + opacity * (drawn - old)));
      }
    }
  }
}

}  // namespace sfumato

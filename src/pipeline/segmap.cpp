#include "pipeline/segmap.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/colour.h"
#include "image/image_fit.h"
#include "image/input_file.h"
#include "image/read_image.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::size_t kColoursListed = 8;
constexpr std::uint8_t kBackground = 0;
constexpr std::uint8_t kOpaqueFrom = 128;  // alpha; below, a pixel is background

std::string counted(std::size_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

// Unknown colours with their pixel counts, the most frequent first; of equals, the darker.
std::string listed(const std::map<std::uint32_t, std::size_t>& unknown) {
  std::vector<std::pair<std::uint32_t, std::size_t>> colours(unknown.begin(), unknown.end());
  std::ranges::stable_sort(colours, std::greater{}, &std::pair<std::uint32_t, std::size_t>::second);
  std::string list;
  for (std::size_t i = 0; i < std::min(colours.size(), kColoursListed); ++i) {
    list += (i == 0 ? "" : ", ") + colour_text(colours[i].first) + " (" + counted(colours[i].second, "pixel") + ")";
  }
  if (colours.size() > kColoursListed) list += " and " + std::to_string(colours.size() - kColoursListed) + " more";
  return list;
}

bool are_class_numbers(const DecodedImage& picture, std::size_t classes) {
  return !picture.values.empty() &&
         std::ranges::all_of(picture.values, [classes](std::uint8_t value) { return value < classes; });
}

struct ByColour {
  std::vector<std::uint8_t> classes;
  std::map<std::uint32_t, std::size_t> unknown;  // colour to number of pixels
  bool any_known = false;
};

ByColour by_colour(const DecodedImage& picture, std::span<const MapClass> legend) {
  std::unordered_map<std::uint32_t, std::uint8_t> class_of;
  for (std::size_t i = 0; i < legend.size(); ++i) class_of.emplace(legend[i].colour, static_cast<std::uint8_t>(i));
  ByColour result;
  result.classes.reserve(picture.rgba.size() / 4);
  for (auto pixel = picture.rgba.begin(); pixel != picture.rgba.end(); pixel += 4) {
    if (pixel[3] < kOpaqueFrom) {
      result.classes.push_back(kBackground);
      continue;
    }
    const std::uint32_t colour = std::uint32_t{pixel[0]} << 16 | std::uint32_t{pixel[1]} << 8 | pixel[2];
    const auto found = class_of.find(colour);
    if (found == class_of.end()) ++result.unknown[colour];
    result.any_known = result.any_known || found != class_of.end();
    result.classes.push_back(found == class_of.end() ? kBackground : found->second);
  }
  return result;
}

}  // namespace

SemanticMap map_of(const DecodedImage& picture, std::span<const MapClass> legend, const std::string& where) {
  const bool numbers = are_class_numbers(picture, legend.size());
  if (numbers && !picture.palette) {
    return {.size = picture.size(), .classes = picture.values, .note = "its grey values are read as class numbers"};
  }
  ByColour read = by_colour(picture, legend);
  if (read.unknown.empty()) return {.size = picture.size(), .classes = std::move(read.classes), .note = {}};
  if (numbers && !read.any_known) {
    return {
        .size = picture.size(), .classes = picture.values, .note = "its palette's indices are read as class numbers"};
  }
  throw Error(ErrorKind::bad_data, where + ": " + counted(read.unknown.size(), "colour") +
                                       (read.unknown.size() == 1 ? " is not a class" : " are not classes") +
                                       " of this model: " + listed(read.unknown) +
                                       ". `sfumato model PATH` shows the legend; " +
                                       "draw with hard edges, and save as PNG.");
}

SemanticMap read_map(const GenerateOptions& options, std::span<const MapClass> legend) {
  const std::string where = shown(options.map.segmap);
  const DecodedImage picture = read_image(*read_input(options.map.segmap), where);
  SemanticMap map = map_of(picture, legend, where);
  const ImageSize size{.width = options.width, .height = options.height};
  const Geometry geometry = fit(picture.size(), size, options.fit);
  std::string note;
  for (const std::string& remark : picture.remarks) note += (note.empty() ? "" : ", ") + remark;
  for (const std::string& part : {std::exchange(map.note, {}), shown(geometry)}) {
    if (!part.empty()) note += (note.empty() ? "" : ", ") + part;
  }
  return {.size = size,
          .classes = nearest(map.classes, geometry, kBackground),
          .note = note.empty() ? "" : where + ": " + note};
}

std::vector<float> class_fraction(const SemanticMap& map, int channels, int downscale) {
  const int height = map.size.height / downscale, width = map.size.width / downscale;
  const float one = 1.0F / static_cast<float>(downscale * downscale);
  std::vector<float> fractions(static_cast<std::size_t>(channels) * static_cast<std::size_t>(height) *
                               static_cast<std::size_t>(width));
  for (int y = 0; y < height * downscale; ++y) {
    for (int x = 0; x < width * downscale; ++x) {
      const auto pixel =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(map.size.width) + static_cast<std::size_t>(x);
      const int at = (map.classes[pixel] * height + y / downscale) * width + x / downscale;
      fractions[static_cast<std::size_t>(at)] += one;
    }
  }
  return fractions;
}

}  // namespace sfumato

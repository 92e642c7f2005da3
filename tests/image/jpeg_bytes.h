// JPEGs made with libjpeg, right or wrong.
#pragma once

#include <cstdint>
#include <cstdio>  // jpeglib.h needs it before
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

// clang-format off
#include <jpeglib.h>
// clang-format on

namespace sfumato::testing_jpeg {

struct Making {
  J_COLOR_SPACE space = JCS_RGB;  // of the values that are given
  int channels = 3;
  bool progressive = false;
  int single_scans = 0;     // of three components, this many: the mean of blocks, then one coefficient in each scan
  int restart_rows = 0;     // a restart marker each so many rows of blocks
  bool full_colour = true;  // chroma as fine as luma
  int quality = 95;
  std::string exif{};  // what follows "Exif\0\0", if anything
};

// values: width * height * channels.
inline std::vector<std::uint8_t> jpeg(int width, int height, std::span<const std::uint8_t> values,
                                      const Making& how = {}) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = static_cast<JDIMENSION>(width);
  jpeg.image_height = static_cast<JDIMENSION>(height);
  jpeg.input_components = how.channels;
  jpeg.in_color_space = how.space;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, how.quality, TRUE);
  jpeg.restart_in_rows = how.restart_rows;
  if (how.full_colour) jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
  if (how.progressive) jpeg_simple_progression(&jpeg);
  std::vector<jpeg_scan_info> scans;
  if (how.single_scans > 0) {
    scans.push_back({.comps_in_scan = 3, .component_index = {0, 1, 2, 0}, .Ss = 0, .Se = 0, .Ah = 0, .Al = 0});
    for (int i = 1; i < how.single_scans; ++i) {
      const int coefficient = 1 + (i - 1) / 3;
      scans.push_back({.comps_in_scan = 1,
                       .component_index = {(i - 1) % 3, 0, 0, 0},
                       .Ss = coefficient,
                       .Se = coefficient,
                       .Ah = 0,
                       .Al = 0});
    }
    jpeg.scan_info = scans.data();
    jpeg.num_scans = how.single_scans;
  }
  jpeg_start_compress(&jpeg, TRUE);
  if (!how.exif.empty()) {
    const std::string data = std::string("Exif\0\0", 6) + how.exif;
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(data.data()),
                      static_cast<unsigned>(data.size()));
  }
  for (int y = 0; y < height; ++y) {
    std::vector<std::uint8_t> row(values.begin() + static_cast<std::ptrdiff_t>(y) * width * how.channels,
                                  values.begin() + static_cast<std::ptrdiff_t>(y + 1) * width * how.channels);
    JSAMPROW start = row.data();
    jpeg_write_scanlines(&jpeg, &start, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::vector<std::uint8_t> result(bytes, bytes + size);
  jpeg_destroy_compress(&jpeg);
  std::free(bytes);
  return result;
}

// Soft colours, which survive compression nearly as they are.
inline std::vector<std::uint8_t> slope(int width, int height, int channels = 3) {
  std::vector<std::uint8_t> values;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) values.push_back(static_cast<std::uint8_t>(40 + 5 * x + 3 * y + 20 * c));
    }
  }
  return values;
}

}  // namespace sfumato::testing_jpeg

#include "image/png_pixels.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "base/printable.h"
#include "image/exif.h"
#include "image/orientation.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr int kGrey = 0, kPalette = 3;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::bad_data, where + ": the PNG is damaged: " + what + ".");
}

const PngChunk* find(const PngChunks& png, std::string_view type) {
  const auto found = std::ranges::find(png.chunks, type, &PngChunk::type);
  return found == png.chunks.end() ? nullptr : &*found;
}

// libpng reading a file in memory. Errors and warnings longjmp, so that no exception crosses C code; the frames that
// are skipped have no destructors.
class PngReader {
 public:
  PngReader(std::span<const std::uint8_t> file, const std::string& where) : rest_(file), where_(where) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &on_message, &on_message);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, &info_, nullptr);
      throw Error(ErrorKind::internal, where + ": libpng has no memory.");
    }
    png_set_read_fn(png_, this, &on_read);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  // raw: one byte for each pixel, as it is stored; otherwise four, RGBA.
  void start(bool raw) {
    guarded([this, raw] {
      // Texts, profiles and so on are not read; split_png has checked their CRCs.
      png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
      png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // split_png has checked its own
      png_read_info(png_, info_);
      if (raw) {
        png_set_packing(png_);
      } else {
        png_set_expand(png_);
        png_set_scale_16(png_);
        png_set_gray_to_rgb(png_);
        png_set_add_alpha(png_, 0xff, PNG_FILLER_AFTER);
      }
      passes_ = png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
  }
  [[nodiscard]] std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  // rows: `height` rows of row_bytes() each.
  void read(std::uint8_t* rows, int height) {
    guarded([this, rows, height, bytes = row_bytes()] {
      for (int pass = 0; pass < passes_; ++pass) {
        for (int y = 0; y < height; ++y) png_read_row(png_, rows + static_cast<std::size_t>(y) * bytes, nullptr);
      }
      png_read_end(png_, nullptr);
    });
  }

 private:
  template <typename Step>
  void guarded(const Step& step) {
    if (setjmp(png_jmpbuf(png_)) != 0) refuse(where_, printable(message_.data()));  // NOLINT(cert-err52-cpp)
    step();
  }
  static void on_message(png_structp png, png_const_charp message) {
    auto& self = *static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(self.message_.data(), message, self.message_.size() - 1);
    png_longjmp(png, 1);
  }
  static void on_read(png_structp png, png_bytep to, std::size_t size) {
    auto& self = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (size > self.rest_.size()) png_error(png, "the file ends early");
    std::memcpy(to, self.rest_.data(), size);
    self.rest_ = self.rest_.subspan(size);
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::span<const std::uint8_t> rest_;
  const std::string& where_;
  int passes_ = 0;
  std::array<char, 120> message_{};
};

using Rgba = std::array<std::uint8_t, 4>;

// The colours of a palette (11.2.2, 11.3.1.1).
std::vector<Rgba> palette_of(const PngChunks& png) {
  std::vector<Rgba> colours;
  const PngChunk* const palette = find(png, "PLTE");
  const PngChunk* const alpha = find(png, "tRNS");
  if (palette == nullptr) return colours;
  for (std::size_t i = 0; i < palette->data.size() / 3; ++i) {
    const std::uint8_t opacity = alpha != nullptr && i < alpha->data.size() ? alpha->data[i] : 255;
    colours.push_back({palette->data[3 * i], palette->data[3 * i + 1], palette->data[3 * i + 2], opacity});
  }
  return colours;
}

// The colours of grey values, one of which may be transparent (11.3.1.1).
std::vector<Rgba> greys_of(const PngChunks& png) {
  const PngChunk* const transparent = find(png, "tRNS");
  const int largest = (1 << png.header.bit_depth) - 1;
  std::vector<Rgba> colours;
  for (int value = 0; value <= largest; ++value) {
    const auto grey = static_cast<std::uint8_t>(value * 255 / largest);
    const bool is_transparent = transparent != nullptr && transparent->data.size() == 2 &&
                                (transparent->data[0] << 8 | transparent->data[1]) == value;
    colours.push_back({grey, grey, grey, static_cast<std::uint8_t>(is_transparent ? 0 : 255)});
  }
  return colours;
}

std::vector<std::uint8_t> coloured(const std::vector<std::uint8_t>& values, const std::vector<Rgba>& colours,
                                   const std::string& where) {
  const std::uint8_t largest = *std::ranges::max_element(values);
  if (largest >= colours.size()) {
    refuse(where,
           "a pixel has colour " + std::to_string(largest) + " of a palette of " + std::to_string(colours.size()));
  }
  std::vector<std::uint8_t> rgba(values.size() * 4);
  auto to = rgba.begin();
  for (const std::uint8_t value : values) to = std::ranges::copy(colours[value], to).out;
  return rgba;
}

}  // namespace

DecodedImage png_pixels(std::span<const std::uint8_t> file, const PngChunks& png, const std::string& where) {
  const PngHeader& header = png.header;
  const bool raw = header.colour_type == kPalette || (header.colour_type == kGrey && header.bit_depth <= 8);
  const auto pixels = static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.height);
  PngReader reader(file, where);
  reader.start(raw);
  if (reader.row_bytes() != static_cast<std::size_t>(header.width) * (raw ? 1 : 4)) {
    throw Error(ErrorKind::internal, where + ": libpng returned rows of an unexpected length.");
  }
  std::vector<std::uint8_t> rows(pixels * (raw ? 1 : 4));
  reader.read(rows.data(), header.height);
  DecodedImage image{.width = header.width, .height = header.height, .rgba = {}, .values = {}, .remarks = {}};
  image.palette = header.colour_type == kPalette;
  if (raw) {
    image.rgba = coloured(rows, image.palette ? palette_of(png) : greys_of(png), where);
    image.values = std::move(rows);
  } else {
    image.rgba = std::move(rows);
  }
  if (find(png, "acTL") != nullptr) image.remarks.emplace_back("animated, its first picture is taken");
  return turned(std::move(image), png_orientation(png));
}

int png_orientation(const PngChunks& png) {
  const PngChunk* const exif = find(png, "eXIf");
  return exif == nullptr ? 1 : exif_orientation(exif->data);
}

}  // namespace sfumato

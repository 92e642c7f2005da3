#include "image/read_jpeg.h"

#include <cstdio>  // jpeglib.h needs it

// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "base/printable.h"
#include "image/exif.h"
#include "image/image_limits.h"
#include "image/orientation.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::array<std::uint8_t, 6> kExif = {'E', 'x', 'i', 'f', 0, 0};
constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr unsigned int kLongestMarker = 0xFFFF;

// libjpeg reading a file in memory. Errors and warnings longjmp, so that no exception crosses C code; the frames that
// are skipped have no destructors.
class JpegReader {
 public:
  JpegReader(std::span<const std::uint8_t> file, const std::string& where) : file_(file), where_(where) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = &on_error;
    errors_.emit_message = &on_message;
    errors_.output_message = [](j_common_ptr) {};
    guarded([this] { jpeg_create_decompress(&jpeg_); });
    progress_.progress_monitor = &on_progress;
    jpeg_.progress = &progress_;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  void read_header() {
    guarded([this] {
      jpeg_mem_src(&jpeg_, file_.data(), file_.size());
      jpeg_save_markers(&jpeg_, kExifMarker, kLongestMarker);
      jpeg_read_header(&jpeg_, TRUE);
    });
    orientation_ = stored_orientation();  // libjpeg frees its markers after the last row
    check_image_size("JPEG", jpeg_.image_width, jpeg_.image_height, where_);
    if (jpeg_.jpeg_color_space == JCS_UNKNOWN) {
      throw Error(ErrorKind::bad_data, where_ + ": a JPEG of " + std::to_string(jpeg_.num_components) +
                                           " values a pixel; grey, RGB and CMYK are read.");
    }
  }
  [[nodiscard]] ImageSize stored_size() const {
    return {.width = static_cast<int>(jpeg_.image_width), .height = static_cast<int>(jpeg_.image_height)};
  }
  [[nodiscard]] bool cmyk() const { return jpeg_.num_components == 4; }
  [[nodiscard]] int orientation() const { return orientation_; }
  // rows: four bytes for each pixel, RGBA or, for a CMYK file, CMYK.
  void read_pixels(std::uint8_t* rows) {
    guarded([this, rows] {
      jpeg_.out_color_space = cmyk() ? JCS_CMYK : JCS_EXT_RGBA;
      jpeg_start_decompress(&jpeg_);
      while (jpeg_.output_scanline < jpeg_.output_height) {
        JSAMPROW row = rows + static_cast<std::size_t>(jpeg_.output_scanline) * jpeg_.output_width * 4;
        jpeg_read_scanlines(&jpeg_, &row, 1);
      }
      jpeg_finish_decompress(&jpeg_);
    });
  }

 private:
  enum class Fault { damaged, cut_off, twelve_bits, too_many_scans };

  template <typename Step>
  void guarded(const Step& step) {
    if (setjmp(jump_) != 0) refuse();  // NOLINT(cert-err52-cpp)
    step();
  }
  int stored_orientation() const {
    for (const jpeg_marker_struct* marker = jpeg_.marker_list; marker != nullptr; marker = marker->next) {
      const std::span<const std::uint8_t> data(marker->data, marker->data_length);
      if (marker->marker != kExifMarker || data.size() < kExif.size()) continue;
      if (std::ranges::equal(data.first(kExif.size()), kExif)) return exif_orientation(data.subspan(kExif.size()));
    }
    return 1;
  }
  [[noreturn]] void refuse() const {
    std::string what;
    switch (fault_) {
      case Fault::damaged:
        what = "the JPEG is damaged: " + printable(message_.data());
        break;
      case Fault::cut_off:
        what = "the JPEG is cut off: it ends at byte " + std::to_string(file_.size()) + ", before its end marker";
        break;
      case Fault::twelve_bits:
        what = "a JPEG of 12 bits a value; convert it to 8 bits";
        break;
      case Fault::too_many_scans:
        what = "a JPEG of more than " + std::to_string(kMaxJpegScans) + " scans; save it again, not progressively";
        break;
    }
    throw Error(ErrorKind::bad_data, where_ + ": " + what + ".");
  }
  [[noreturn]] void jump(Fault fault) {
    fault_ = fault;
    std::longjmp(jump_, 1);  // NOLINT(cert-err52-cpp)
  }
  static JpegReader& self_of(j_common_ptr jpeg) { return *static_cast<JpegReader*>(jpeg->client_data); }

  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    JpegReader& self = self_of(jpeg);
    jpeg->err->format_message(jpeg, self.message_.data());
    const int code = jpeg->err->msg_code;
    if (code == JWRN_JPEG_EOF || code == JERR_INPUT_EOF) self.jump(Fault::cut_off);
    self.jump(code == JERR_BAD_PRECISION && self.jpeg_.data_precision == 12 ? Fault::twelve_bits : Fault::damaged);
  }
  // level -1: a warning; 0 and above: trace messages.
  static void on_message(j_common_ptr jpeg, int level) {
    if (level < 0) on_error(jpeg);
  }
  static void on_progress(j_common_ptr jpeg) {
    JpegReader& self = self_of(jpeg);
    if (self.jpeg_.input_scan_number > kMaxJpegScans) self.jump(Fault::too_many_scans);
  }

  std::span<const std::uint8_t> file_;
  const std::string& where_;
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_{};
  int orientation_ = 1;
  Fault fault_ = Fault::damaged;
  std::array<char, JMSG_LENGTH_MAX> message_{};
};

// Inverted C, M, Y and K are the shares of light that each ink lets through; their products are R, G and B.
void make_rgba(std::vector<std::uint8_t>& inverted_cmyk) {
  for (auto pixel = inverted_cmyk.begin(); pixel != inverted_cmyk.end(); pixel += 4) {
    for (int i = 0; i < 3; ++i) pixel[i] = static_cast<std::uint8_t>((pixel[i] * pixel[3] + 127) / 255);
    pixel[3] = 255;
  }
}

}  // namespace

DecodedImage decode_jpeg(std::span<const std::uint8_t> file, const std::string& where) {
  JpegReader reader(file, where);
  reader.read_header();
  const ImageSize size = reader.stored_size();
  DecodedImage image{.width = size.width, .height = size.height, .rgba = {}, .values = {}, .remarks = {}};
  image.rgba.resize(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 4);
  reader.read_pixels(image.rgba.data());
  if (reader.cmyk()) {
    make_rgba(image.rgba);
    image.remarks.emplace_back("CMYK made RGB without its colour profile");
  }
  return turned(std::move(image), reader.orientation());
}

ImageSize jpeg_size(std::span<const std::uint8_t> file, const std::string& where) {
  JpegReader reader(file, where);
  reader.read_header();
  return turned_size(reader.stored_size(), reader.orientation());
}

}  // namespace sfumato

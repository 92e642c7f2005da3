#include "image/foreign_image.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/utf8.h"

namespace sfumato {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};

constexpr std::string_view kConverted = "a PNG whose line ends were converted as if it were text";
constexpr std::string_view kRaw = "a TIFF picture or a camera's raw file";

// First match wins.
constexpr std::array kMagics = {
    Magic{0, "GIF8"sv, "a GIF picture"},
    Magic{8, "WEBP"sv, "a WebP picture"},
    Magic{8, "AVI "sv, "an AVI film"},
    Magic{8, "WAVE"sv, "a sound"},
    Magic{4, "ftypavif"sv, "an AVIF picture"},
    Magic{4, "ftypavis"sv, "an AVIF picture"},
    Magic{4, "ftyphe"sv, "a HEIC picture"},
    Magic{4, "ftypmif1"sv, "a HEIC or AVIF picture"},
    Magic{4, "ftypmsf1"sv, "a HEIC or AVIF picture"},
    Magic{4, "ftypcrx "sv, "a camera's raw file"},
    Magic{4, "ftypjp"sv, "a JPEG 2000 picture"},
    Magic{4, "ftyp"sv, "a film"},
    Magic{0, "\0\0\0\x0cjP  "sv, "a JPEG 2000 picture"},
    Magic{0, "\xff\x4f\xff\x51"sv, "a JPEG 2000 picture"},
    Magic{0, "\0\0\0\x0cJXL "sv, "a JPEG XL picture"},
    Magic{0, "\xff\x0a"sv, "a JPEG XL picture"},
    Magic{0, "BM"sv, "a BMP picture"},
    Magic{0, "II\x2a\0"sv, kRaw},
    Magic{0, "MM\0\x2a"sv, kRaw},
    Magic{0, "II\x2b\0"sv, kRaw},
    Magic{0, "MM\0\x2b"sv, kRaw},
    Magic{0, "8BPS"sv, "a Photoshop picture"},
    Magic{0, "gimp xcf"sv, "a GIMP picture"},
    Magic{0, "%PDF"sv, "a PDF"},
    Magic{0, "%!PS"sv, "a PostScript file"},
    Magic{0, "\0\0\1\0"sv, "an icon (ICO)"},
    Magic{0, "\0\0\2\0"sv, "a cursor (CUR)"},
    Magic{0, "DDS "sv, "a DDS texture"},
    Magic{0, "qoif"sv, "a QOI picture"},
    Magic{0, "farbfeld"sv, "a farbfeld picture"},
    Magic{0, "\x76\x2f\x31\x01"sv, "an OpenEXR picture"},
    Magic{0, "#?RADIANCE"sv, "a Radiance HDR picture"},
    Magic{0, "\x8aMNG"sv, "an MNG picture"},
    Magic{0, "\x8bJNG"sv, "a JNG picture"},
    Magic{0, "\x1a\x45\xdf\xa3"sv, "a film"},
    Magic{0, "PK\3\4"sv, "a zip archive"},
    Magic{0, "\x1f\x8b"sv, "a gzip archive"},
    Magic{0, "\x89PNG\n"sv, kConverted},
    Magic{0, "\x89PNG\r\r"sv, kConverted},
};

constexpr std::size_t kProbe = 1024;  // bytes that are looked at

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

bool is_text(std::string_view start) {
  const auto bad = invalid_utf8_at(start);
  const bool cut = start.size() == kProbe && bad && *bad + 4 > start.size();  // cut within a character
  return (!bad || cut) && std::ranges::none_of(start, [](char c) {
           return (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7f;
         });
}

std::string describe_text(const std::string& start) {
  if (start.starts_with("version https://git-lfs")) {
    return "a Git LFS pointer, not the picture itself. Fetch it with git lfs pull.";
  }
  if (start.find("<svg") != std::string::npos) return "an SVG drawing, which is not read. Render it to PNG first.";
  if (start.find("<html") != std::string::npos || start.find("<!doctype html") != std::string::npos) {
    return "a web page, not a picture. Download the picture itself.";
  }
  return "text, not a picture. Give a PNG or a JPEG.";
}

}  // namespace

std::string describe_unsupported_format(std::span<const std::uint8_t> file) {
  if (file.empty()) return "the file is empty. Give a PNG or a JPEG.";
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()), std::min(file.size(), kProbe));
  for (const Magic& magic : kMagics) {
    if (bytes.size() <= magic.offset || !bytes.substr(magic.offset).starts_with(magic.bytes)) continue;
    return std::string(magic.name) + ", which is not read. Convert it to PNG or JPEG.";
  }
  const bool portable = bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' &&
                        (bytes[2] == '\n' || bytes[2] == ' ' || bytes[2] == '\r');
  if (portable) return "a portable anymap (PNM), which is not read. Convert it to PNG or JPEG.";
  if (is_text(bytes)) return describe_text(lower(bytes));
  return "a picture of an unknown format, or not a picture. Give a PNG or a JPEG.";
}

}  // namespace sfumato

#include "image/read_png.h"

#include <algorithm>

#include "base/bad_data.h"
#include "base/printable.h"
#include "base/read_file.h"
#include "base/shown_path.h"
#include "base/utf8.h"
#include "image/deflate.h"
#include "image/opaque.h"
#include "image/orientation.h"
#include "image/png_chunks.h"
#include "image/png_pixels.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string utf8_of_latin1(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xC0 | byte >> 6);
      result += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return result;
}

// Reads the fields of a text chunk (11.3.3) in order.
class TextReader {
 public:
  TextReader(const PngChunk& chunk, const std::string& where) : type_(chunk.type), where_(where), rest_(chunk.data) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw_bad_data(where_, "the PNG is damaged: a " + std::string(type_) + " chunk " + what);
  }
  std::string_view up_to_nul() {
    const auto end = std::ranges::find(rest_, std::uint8_t{0});
    if (end == rest_.end()) fail("has no end of its keyword");
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view field = as_text(rest_.first(length));
    rest_ = rest_.subspan(length + 1);
    return field;
  }
  std::uint8_t byte() {
    if (rest_.empty()) fail("is too short");
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::string rest(bool compressed) const {
    if (!compressed) return std::string(as_text(rest_));
    const auto bytes = inflate_at_most(rest_, kMaxPngTextBytes);
    if (!bytes) fail("holds no text, or one of more than " + std::to_string(kMaxPngTextBytes) + " bytes");
    return std::string(as_text(*bytes));
  }

 private:
  std::string_view type_;
  const std::string& where_;
  std::span<const std::uint8_t> rest_;
};

PngText text_of(const PngChunk& chunk, const std::string& where) {
  TextReader reader(chunk, where);
  PngText entry{.keyword = utf8_of_latin1(reader.up_to_nul()), .text = {}};
  if (entry.keyword.empty() || entry.keyword.size() > 2 * 79) reader.fail("has a keyword that PNG does not allow");
  if (chunk.type == "iTXt") {
    const std::uint8_t compressed = reader.byte(), method = reader.byte();
    if (compressed > 1 || (compressed == 1 && method != 0))
      reader.fail("is compressed in a way that PNG does not know");
    (void)reader.up_to_nul();  // language
    (void)reader.up_to_nul();  // keyword in that language
    entry.text = reader.rest(compressed == 1);
    if (invalid_utf8_at(entry.text)) reader.fail("is not UTF-8");
  } else if (chunk.type == "zTXt") {
    if (reader.byte() != 0) reader.fail("is compressed in a way that PNG does not know");
    entry.text = utf8_of_latin1(reader.rest(true));
  } else {
    entry.text = utf8_of_latin1(reader.rest(false));
  }
  if (entry.text.find('\0') != std::string::npos) reader.fail("holds a NUL");
  return entry;
}

PngTexts texts_of(const PngChunks& png, const std::string& where) {
  PngTexts result{.width = png.header.width, .height = png.header.height, .texts = {}};
  std::size_t bytes = 0;
  for (const PngChunk& chunk : png.chunks) {
    if (chunk.type != "tEXt" && chunk.type != "zTXt" && chunk.type != "iTXt") continue;
    if (result.texts.size() == kMaxPngTexts) {
      throw_bad_data(where, "the PNG has more than the " + std::to_string(kMaxPngTexts) + " texts that are read");
    }
    result.texts.push_back(text_of(chunk, where));
    bytes += result.texts.back().text.size();
    if (bytes > kMaxPngTextsBytes) {
      throw_bad_data(
          where, "the PNG's texts are longer than the " + std::to_string(kMaxPngTextsBytes) + " bytes that are read");
    }
  }
  return result;
}

constexpr Colour kWhite{.red = 255, .green = 255, .blue = 255};

}  // namespace

PngFile decode_png(std::span<const std::uint8_t> file, const std::string& where) {
  const PngChunks png = split_png(file, where);
  check_pixel_data(png, where);
  std::vector<PngText> texts = texts_of(png, where).texts;
  return {.image = opaque(png_pixels(file, png, where), kWhite), .texts = std::move(texts)};
}

DecodedImage decode_png_rgba(std::span<const std::uint8_t> file, const std::string& where) {
  const PngChunks png = split_png(file, where);
  check_pixel_data(png, where);
  return png_pixels(file, png, where);
}

ImageSize png_size(std::span<const std::uint8_t> file, const std::string& where) {
  const PngChunks png = split_png(file, where);
  return turned_size({.width = png.header.width, .height = png.header.height}, png_orientation(png));
}

PngTexts decode_png_texts(std::span<const std::uint8_t> file, const std::string& where, TrailingBytes trailing) {
  const PngChunks png = split_png(file, where);
  if (trailing == TrailingBytes::refuse && png.trailing > 0) {
    throw_bad_data(where, "the PNG is damaged: " + std::to_string(png.trailing) +
                              (png.trailing == 1 ? " byte follows" : " bytes follow") + " its last chunk");
  }
  check_pixel_data(png, where);
  return texts_of(png, where);
}

PngFile read_png(const std::filesystem::path& path) {
  return decode_png(read_file(path, kMaxImageBytes), shown_path(path));
}

PngTexts read_png_texts(const std::filesystem::path& path, TrailingBytes trailing) {
  return decode_png_texts(read_file(path, kMaxImageBytes), shown_path(path), trailing);
}

}  // namespace sfumato

#include "image/png.h"

#include <cstdlib>
#include <memory>
#include <optional>

#include "image/deflate.h"
#include "image/png_chunks.h"
#include "sfumato/error.h"

namespace {

// stb's hook for zlib compression. stb frees the result with free().
unsigned char* compress(unsigned char* data, int length, int* out_length, int /*quality*/) {
  sfumato::CBytes stream = sfumato::compress_zlib({data, static_cast<std::size_t>(length)});
  *out_length = static_cast<int>(stream.size);
  return stream.data.release();
}

}  // namespace

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBIW_ZLIB_COMPRESS compress
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image_write.h>
#pragma GCC diagnostic pop

namespace sfumato {
namespace {

constexpr std::size_t kHeaderChunk = 4 + 4 + 13 + 4;  // IHDR: length, type, data, CRC

void append_number(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append_chunk(std::vector<std::uint8_t>& bytes, std::string_view type, std::string_view data) {
  append_number(bytes, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = bytes.size();
  bytes.insert(bytes.end(), type.begin(), type.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  append_number(bytes, crc32(std::span(bytes).subspan(start)));
}

// Latin-1 for UTF-8, if every character is one a tEXt chunk may hold: line feed, U+0020 to U+007E, U+00A1 to U+00FF.
std::optional<std::string> latin1(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n' || (byte >= 0x20 && byte < 0x7F)) {
      result += text[i];
    } else if ((byte == 0xC2 || byte == 0xC3) && i + 1 < text.size()) {
      const auto code =
          static_cast<unsigned char>((byte & 0x03u) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3Fu));
      if (code < 0xA1) return std::nullopt;
      result += static_cast<char>(code);
    } else {
      return std::nullopt;
    }
  }
  return result;
}

void append_text(std::vector<std::uint8_t>& bytes, const PngText& entry) {
  using namespace std::string_literals;
  if (const std::optional<std::string> text = latin1(entry.text)) {
    append_chunk(bytes, "tEXt", entry.keyword + "\0"s + *text);
  } else {
    // keyword, NUL, not compressed, method 0, no language, no translated keyword, text
    append_chunk(bytes, "iTXt", entry.keyword + "\0\0\0\0\0"s + entry.text);
  }
}

}  // namespace

std::vector<std::uint8_t> encode_png(const Image& image, std::span<const PngText> texts) {
  int length = 0;
  const std::unique_ptr<unsigned char, decltype(&std::free)> png(
      stbi_write_png_to_mem(image.rgb.data(), image.width * 3, image.width, image.height, 3, &length), &std::free);
  if (png == nullptr) throw Error(ErrorKind::internal, "the picture could not be encoded as PNG: not enough memory.");
  const std::span<const std::uint8_t> encoded(png.get(), static_cast<std::size_t>(length));
  const std::size_t head = kPngSignature.size() + kHeaderChunk;
  std::vector<std::uint8_t> bytes(encoded.begin(), encoded.begin() + head);
  for (const PngText& entry : texts) append_text(bytes, entry);
  bytes.insert(bytes.end(), encoded.begin() + head, encoded.end());
  return bytes;
}

}  // namespace sfumato

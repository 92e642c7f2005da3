#include "import/recognise/foreign_file.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/bad_data.h"

namespace sfumato {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPickle =
    "Loading a pickle runs whatever program it holds, so pickles are never read. Take the model's .safetensors file, "
    "or, if you trust where it comes from, convert it with scripts/export/pickle_to_safetensors.py IN OUT";

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;  // what it is and what to do
};

constexpr std::array<Magic, 23> kMagics = {{
    {0, "lmgg"sv, "a GGML file, which GGUF replaced. Take the .safetensors file that it was made from"},
    {0, "tjgg"sv, "a GGML file, which GGUF replaced. Take the .safetensors file that it was made from"},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras). Take the model's .safetensors file"},
    {0, "\x93NUMPY"sv, "a NumPy array. Take the model's .safetensors file"},
    {0, "version https://git-lfs.github.com/spec/"sv,
     "a Git LFS pointer, which stands for a file that was not downloaded. Run git lfs pull in that folder"},
    {0, "<!DOCTYPE"sv, "a web page, so the download went wrong: perhaps it needs a login. Download the file again"},
    {0, "<!doctype"sv, "a web page, so the download went wrong: perhaps it needs a login. Download the file again"},
    {0, "<html"sv, "a web page, so the download went wrong: perhaps it needs a login. Download the file again"},
    {0, "{\""sv,
     "a JSON text, not a model. Perhaps it is the answer of a server that needs a login. Download the file again"},
    {0, "\x1f\x8b"sv, "compressed with gzip. Unpack it with gunzip first"},
    {0, "BZh"sv, "compressed with bzip2. Unpack it with bunzip2 first"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "compressed with xz. Unpack it with unxz first"},
    {0, "\x28\xb5\x2f\xfd"sv, "compressed with zstd. Unpack it with unzstd first"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive. Unpack it first"},
    {0, "Rar!"sv, "a RAR archive. Unpack it first"},
    {0, "\x89PNG"sv, "a PNG picture, not a model. Give the checkpoint itself, a .safetensors file"},
    {0, "\xff\xd8\xff"sv, "a JPEG picture, not a model. Give the checkpoint itself, a .safetensors file"},
    {0,
     "\x7f"
     "ELF"sv,
     "a program, not a model. Give the checkpoint itself, a .safetensors file"},
    {0, "\x08\x03\x12"sv, "an ONNX model. Take the .safetensors file that it was made from"},
    {0, "\x08\x04\x12"sv, "an ONNX model. Take the .safetensors file that it was made from"},
    {0, "\x08\x07\x12"sv, "an ONNX model. Take the .safetensors file that it was made from"},
    {0, "\x08\x08\x12"sv, "an ONNX model. Take the .safetensors file that it was made from"},
    {257, "ustar"sv, "a tar archive. Unpack it first"},
}};

// A zip archive names each entry before its data. PyTorch's begin with "NAME/data.pkl"; TorchScript's also have
// "NAME/code/" and "NAME/constants.pkl".
[[noreturn]] void throw_zip(std::string_view text, const std::string& where) {
  constexpr std::size_t beginning = 4096;
  const std::string_view front = text.substr(0, beginning);
  const std::string_view back =
      text.substr(text.size() - std::min(text.size(), std::size_t{1} << 20));  // its directory
  const auto names = [&](std::string_view name) {
    return front.find(name) != std::string_view::npos || back.find(name) != std::string_view::npos;
  };
  if (names("/code/__torch__"))
    throw_bad_data(where, "TorchScript, which is a program. Take the model's .safetensors file");
  if (names("data.pkl"))
    throw_bad_data(where, "a PyTorch checkpoint (.ckpt, .pt, .bin), which is a pickle. " + std::string(kPickle));
  throw_bad_data(where, "a zip archive. Unpack it first and give the .safetensors file in it");
}

// Pickles of protocol 2 to 5 begin with 0x80 and the number. A safetensors file may also begin with these bytes, as its
// header's length, but then '{' follows at byte 8.
bool is_pickle(std::string_view text) {
  return text.size() > 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= 5 && (text.size() <= 8 || text[8] != '{');
}

}  // namespace

void refuse_foreign(std::span<const std::byte> file, const std::string& where) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.empty()) throw_bad_data(where, "is empty. Download or copy it again");
  if (text.starts_with("PK\x03\x04")) throw_zip(text, where);
  if (is_pickle(text))
    throw_bad_data(where, "a PyTorch checkpoint (.ckpt, .pt, .bin), which is a pickle. " + std::string(kPickle));
  if (text.size() > 8 && text[8] == '{') return;  // like a safetensors file
  for (const Magic& magic : kMagics) {
    if (text.size() > magic.offset && text.substr(magic.offset).starts_with(magic.bytes))
      throw_bad_data(where, std::string(magic.what));
  }
}

}  // namespace sfumato

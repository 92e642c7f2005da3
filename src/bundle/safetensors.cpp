#include "bundle/safetensors.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kMaxHeader = 100'000'000;
constexpr int kMaxDepth = 4;  // { name: { shape: [ ] } } needs three

// product(shape) * element; nullopt if it exceeds 64 bits.
std::optional<std::uint64_t> byte_count(const std::vector<std::int64_t>& shape, std::size_t element) {
  std::uint64_t count = element;
  for (const std::int64_t side : shape) {
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(side), &count)) return std::nullopt;
  }
  return count;
}

class Header {
 public:
  Header(std::span<const std::byte> file, std::string where, ErrorKind kind) : where_(std::move(where)), kind_(kind) {
    if (file.size() < 8) fail("only " + std::to_string(file.size()) + " bytes; a safetensors file has at least 8");
    std::uint64_t length = 0;
    for (int i = 7; i >= 0; --i)
      length = length << 8 | std::to_integer<std::uint64_t>(file[static_cast<std::size_t>(i)]);
    // Any other file announces a length, too, which would say nothing to its owner.
    if (file.size() > 8 && file[8] != std::byte{'{'})
      fail("not a safetensors file: its header does not begin with '{'");
    if (length > kMaxHeader)
      fail("a header of " + std::to_string(length) + " bytes is announced, at most 100000000 are read");
    if (length > file.size() - 8) {
      fail("a header of " + std::to_string(length) + " bytes is announced, the file has " +
           std::to_string(file.size() - 8));
    }
    text_ = {reinterpret_cast<const char*>(file.data()) + 8, length};
    data_ = file.subspan(8 + length);
    if (!text_.starts_with('{')) fail("not a safetensors file: its header does not begin with '{'");
    if (const auto offset = invalid_utf8_at(text_))
      fail("the header is not UTF-8 at byte " + std::to_string(8 + *offset));
  }

  [[nodiscard]] SafetensorsFile read() const {
    const Json json = parse_json(text_, where_, kind_, {.bytes = kMaxHeader, .depth = kMaxDepth});
    JsonReader header(json, where_, kind_);
    SafetensorsFile result;
    for (const std::string& name : header.keys()) {
      JsonReader entry = header.object(name);
      if (name == "__metadata__") {
        for (const std::string& key : entry.keys()) result.metadata.emplace(key, entry.string(key));
      } else {
        result.tensors.push_back(tensor(name, entry));
      }
    }
    check_tiling(result.tensors);
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw Error(kind_, where_ + ": " + what + "."); }

  StoredTensor tensor(const std::string& name, JsonReader& entry) const {
    StoredTensor tensor{.name = name, .dtype = {}, .shape = {}, .bytes = {}};
    const std::string& dtype = entry.string("dtype");
    const std::optional<StoredDtype> known = safetensors_dtype(dtype);
    if (!known) entry.fail("dtype", "\"" + printable(dtype) + "\" is an unknown dtype");
    tensor.dtype = *known;
    for (const Json& side : entry.array("shape")) tensor.shape.push_back(whole(entry, "shape", side));
    const JsonArray& offsets = entry.array("data_offsets");
    if (offsets.size() != 2) entry.fail("data_offsets", "two numbers are expected");
    const auto begin = static_cast<std::uint64_t>(whole(entry, "data_offsets", offsets[0]));
    const auto end = static_cast<std::uint64_t>(whole(entry, "data_offsets", offsets[1]));
    entry.finish();
    if (end < begin || end > data_.size()) {
      entry.fail("data_offsets", "[" + std::to_string(begin) + ", " + std::to_string(end) +
                                     "] is outside the data of " + std::to_string(data_.size()) +
                                     " bytes; copy the file again");
    }
    const std::optional<std::uint64_t> needed = byte_count(tensor.shape, size_of(*known));
    if (!needed) entry.fail("shape", "more bytes than 64 bits can count");
    if (*needed != end - begin) {
      entry.fail("data_offsets",
                 "needs " + std::to_string(*needed) + " bytes, the file gives " + std::to_string(end - begin));
    }
    tensor.bytes = data_.subspan(begin, end - begin);
    return tensor;
  }

  static std::int64_t whole(const JsonReader& entry, std::string_view key, const Json& value) {
    const auto* number = std::get_if<std::int64_t>(&value.value);
    if (number == nullptr || *number < 0) entry.fail(key, "whole numbers from 0 are expected");
    return *number;
  }

  void check_tiling(std::vector<StoredTensor>& tensors) const {
    const auto begin = [&](const StoredTensor& tensor) {
      return static_cast<std::size_t>(tensor.bytes.data() - data_.data());
    };
    // Tensors without elements share their offset with the next one; the shorter goes first.
    std::ranges::sort(tensors, [&](const StoredTensor& a, const StoredTensor& b) {
      return begin(a) != begin(b) ? begin(a) < begin(b) : a.bytes.size() < b.bytes.size();
    });
    std::size_t end = 0;
    for (const StoredTensor& tensor : tensors) {
      if (begin(tensor) != end) {
        fail(printable(tensor.name) + ": begins at byte " + std::to_string(begin(tensor)) +
             " of the data, the tensor before it ends at " + std::to_string(end));
      }
      end += tensor.bytes.size();
    }
    if (end != data_.size()) {
      fail("the tensors end at byte " + std::to_string(end) + " of the data, which has " +
           std::to_string(data_.size()));
    }
  }

  std::string where_;
  ErrorKind kind_;
  std::string_view text_;
  std::span<const std::byte> data_;
};

}  // namespace

std::vector<StoredTensor> read_safetensors(std::span<const std::byte> file, const std::string& where, ErrorKind kind) {
  return Header(file, where, kind).read().tensors;
}

SafetensorsFile read_safetensors_file(std::span<const std::byte> file, const std::string& where, ErrorKind kind) {
  return Header(file, where, kind).read();
}

}  // namespace sfumato

#include "import/recognise/gguf.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/bad_data.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace sfumato {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr std::string_view kShapeKey = "comfy.gguf.orig_shape.";
constexpr std::uint64_t kMaxTensors = 100'000;
constexpr std::uint64_t kMaxValues = 100'000;
constexpr std::uint64_t kMaxText = 65'536;  // bytes of a name or of a text that is kept
constexpr std::uint64_t kMaxAlignment = 1 << 16;
constexpr std::uint32_t kMaxSides = 8;
constexpr int kMaxDepth = 4;  // of arrays in arrays

// ggml.h, enum ggml_type. Those without a dtype are named in the message.
struct TypeRow {
  std::uint32_t type;
  std::string_view name;
  std::optional<StoredDtype> dtype;
};
constexpr std::array kTypes = std::to_array<TypeRow>({
    {0, "F32", StoredDtype::f32},    {1, "F16", StoredDtype::f16},    {2, "Q4_0", StoredDtype::q4_0},
    {3, "Q4_1", StoredDtype::q4_1},  {6, "Q5_0", StoredDtype::q5_0},  {7, "Q5_1", StoredDtype::q5_1},
    {8, "Q8_0", StoredDtype::q8_0},  {9, "Q8_1", std::nullopt},       {10, "Q2_K", StoredDtype::q2_k},
    {11, "Q3_K", StoredDtype::q3_k}, {12, "Q4_K", StoredDtype::q4_k}, {13, "Q5_K", StoredDtype::q5_k},
    {14, "Q6_K", StoredDtype::q6_k}, {15, "Q8_K", std::nullopt},      {16, "IQ2_XXS", std::nullopt},
    {17, "IQ2_XS", std::nullopt},    {18, "IQ3_XXS", std::nullopt},   {19, "IQ1_S", std::nullopt},
    {20, "IQ4_NL", std::nullopt},    {21, "IQ3_S", std::nullopt},     {22, "IQ2_S", std::nullopt},
    {23, "IQ4_XS", std::nullopt},    {24, "I8", StoredDtype::i8},     {25, "I16", StoredDtype::i16},
    {26, "I32", StoredDtype::i32},   {27, "I64", StoredDtype::i64},   {28, "F64", StoredDtype::f64},
    {29, "IQ1_M", std::nullopt},     {30, "BF16", StoredDtype::bf16}, {34, "TQ1_0", std::nullopt},
    {35, "TQ2_0", std::nullopt},     {39, "MXFP4", std::nullopt},
});

// gguf.h, enum gguf_type, and the bytes of one value; 0: a text or an array.
enum ValueType : std::uint32_t { kText = 8, kArray = 9 };
constexpr std::array<std::size_t, 13> kValueBytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

class Gguf {
 public:
  Gguf(std::span<const std::byte> file, const std::string& where) : file_(file), where_(where) {}

  SafetensorsFile read() {
    position_ = kMagic.size();
    const auto version = number<std::uint32_t>("its version");
    if (version != 2 && version != 3) {
      fail("a GGUF file of version " + std::to_string(version) +
           "; 2 and 3, little-endian, are read. Write it again with a newer program");
    }
    const std::uint64_t tensors = counted("tensors", kMaxTensors);
    const std::uint64_t values = counted("values", kMaxValues);
    for (std::uint64_t i = 0; i < values; ++i) read_value();
    SafetensorsFile result;
    for (std::uint64_t i = 0; i < tensors; ++i) result.tensors.push_back(read_tensor());
    place(result.tensors);
    result.metadata = std::move(texts_);
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw_bad_data(where_, what); }

  std::span<const std::byte> take(std::uint64_t count, const std::string& what) {
    if (count > file_.size() - position_) {
      fail("ends in " + what + " (byte " + std::to_string(position_) + "), so it was cut. Download or copy it again");
    }
    const std::span<const std::byte> taken = file_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  template <typename Number>
  Number number(const std::string& what) {
    Number value{};
    std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
    return value;
  }

  std::uint64_t counted(const std::string& what, std::uint64_t most) {
    const auto count = number<std::uint64_t>("the count of its " + what);
    if (count > most)
      fail(std::to_string(count) + " " + what + " are announced, at most " + std::to_string(most) + " are read");
    return count;
  }

  std::string text(const std::string& what) {
    const auto length = number<std::uint64_t>(what);
    if (length > kMaxText) {
      fail(what + " of " + std::to_string(length) + " bytes is announced, at most " + std::to_string(kMaxText) +
           " are read");
    }
    const std::span<const std::byte> bytes = take(length, what);
    std::string result(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (invalid_utf8_at(result)) fail(what + " is not UTF-8 (before byte " + std::to_string(position_) + ")");
    return result;
  }

  void read_value() {
    const std::string key = text("the name of a value");
    const auto type = number<std::uint32_t>("the type of a value");
    if (type == kText) {
      const auto length = number<std::uint64_t>("the value of " + printable(key));
      const std::span<const std::byte> bytes = take(length, "the value of " + printable(key));
      const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      // Longer texts are templates of language models.
      if (length <= kMaxText && !invalid_utf8_at(content)) texts_.emplace(key, content);
    } else if (type == kArray && key.starts_with(kShapeKey)) {
      shapes_.emplace(key.substr(kShapeKey.size()), read_shape(key));
    } else if (type == kArray) {
      skip_array(key, 0);
    } else if (key == kAlignmentKey) {
      if (type != 4) fail(printable(key) + " is of type " + std::to_string(type) + ", 4 is expected");
      alignment_ = number<std::uint32_t>("the value of " + printable(key));
    } else {
      (void)take(bytes_of(type, key), "the value of " + printable(key));
    }
  }

  std::size_t bytes_of(std::uint32_t type, const std::string& key) const {
    if (type >= kValueBytes.size() || kValueBytes[type] == 0) {
      fail(printable(key) + " is of type " + std::to_string(type) + ", which is not known");
    }
    return kValueBytes[type];
  }

  std::vector<std::int64_t> read_shape(const std::string& key) {
    const auto type = number<std::uint32_t>("the value of " + printable(key));
    const std::uint64_t count = number<std::uint64_t>("the value of " + printable(key));
    if (type != 5 || count > kMaxSides) fail(printable(key) + " is not a shape");
    std::vector<std::int64_t> shape;
    for (std::uint64_t i = 0; i < count; ++i) {
      shape.push_back(number<std::int32_t>("the value of " + printable(key)));
      if (shape.back() < 0) fail(printable(key) + " has a side of " + std::to_string(shape.back()));
    }
    return shape;
  }

  void skip_array(const std::string& key, int depth) {
    const auto type = number<std::uint32_t>("the value of " + printable(key));
    const auto count = number<std::uint64_t>("the value of " + printable(key));
    if (depth >= kMaxDepth) fail(printable(key) + " has arrays in arrays, " + std::to_string(depth) + " deep");
    if (type == kText || type == kArray) {
      // Each has 8 bytes at least, so a false count ends at the end of the file.
      for (std::uint64_t i = 0; i < count; ++i) {
        if (type == kArray) {
          skip_array(key, depth + 1);
        } else {
          (void)take(number<std::uint64_t>("the value of " + printable(key)), "the value of " + printable(key));
        }
      }
      return;
    }
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(count, bytes_of(type, key), &bytes)) bytes = file_.size();
    (void)take(bytes, "the value of " + printable(key));
  }

  StoredTensor read_tensor() {
    StoredTensor tensor{.name = text("the name of a tensor"), .dtype = {}, .shape = {}, .bytes = {}};
    const std::string name = printable(tensor.name);
    if (!names_.insert(tensor.name).second) fail("has two tensors named " + name);
    const auto sides = number<std::uint32_t>("the shape of " + name);
    if (sides > kMaxSides) fail(name + " has " + std::to_string(sides) + " sides, at most 8 are read");
    std::uint64_t count = 1;
    for (std::uint32_t i = 0; i < sides; ++i) {
      const auto side = number<std::uint64_t>("the shape of " + name);
      if (side > INT64_MAX || __builtin_mul_overflow(count, side, &count)) {
        fail(name + " has more numbers than 64 bits can count");
      }
      tensor.shape.insert(tensor.shape.begin(), static_cast<std::int64_t>(side));
    }
    tensor.dtype = dtype_of(number<std::uint32_t>("the type of " + name), name);
    const std::uint64_t bytes = bytes_in(tensor, count, name);
    offsets_.push_back({.begin = number<std::uint64_t>("the place of " + name), .bytes = bytes});
    restore_shape(tensor, count);
    return tensor;
  }

  StoredDtype dtype_of(std::uint32_t type, const std::string& name) const {
    const auto row = std::ranges::find(kTypes, type, &TypeRow::type);
    if (row != kTypes.end() && row->dtype) return *row->dtype;
    fail(name + " is of type " + (row == kTypes.end() ? std::to_string(type) : std::string(row->name)) +
         ", which is not read: F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K are. Take the same model "
         "in one of these");
  }

  std::uint64_t bytes_in(const StoredTensor& tensor, std::uint64_t count, const std::string& name) const {
    const Packing packing = packing_of(tensor.dtype);
    const std::uint64_t row = tensor.shape.empty() ? 1 : static_cast<std::uint64_t>(tensor.shape.back());
    if (row % packing.numbers != 0) {
      fail(name + " has rows of " + std::to_string(row) + " numbers, which are not whole blocks of " +
           std::to_string(packing.numbers));
    }
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(count / packing.numbers, packing.bytes, &bytes)) {
      fail(name + " has more bytes than 64 bits can count");
    }
    return bytes;
  }

  void restore_shape(StoredTensor& tensor, std::uint64_t count) const {
    const auto found = shapes_.find(tensor.name);
    if (found == shapes_.end()) return;
    std::uint64_t original = 1;
    for (const std::int64_t side : found->second) {
      if (__builtin_mul_overflow(original, static_cast<std::uint64_t>(side), &original)) original = UINT64_MAX;
    }
    if (original != count) {
      fail(printable(tensor.name) + " has " + std::to_string(count) + " numbers, and a shape (" +
           std::string(kShapeKey) + ") of " + std::to_string(original));
    }
    tensor.shape = found->second;
  }

  // Views into the data, which begins at the next multiple of the alignment.
  void place(std::vector<StoredTensor>& tensors) {
    if (alignment_ == 0 || alignment_ > kMaxAlignment || (alignment_ & (alignment_ - 1)) != 0) {
      fail(std::string(kAlignmentKey) + " is " + std::to_string(alignment_) + ", a power of two up to " +
           std::to_string(kMaxAlignment) + " is expected");
    }
    const std::size_t begin = (position_ + alignment_ - 1) / alignment_ * alignment_;
    const std::span<const std::byte> data = file_.subspan(std::min(begin, file_.size()));
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const auto [offset, bytes] = offsets_[i];
      const std::string name = printable(tensors[i].name);
      if (offset % alignment_ != 0) {
        fail(name + " begins at byte " + std::to_string(offset) + " of the data, a multiple of " +
             std::to_string(alignment_) + " is expected");
      }
      if (offset > data.size() || bytes > data.size() - offset) {
        fail(name + " needs " + std::to_string(bytes) + " bytes from byte " + std::to_string(offset) +
             " of the data, which has " + std::to_string(data.size()) +
             ", so the file was cut. Download or copy it "
             "again");
      }
      tensors[i].bytes = data.subspan(offset, bytes);
    }
    check_apart(tensors);
  }

  void check_apart(std::vector<StoredTensor>& tensors) const {
    std::ranges::sort(tensors, [](const StoredTensor& a, const StoredTensor& b) {
      return a.bytes.data() != b.bytes.data() ? a.bytes.data() < b.bytes.data() : a.bytes.size() < b.bytes.size();
    });
    for (std::size_t i = 1; i < tensors.size(); ++i) {
      const std::span<const std::byte> before = tensors[i - 1].bytes;
      if (before.data() + before.size() > tensors[i].bytes.data()) {
        fail(printable(tensors[i - 1].name) + " and " + printable(tensors[i].name) + " overlap");
      }
    }
  }

  struct Place {
    std::uint64_t begin;
    std::uint64_t bytes;
  };

  std::span<const std::byte> file_;
  const std::string& where_;
  std::size_t position_ = 0;
  std::uint64_t alignment_ = 32;
  SafetensorsMetadata texts_;
  std::map<std::string, std::vector<std::int64_t>> shapes_;
  std::vector<Place> offsets_;  // of the tensors, in the order of the file
  std::set<std::string> names_;
};

}  // namespace

bool is_gguf(std::span<const std::byte> file) {
  return file.size() >= kMagic.size() && std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0;
}

SafetensorsFile read_gguf(std::span<const std::byte> file, const std::string& where) {
  return Gguf(file, where).read();
}

}  // namespace sfumato

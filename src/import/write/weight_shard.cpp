#include "import/write/weight_shard.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

#include "base/json.h"
#include "base/printable.h"
#include "import/write/output_file.h"
#include "numbers/convert.h"

namespace sfumato {
namespace {

constexpr std::size_t kAlignment = 64;                // bytes: a cache line and the widest SIMD register
constexpr std::size_t kPiece = std::size_t{1} << 20;  // count of numbers converted at a time

StoredDtype dtype_in(const MappedTensor& mapped, const Storage& storage) {
  return storage.dtype.value_or(widened(mapped.tensor->dtype));
}

std::uint64_t count_of(const Shape& shape) {
  std::uint64_t count = 1;
  for (const std::int64_t side : shape) count *= static_cast<std::uint64_t>(side);
  return count;
}

std::uint64_t bytes_of(const MappedTensor& mapped, const Storage& storage) {
  return count_of(mapped.shape) * size_of(dtype_in(mapped, storage));
}

std::string header_of(const WeightShard& shard, const Storage& storage) {
  JsonObject header;
  std::int64_t end = 0;
  for (const MappedTensor& mapped : shard.tensors) {
    JsonArray shape;
    for (const std::int64_t side : mapped.shape) shape.push_back({side});
    const std::int64_t begin = end;
    end += static_cast<std::int64_t>(bytes_of(mapped, storage));
    header.emplace_back(mapped.name, Json{JsonObject{{"dtype", {std::string(name_of(dtype_in(mapped, storage)))}},
                                                     {"shape", {std::move(shape)}},
                                                     {"data_offsets", {JsonArray{{begin}, {end}}}}}});
  }
  std::string text = dump_json({std::move(header)});
  text.append((kAlignment - (8 + text.size()) % kAlignment) % kAlignment, ' ');
  std::string length;
  for (int shift = 0; shift < 64; shift += 8) length += static_cast<char>(text.size() >> shift & 0xFF);
  return length + text;
}

[[noreturn]] void refuse_value(const MappedTensor& mapped, StoredDtype to, std::size_t first_index,
                               std::span<const std::byte> values) {
  const std::optional<NotFinite> bad = first_not_finite(values, mapped.tensor->dtype, mapped.scale, to);
  std::ostringstream text;
  text << mapped.file->where << ": " << printable(mapped.tensor->name) << ": number " << first_index + bad->index
       << " is " << bad->value;
  const bool was_finite = bad->value - bad->value == 0;
  if (was_finite) {
    text << ", which is too large for " << (to == StoredDtype::f16 ? "float16 (65504)" : "its new type")
         << ". Take `dtype` bfloat16 or float32.";
  } else {
    text << ". The file is damaged, or its training went wrong; take another copy or an earlier checkpoint.";
  }
  throw Error(ErrorKind::bad_data, text.str());
}

// The numbers of the source that become the tensor; a transposed one is turned afterwards.
NumberRange source_of(const MappedTensor& mapped) {
  return range_of(mapped.piece, packing_of(mapped.tensor->dtype).numbers_in(mapped.tensor->bytes.size()));
}

// Writes rows x columns numbers as columns x rows.
template <typename Bits>
void transpose(const std::byte* from, std::byte* to, std::size_t rows, std::size_t columns) {
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t row = 0; row < rows; ++row) {
      // memcpy of a constant size is one instruction and needs no alignment.
      std::memcpy(to + (column * rows + row) * sizeof(Bits), from + (row * columns + column) * sizeof(Bits),
                  sizeof(Bits));
    }
  }
}

void transpose(const std::byte* from, std::byte* to, std::size_t rows, std::size_t columns, std::size_t size) {
  if (size == sizeof(std::uint16_t)) return transpose<std::uint16_t>(from, to, rows, columns);
  transpose<std::uint32_t>(from, to, rows, columns);
}

class ShardWriter {
 public:
  ShardWriter(const Storage& storage, const std::filesystem::path& path, Progress& progress)
      : storage_(storage), file_(path), progress_(progress) {}

  FileDescription write(const WeightShard& shard) {
    const std::string header = header_of(shard, storage_);
    file_.write(std::as_bytes(std::span(header)));
    for (const MappedTensor& mapped : shard.tensors) write(mapped);
    return file_.finish();
  }

 private:
  void write(const MappedTensor& mapped) {
    const bool last = storage_.layout == WeightsLayout::channels_last && mapped.shape.size() == 4 &&
                      mapped.shape[2] * mapped.shape[3] > 1;
    if (mapped.piece == Piece::transposed) {
      write_transposed(mapped, 1, static_cast<std::size_t>(mapped.shape[1]), static_cast<std::size_t>(mapped.shape[0]));
    } else if (last) {
      write_transposed(mapped, static_cast<std::size_t>(mapped.shape[0]), static_cast<std::size_t>(mapped.shape[1]),
                       static_cast<std::size_t>(mapped.shape[2] * mapped.shape[3]));
    } else {
      write_straight(mapped);
    }
  }

  // In pieces, so that memory does not grow with the tensor.
  void write_straight(const MappedTensor& mapped) {
    const auto [first, count] = source_of(mapped);
    for (std::size_t at = 0; at < count; at += kPiece) {
      put(converted(mapped, {.first = first + at, .count = std::min(kPiece, count - at)}));
    }
  }

  // Transposes each of `matrices` matrices of rows x columns; as many at a time as fit into a piece.
  void write_transposed(const MappedTensor& mapped, std::size_t matrices, std::size_t rows, std::size_t columns) {
    const std::size_t first = source_of(mapped).first;
    const std::size_t matrix = rows * columns;
    const std::size_t at_once = std::max<std::size_t>(1, kPiece / matrix);
    const std::size_t size = size_of(dtype_in(mapped, storage_));
    for (std::size_t i = 0; i < matrices; i += at_once) {
      const std::size_t count = std::min(at_once, matrices - i);
      const std::span<const std::byte> numbers =
          converted(mapped, {.first = first + i * matrix, .count = count * matrix});
      transposed_.resize(numbers.size());
      for (std::size_t j = 0; j < count; ++j) {
        transpose(numbers.data() + j * matrix * size, transposed_.data() + j * matrix * size, rows, columns, size);
      }
      put(transposed_);
    }
  }

  // The numbers as they are stored. Of blocks those are read that the range touches.
  std::span<const std::byte> converted(const MappedTensor& mapped, NumberRange range) {
    const StoredDtype to = dtype_in(mapped, storage_);
    const StoredDtype from = mapped.tensor->dtype;
    const Packing packing = packing_of(from);
    const std::size_t first = range.first / packing.numbers;
    const std::size_t end = (range.first + range.count + packing.numbers - 1) / packing.numbers;
    const std::span<const std::byte> packed =
        mapped.tensor->bytes.subspan(first * packing.bytes, (end - first) * packing.bytes);
    read_.resize(packed.size());
    if (mapped.is_made) {
      std::ranges::copy(packed, read_.begin());
    } else {
      mapped.file->mapped.read(packed, read_);
    }
    converted_.resize((end - first) * packing.numbers * size_of(to));
    if (!convert_scaled(read_, from, mapped.scale, converted_, to)) {
      refuse_value(mapped, to, first * packing.numbers, read_);
    }
    return std::span(converted_)
        .subspan((range.first - first * packing.numbers) * size_of(to), range.count * size_of(to));
  }

  void put(std::span<const std::byte> bytes) {
    if (progress_.stop) throw Error(ErrorKind::stopped_early, "stopped.");
    file_.write(bytes);
    progress_.written += bytes.size();
  }

  const Storage& storage_;
  OutputFile file_;
  Progress& progress_;
  std::vector<std::byte> read_;
  std::vector<std::byte> converted_;
  std::vector<std::byte> transposed_;
};

}  // namespace

std::vector<WeightShard> weight_shards_of(const MappedNetwork& network, const Storage& storage, std::uint64_t largest) {
  std::vector<WeightShard> shards(1);
  for (const MappedTensor& mapped : network.tensors) {
    const std::uint64_t bytes = bytes_of(mapped, storage);
    if (!shards.back().tensors.empty() && shards.back().bytes + bytes > largest) shards.emplace_back();
    shards.back().tensors.push_back(mapped);
    shards.back().bytes += bytes;
  }
  const std::string stem(name_of(network.kind));
  for (std::size_t i = 0; i < shards.size(); ++i) {
    std::array<char, 32> part{};
    std::snprintf(part.data(), part.size(), "-%05zu-of-%05zu", i + 1, shards.size());
    shards[i].name = stem + (shards.size() == 1 ? "" : part.data()) + ".safetensors";
    // Tensors whose size would misalign the next one come last.
    std::vector<MappedTensor>& tensors = shards[i].tensors;
    (void)std::stable_partition(tensors.begin(), tensors.end(), [&](const MappedTensor& mapped) {
      return bytes_of(mapped, storage) % kAlignment == 0;
    });
  }
  return shards;
}

FileDescription write_shard(const WeightShard& shard, const Storage& storage, const std::filesystem::path& path,
                            Progress& progress) {
  return ShardWriter(storage, path, progress).write(shard);
}

}  // namespace sfumato

#include "import/write/weight_shard.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

#include "base/json.h"
#include "base/printable.h"
#include "import/write/convert.h"
#include "import/write/output_file.h"

namespace sfumato {
namespace {

constexpr std::size_t kAlignment = 64;                // bytes: a cache line, and the widest vector
constexpr std::size_t kPiece = std::size_t{1} << 20;  // numbers converted at a time

StoredDtype dtype_in(const MappedTensor& fitted, const Storage& storage) {
  if (storage.dtype) return *storage.dtype;
  return fitted.tensor->dtype == StoredDtype::f64 ? StoredDtype::f32 : fitted.tensor->dtype;
}

std::uint64_t count_of(const Shape& shape) {
  std::uint64_t count = 1;
  for (const std::int64_t side : shape) count *= static_cast<std::uint64_t>(side);
  return count;
}

std::uint64_t bytes_of(const MappedTensor& fitted, const Storage& storage) {
  return count_of(fitted.shape) * size_of(dtype_in(fitted, storage));
}

std::string header_of(const WeightShard& shard, const Storage& storage) {
  JsonObject header;
  std::int64_t end = 0;
  for (const MappedTensor& fitted : shard.tensors) {
    JsonArray shape;
    for (const std::int64_t side : fitted.shape) shape.push_back({side});
    const std::int64_t begin = end;
    end += static_cast<std::int64_t>(bytes_of(fitted, storage));
    header.emplace_back(fitted.name, Json{JsonObject{{"dtype", {std::string(name_of(dtype_in(fitted, storage)))}},
                                                     {"shape", {std::move(shape)}},
                                                     {"data_offsets", {JsonArray{{begin}, {end}}}}}});
  }
  std::string text = dump_json({std::move(header)});
  text.append((kAlignment - (8 + text.size()) % kAlignment) % kAlignment, ' ');
  std::string length;
  for (int shift = 0; shift < 64; shift += 8) length += static_cast<char>(text.size() >> shift & 0xFF);
  return length + text;
}

[[noreturn]] void refuse_value(const MappedTensor& fitted, StoredDtype to, std::size_t first_index,
                               std::span<const std::byte> values) {
  const std::optional<NotFinite> bad = first_not_finite(values, fitted.tensor->dtype, to);
  std::ostringstream text;
  text << fitted.file->where << ": " << printable(fitted.tensor->name) << ": number " << first_index + bad->index
       << " is " << bad->value;
  const bool was_finite = bad->value - bad->value == 0;
  if (was_finite) {
    text << ", which is too large for " << (to == StoredDtype::f16 ? "float16 (65504)" : "its new type")
         << ". Take --dtype bfloat16 or float32.";
  } else {
    text << ". The file is damaged, or its training went wrong; take another copy or an earlier checkpoint.";
  }
  throw Error(ErrorKind::bad_data, text.str());
}

// The bytes of the source that a fitted tensor is made of. A transposed one is cut afterwards.
std::span<const std::byte> source_of(const MappedTensor& fitted) {
  const std::span<const std::byte> bytes = fitted.tensor->bytes;
  const std::size_t third = bytes.size() / 3;
  switch (fitted.piece) {
    case Piece::whole:
    case Piece::transposed:
      return bytes;
    case Piece::first_third:
      return bytes.first(third);
    case Piece::second_third:
      return bytes.subspan(third, third);
    case Piece::last_third:
      return bytes.last(third);
  }
  return bytes;
}

// rows x columns numbers become columns x rows.
template <typename Bits>
void transpose(const std::byte* from, std::byte* to, std::size_t rows, std::size_t columns) {
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t row = 0; row < rows; ++row) {
      // Neither side need be aligned; of a known size these are single instructions.
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
    for (const MappedTensor& fitted : shard.tensors) write(fitted);
    return file_.finish();
  }

 private:
  void write(const MappedTensor& fitted) {
    const bool last = storage_.layout == WeightsLayout::channels_last && fitted.shape.size() == 4 &&
                      fitted.shape[2] * fitted.shape[3] > 1;
    if (fitted.piece == Piece::transposed) {
      write_transposed(fitted, 1, static_cast<std::size_t>(fitted.shape[1]), static_cast<std::size_t>(fitted.shape[0]));
    } else if (last) {
      write_transposed(fitted, static_cast<std::size_t>(fitted.shape[0]), static_cast<std::size_t>(fitted.shape[1]),
                       static_cast<std::size_t>(fitted.shape[2] * fitted.shape[3]));
    } else {
      write_straight(fitted);
    }
    fitted.file->mapped.forget(fitted.tensor->bytes);
  }

  // In pieces, however large the tensor is.
  void write_straight(const MappedTensor& fitted) {
    const std::span<const std::byte> source = source_of(fitted);
    const std::size_t size = size_of(fitted.tensor->dtype);
    for (std::size_t at = 0; at < source.size(); at += kPiece * size) {
      const std::span<const std::byte> piece = source.subspan(at, std::min(kPiece * size, source.size() - at));
      put(convert_piece(fitted, piece, at / size));
      fitted.file->mapped.forget(piece);
    }
  }

  // `matrices` matrices of rows x columns, each of them transposed; as many at a time as fit a piece.
  void write_transposed(const MappedTensor& fitted, std::size_t matrices, std::size_t rows, std::size_t columns) {
    const std::span<const std::byte> source = source_of(fitted);
    const std::size_t size = size_of(fitted.tensor->dtype);
    const std::size_t matrix = rows * columns;
    const std::size_t at_once = std::max<std::size_t>(1, kPiece / matrix);
    const std::size_t out_size = size_of(dtype_in(fitted, storage_));
    for (std::size_t i = 0; i < matrices; i += at_once) {
      const std::size_t count = std::min(at_once, matrices - i);
      const std::span<const std::byte> converted =
          convert_piece(fitted, source.subspan(i * matrix * size, count * matrix * size), i * matrix);
      turned_.resize(converted.size());
      for (std::size_t j = 0; j < count; ++j) {
        transpose(converted.data() + j * matrix * out_size, turned_.data() + j * matrix * out_size, rows, columns,
                  out_size);
      }
      put(turned_);
    }
  }

  std::span<const std::byte> convert_piece(const MappedTensor& fitted, std::span<const std::byte> piece,
                                           std::size_t first_index) {
    const StoredDtype to = dtype_in(fitted, storage_);
    const StoredDtype from = fitted.tensor->dtype;
    converted_.resize(piece.size() / size_of(from) * size_of(to));
    if (!convert(piece, from, converted_, to)) refuse_value(fitted, to, first_index, piece);
    return converted_;
  }

  void put(std::span<const std::byte> bytes) {
    if (progress_.stop) throw Error(ErrorKind::stopped_early, "stopped.");
    file_.write(bytes);
    progress_.written += bytes.size();
  }

  const Storage& storage_;
  OutputFile file_;
  Progress& progress_;
  std::vector<std::byte> converted_;
  std::vector<std::byte> turned_;
};

}  // namespace

std::vector<WeightShard> weight_shards_of(const MappedNetwork& network, const Storage& storage, std::uint64_t largest) {
  std::vector<WeightShard> shards(1);
  for (const MappedTensor& fitted : network.tensors) {
    const std::uint64_t bytes = bytes_of(fitted, storage);
    if (!shards.back().tensors.empty() && shards.back().bytes + bytes > largest) shards.emplace_back();
    shards.back().tensors.push_back(fitted);
    shards.back().bytes += bytes;
  }
  const std::string stem(name_of(network.kind));
  for (std::size_t i = 0; i < shards.size(); ++i) {
    std::array<char, 32> part{};
    std::snprintf(part.data(), part.size(), "-%05zu-of-%05zu", i + 1, shards.size());
    shards[i].name = stem + (shards.size() == 1 ? "" : part.data()) + ".safetensors";
    // Those that would push the next one off a line come last.
    std::ranges::stable_partition(
        shards[i].tensors, [&](const MappedTensor& fitted) { return bytes_of(fitted, storage) % kAlignment == 0; });
  }
  return shards;
}

FileDescription write_shard(const WeightShard& shard, const Storage& storage, const std::filesystem::path& path,
                            Progress& progress) {
  return ShardWriter(storage, path, progress).write(shard);
}

}  // namespace sfumato

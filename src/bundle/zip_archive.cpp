#include "bundle/zip_archive.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/printable.h"
#include "image/deflate.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50, kCentralSignature = 0x02014b50, kDescriptorSignature = 0x08074b50,
                        kEndSignature = 0x06054b50, kEnd64Signature = 0x06064b50, kLocatorSignature = 0x07064b50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kDescriptorSize = 16, kEndSize = 22, kEnd64Size = 56,
                      kLocatorSize = 20;
constexpr std::uint16_t kHasDescriptor = 1U << 3, kIsUtf8 = 1U << 11;
constexpr std::uint16_t kStored = 0, kDeflated = 8;
constexpr std::size_t kMaxBytes = std::size_t{256} << 20;  // of all records

struct Directory {
  std::size_t begin = 0, end = 0, count = 0;
};

struct Entry {
  ZipRecord record;
  std::uint16_t flags = 0, method = 0;
  std::uint32_t crc = 0, stored_size = 0, size = 0, offset = 0;
};

class Reader {
 public:
  Reader(std::string_view archive, const std::string& where) : archive_(archive), where_(where) {}

  std::vector<ZipRecord> read() {
    std::vector<Entry> entries = entries_of(directory());
    check_tiles(entries);
    std::size_t total = 0;
    std::set<std::string_view> names;
    std::vector<ZipRecord> records;
    for (Entry& entry : entries) {
      if (!names.insert(entry.record.name).second) fail_at(entry, "is there twice");
      total += entry.size;  // fewer than 2^16 records of less than 4 GiB
      if (total > kMaxBytes) fail("its records have more than " + std::to_string(kMaxBytes >> 20) + " MiB");
      unpack(entry);
      records.push_back(std::move(entry.record));
    }
    return records;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::bad_bundle,
                where_ + ": is not an archive of a graph: " + what + ". Export the graph again with scripts/export.");
  }
  [[noreturn]] void fail_at(const Entry& entry, const std::string& what) const {
    fail("record " + printable(entry.record.name) + " " + what);
  }

  // A little-endian number; the caller has checked that it lies inside.
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t bytes) const {
    std::uint64_t value = 0;
    for (std::size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(archive_[at + i]);
    return value;
  }
  [[nodiscard]] std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }

  // The archive ends with the end record; before it there may be the one of zip64, which has to say the same.
  [[nodiscard]] Directory directory() const {
    if (archive_.size() < kEndSize || u32(archive_.size() - kEndSize) != kEndSignature) {
      fail("it does not end with a zip directory");
    }
    const std::size_t end = archive_.size() - kEndSize;
    Directory directory{.begin = u32(end + 16), .end = end, .count = u16(end + 10)};
    const std::size_t size = u32(end + 12);
    if (u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != directory.count || u16(end + 20) != 0) {
      fail("it is split, or has a comment");
    }
    if (end >= kLocatorSize && u32(end - kLocatorSize) == kLocatorSignature) {
      if (end < kLocatorSize + kEnd64Size) fail("its directory is cut");
      const std::size_t end64 = end - kLocatorSize - kEnd64Size;
      const bool is_same = u32(end64) == kEnd64Signature && number(end64 + 4, 8) == kEnd64Size - 12 &&
                           number(end64 + 16, 8) == 0 && number(end64 + 24, 8) == directory.count &&
                           number(end64 + 32, 8) == directory.count && number(end64 + 40, 8) == size &&
                           number(end64 + 48, 8) == directory.begin && number(end - 12, 8) == end64 &&
                           u32(end - 16) == 0 && u32(end - 4) <= 1;
      if (!is_same) fail("its two directories differ");
      directory.end = end64;
    }
    if (directory.begin > directory.end || directory.end - directory.begin != size) {
      fail("its directory does not lie before its end");
    }
    return directory;
  }

  [[nodiscard]] std::vector<Entry> entries_of(const Directory& directory) const {
    std::vector<Entry> entries;
    std::size_t at = directory.begin;
    for (std::size_t i = 0; i < directory.count; ++i) {
      if (directory.end - at < kCentralSize || u32(at) != kCentralSignature) fail("its directory is damaged");
      Entry entry{.record = {},
                  .flags = u16(at + 8),
                  .method = u16(at + 10),
                  .crc = u32(at + 16),
                  .stored_size = u32(at + 20),
                  .size = u32(at + 24),
                  .offset = u32(at + 42)};
      const std::size_t name = u16(at + 28), extra = u16(at + 30), comment = u16(at + 32);
      if (directory.end - at - kCentralSize < name + extra + comment) fail("its directory is damaged");
      entry.record.name = archive_.substr(at + kCentralSize, name);
      if (extra != 0 || comment != 0 || u16(at + 34) != 0) fail_at(entry, "has a comment, or is of 4 GiB or more");
      if ((entry.flags & ~(kHasDescriptor | kIsUtf8)) != 0) fail_at(entry, "is encrypted, or of an unknown kind");
      if (entry.method != kStored && entry.method != kDeflated) {
        fail_at(entry, "is compressed by method " + std::to_string(entry.method));
      }
      if (entry.method == kStored && entry.stored_size != entry.size) fail_at(entry, "has two sizes");
      at += kCentralSize + name;
      entries.push_back(std::move(entry));
    }
    if (at != directory.end) fail("its directory is damaged");
    if (entries.empty()) fail("it is empty");
    directory_begin_ = directory.begin;
    return entries;
  }

  // Finds the bytes of each record; together records fill everything before the directory.
  void check_tiles(std::vector<Entry>& entries) const {
    std::vector<Entry*> order;
    for (Entry& entry : entries) order.push_back(&entry);
    std::ranges::sort(order, {}, &Entry::offset);
    std::size_t at = 0;
    for (Entry* entry : order) {
      if (entry->offset != at) fail_at(*entry, "overlaps another, or has bytes before it");
      at = end_of(*entry);
    }
    if (at != directory_begin_) fail("there are bytes between its records and its directory");
  }

  [[nodiscard]] std::size_t end_of(Entry& entry) const {
    std::size_t at = entry.offset;
    const auto room = [&](std::size_t size) {
      if (directory_begin_ < at || directory_begin_ - at < size) fail_at(entry, "is cut");
    };
    room(kLocalSize);
    const bool has_descriptor = (entry.flags & kHasDescriptor) != 0;
    const auto is = [&](std::size_t offset, std::uint32_t value) {  // zero where the descriptor has the value
      return u32(at + offset) == value || (has_descriptor && u32(at + offset) == 0);
    };
    const std::size_t name = u16(at + 26), extra = u16(at + 28);
    if (u32(at) != kLocalSignature || u16(at + 6) != entry.flags || u16(at + 8) != entry.method || !is(14, entry.crc) ||
        !is(18, entry.stored_size) || !is(22, entry.size)) {
      fail_at(entry, "has two descriptions");
    }
    room(kLocalSize + name + extra + entry.stored_size);
    if (archive_.substr(at + kLocalSize, name) != entry.record.name) fail_at(entry, "has two names");
    entry.record.bytes = archive_.substr(at + kLocalSize + name + extra, entry.stored_size);
    at += kLocalSize + name + extra + entry.stored_size;
    if (!has_descriptor) return at;
    room(kDescriptorSize);
    if (u32(at) != kDescriptorSignature || u32(at + 4) != entry.crc || u32(at + 8) != entry.stored_size ||
        u32(at + 12) != entry.size) {
      fail_at(entry, "has two descriptions");
    }
    return at + kDescriptorSize;
  }

  void unpack(Entry& entry) const {
    const auto span_of = [](std::string_view text) {
      return std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    };
    ZipRecord& record = entry.record;
    if (entry.method == kDeflated) {
      std::optional<std::vector<std::uint8_t>> bytes = inflate_raw_exactly(span_of(record.bytes), entry.size);
      if (!bytes) fail_at(entry, "is damaged");
      record.inflated = std::move(*bytes);
      record.bytes = {reinterpret_cast<const char*>(record.inflated.data()), record.inflated.size()};
    }
    if (crc32(span_of(record.bytes)) != entry.crc) fail_at(entry, "is damaged");
  }

  std::string_view archive_;
  const std::string& where_;
  mutable std::size_t directory_begin_ = 0;
};

}  // namespace

std::vector<ZipRecord> read_zip(std::string_view archive, const std::string& where) {
  return Reader(archive, where).read();
}

}  // namespace sfumato

// The records of a zip archive (APPNOTE.TXT 6.3), read strictly: for graphs of people who need not be trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

struct ZipRecord {
  std::string_view name;               // in the archive's bytes
  std::string_view bytes;              // in the archive's bytes, or in `inflated`
  std::vector<std::uint8_t> inflated;  // empty if the record is stored
};

// Records in the order of the central directory. Every byte of the archive belongs to exactly one record or to the
// directory at its end, so that no other reader sees another archive: records do not overlap, have no bytes between
// them, and are named alike in both places; names differ. Records are stored or deflated, of at most 256 MiB together;
// their CRC-32 is compared. Encrypted and split archives, comments, and records of 4 GiB are refused. Linear in time.
// Throws Error(bad_bundle) beginning with `where`.
[[nodiscard]] std::vector<ZipRecord> read_zip(std::string_view archive, const std::string& where);

}  // namespace sfumato

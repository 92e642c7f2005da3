// Zip archives for tests, stored, as scripts/training/graphs.py writes graphs.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "image/deflate.h"

namespace sfumato {

struct ZipMember {
  std::string name, content;
  unsigned method = 0;      // of compression
  std::string stored = {};  // its bytes in the archive, if they are not `content`
  unsigned flags = 0;
  std::string extra = {};  // in the local header
};

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8) text += static_cast<char>(value & 0xFF);
  return text;
}

inline std::string zip_file(const std::vector<ZipMember>& members) {
  std::string archive, directory;
  for (const ZipMember& member : members) {
    const std::string& stored = member.stored.empty() ? member.content : member.stored;
    const std::uint32_t crc =
        crc32({reinterpret_cast<const std::uint8_t*>(member.content.data()), member.content.size()});
    const std::string common = little_endian(member.flags, 2) + little_endian(member.method, 2) + little_endian(0, 4) +
                               little_endian(crc, 4) + little_endian(stored.size(), 4) +
                               little_endian(member.content.size(), 4) + little_endian(member.name.size(), 2);
    directory += "PK\x01\x02" + little_endian(20, 2) + little_endian(20, 2) + common + little_endian(0, 12) +
                 little_endian(archive.size(), 4) + member.name;
    archive += "PK\x03\x04" + little_endian(20, 2) + common + little_endian(member.extra.size(), 2) + member.name +
               member.extra + stored;
  }
  const std::string count = little_endian(members.size(), 2);
  return archive + directory + "PK\x05\x06" + little_endian(0, 4) + count + count + little_endian(directory.size(), 4) +
         little_endian(archive.size(), 4) + little_endian(0, 2);
}

}  // namespace sfumato

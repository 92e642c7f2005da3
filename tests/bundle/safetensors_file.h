// A safetensors file in memory.
#pragma once

#include <cstdint>
#include <string>

namespace sfumato {

inline std::string safetensors_file(const std::string& header, const std::string& data, std::uint64_t announced) {
  std::string file;
  for (int shift = 0; shift < 64; shift += 8) file += static_cast<char>(announced >> shift & 0xFF);
  return file + header + data;
}

inline std::string safetensors_file(const std::string& header, const std::string& data) {
  return safetensors_file(header, data, header.size());
}

}  // namespace sfumato

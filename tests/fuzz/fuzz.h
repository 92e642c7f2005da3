// What the fuzz targets share. A target defines fuzz(); libFuzzer gives it bytes that it changes to reach new code.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "sfumato/error.h"

namespace sfumato {

void fuzz(std::string_view input);

// Ends the process, which libFuzzer reports as a finding.
inline void check(bool good, std::string_view what = "") {
  if (good) return;
  std::fprintf(stderr, "check failed: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

constexpr std::size_t kMaxMessage = 4096;  // bytes

// Text that may go to a terminal: no control characters but line ends, valid UTF-8.
inline bool is_harmless(std::string_view text) {
  const auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f'; };
  return !std::ranges::any_of(text, is_control) && !invalid_utf8_at(text);
}

// The result of `action`; nullopt if it throws an Error of one of these kinds with one harmless line.
template <typename Action>
auto result_of(std::initializer_list<ErrorKind> kinds, const Action& action) -> std::optional<decltype(action())> {
  try {
    return action();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    check(std::ranges::find(kinds, error.kind()) != kinds.end(), message);
    check(is_harmless(message) && message.find('\n') == std::string_view::npos, message);
    check(message.size() <= kMaxMessage, "a long message");
    return std::nullopt;
  }
}

// Takes the piece before the next separator from `input`; all of it if there is none.
inline std::string_view next_piece(std::string_view& input, std::string_view separator) {
  const std::size_t end = input.find(separator);
  const std::string_view piece = input.substr(0, end);
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + separator.size());
  return piece;
}

// A number below `n` from the first byte of `input`, which is taken.
inline std::size_t choice(std::string_view& input, std::size_t n) {
  if (input.empty()) return 0;
  const auto byte = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return byte % n;
}

// The input without '/', so that a path in it stays in the working folder.
inline std::string without_slashes(std::string_view input) {
  std::string text(input);
  std::ranges::replace(text, '/', '_');
  return text;
}

// An empty folder of this process in memory. From the first call on it is the working folder, and standard input is
// empty; it is removed when the process ends in order. Folders of libFuzzer's command line have to be absolute paths.
inline const std::filesystem::path& scratch() {
  static const struct Folder {
    Folder() {
      std::error_code error;
      const std::filesystem::path shared = "/dev/shm";
      const bool is_there = std::filesystem::is_directory(shared, error);
      std::string name =
          ((is_there ? shared : std::filesystem::temp_directory_path()) / "sfumato-fuzz-XXXXXX").string();
      check(mkdtemp(name.data()) != nullptr && chdir(name.c_str()) == 0, "no folder to work in");
      check(std::freopen("/dev/null", "r", stdin) != nullptr, "no /dev/null");
      path = name;
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
  } folder;
  return folder.path;
}

inline void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace sfumato

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sfumato::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}

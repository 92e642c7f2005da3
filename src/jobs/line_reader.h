// A text file or standard input, line by line, whatever its size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sfumato {

struct Line {
  std::string text{};        // without its end, \n or \r\n
  std::uint64_t number = 0;  // from 1
  std::string fault{};       // why it cannot be used: longer than 1 MiB, not UTF-8, a NUL; empty: it can
};

class LineReader {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{1} << 20;

  // path: "-" is standard input. Throws Error(input_missing) if it cannot be opened, with the system's reason.
  explicit LineReader(const std::string& path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // The next line; nothing at the end. A byte order mark is passed over. Throws Error(bad_data) for a file that looks
  // like UTF-16, Error(input_missing) or Error(io_error) if reading fails, and what throw_if_interrupted() throws while
  // it waits.
  [[nodiscard]] std::optional<Line> next();

 private:
  bool fill();
  void refuse_utf16() const;

  std::string name_;  // for messages
  int file_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
  bool begun_ = false;
};

// Without the white space at its ends.
[[nodiscard]] std::string stripped(std::string_view text);

}  // namespace sfumato

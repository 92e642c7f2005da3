// Reads a text file, a FIFO or standard input line by line, in constant memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace sfumato {

struct Line {
  std::string text{};        // without its line end, \n or \r\n
  std::uint64_t number = 0;  // from 1
  std::string fault{};       // why the line is unusable: longer than kMaxLine, not UTF-8, a NUL; empty if it is usable
};

class LineReader {
 public:
  static constexpr std::size_t kMaxLine = std::size_t{1} << 20;  // bytes

  // What may be read: whatever a person names, or only a regular file.
  enum class Source { any, file };

  // path: "-" is standard input. A FIFO is opened without waiting for a writer: next() waits. Throws
  // Error(input_missing) with the reason if the file cannot be opened.
  explicit LineReader(const std::string& path, Source source = Source::any);

  // The next line; nullopt at the end. Skips a byte order mark. Throws Error(bad_data) for a file that looks like
  // UTF-16, Error(input_missing) or Error(io_error) if reading fails, and as throw_if_interrupted() within 0.2 s.
  [[nodiscard]] std::optional<Line> next();

  // Whether next() returns at once. Waits for the file's writer up to `patience`, and reads on that long if a line is
  // not complete; a signal that was received ends both. Throws as next() does.
  [[nodiscard]] bool ready(std::chrono::milliseconds patience);

 private:
  [[nodiscard]] bool wait(std::chrono::milliseconds patience) const;
  void read_block();
  bool begin();
  bool has_line();
  void refuse_utf16() const;

  std::string name_;       // for messages
  FileDescriptor opened_;  // none for standard input
  int file_;
  std::string buffer_;
  std::size_t pos_ = 0;       // begin of the next line in buffer_
  std::size_t searched_ = 0;  // no line end lies between pos_ and here
  std::size_t end_ = 0;       // end of the next line, if has_line(); npos: the end of the file
  std::uint64_t number_ = 0;
  bool begun_ = false;
  bool overlong_ = false;  // the beginning of the line was dropped
  bool ended_ = false;     // the end of the file is reached
};

// The text without white space at its ends.
[[nodiscard]] std::string stripped(std::string_view text);

}  // namespace sfumato

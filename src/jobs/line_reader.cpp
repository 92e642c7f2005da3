#include "jobs/line_reader.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/open_file.h"
#include "base/printable.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::chrono::milliseconds kPatience{200};
constexpr std::chrono::milliseconds kReading{20};  // for which even an impatient caller reads what is there

FileDescriptor opened(const std::string& path, LineReader::Source source) {
  if (source == LineReader::Source::file) return open_file(path, ErrorKind::input_missing);
  return path == "-" ? FileDescriptor() : open_stream(path, ErrorKind::input_missing);
}

}  // namespace

LineReader::LineReader(const std::string& path, Source source)
    : name_(path == "-" ? "standard input" : printable(path, 300)),
      opened_(opened(path, source)),
      file_(opened_ ? opened_.get() : STDIN_FILENO) {}

bool LineReader::wait(std::chrono::milliseconds patience) const {
  pollfd waiting{.fd = file_, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
}

// Appends one block to the buffer, or sets ended_.
void LineReader::read_block() {
  buffer_.erase(0, pos_);
  searched_ -= std::min(searched_, pos_);
  pos_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kBlock);
  const ssize_t count = read(file_, buffer_.data() + size, kBlock);
  buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0 && errno != EINTR && errno != EAGAIN) {  // EAGAIN: another process has read what was there
    const ErrorKind kind = begun_ ? ErrorKind::io_error : ErrorKind::input_missing;
    throw Error(kind, name_ + ": " + std::strerror(errno) + ".");
  }
  ended_ = count == 0;
}

void LineReader::refuse_utf16() const {
  const std::string_view begin = std::string_view(buffer_).substr(0, 4);
  const bool marked = begin.starts_with("\xff\xfe") || begin.starts_with("\xfe\xff");
  // ASCII in UTF-16 has a zero byte next to each letter.
  const bool zeros = begin.size() == 4 && ((begin[0] == 0 && begin[2] == 0 && begin[1] != 0 && begin[3] != 0) ||
                                           (begin[1] == 0 && begin[3] == 0 && begin[0] != 0 && begin[2] != 0));
  if (marked || zeros) {
    throw Error(ErrorKind::bad_data,
                name_ + ": looks like UTF-16. Convert it: iconv -f UTF-16 -t UTF-8 FILE > NEWFILE.");
  }
}

// Whether enough of the file is in the buffer to tell UTF-16 from text.
bool LineReader::begin() {
  const bool is_short_line = buffer_.find('\n') != std::string::npos && buffer_.find('\0') == std::string::npos;
  if (buffer_.size() < 4 && !ended_ && !is_short_line) return false;
  begun_ = true;
  refuse_utf16();
  if (buffer_.starts_with("\xef\xbb\xbf")) pos_ = 3;
  return true;
}

// Whether the next line, or the end of the file, is in the buffer. Drops what is read of a line that is too long.
bool LineReader::has_line() {
  if (!begun_ && !begin()) return false;
  end_ = buffer_.find('\n', std::max(pos_, searched_));
  if (end_ != std::string::npos) return true;
  if (buffer_.size() - pos_ > kMaxLine) overlong_ = true;
  if (overlong_) pos_ = buffer_.size();
  searched_ = buffer_.size();
  return ended_;
}

bool LineReader::ready(std::chrono::milliseconds patience) {
  const auto begin = std::chrono::steady_clock::now();
  while (!has_line()) {
    const auto gone = std::chrono::steady_clock::now() - begin;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(patience - gone);
    // A line may have no end: /dev/zero.
    if (received_signal() != 0 || gone > std::max(patience, kReading)) return false;
    if (!wait(std::max(left, std::chrono::milliseconds(0)))) return false;
    read_block();
  }
  return true;
}

std::optional<Line> LineReader::next() {
  do {
    throw_if_interrupted();  // there may be no end of lines that say nothing
  } while (!ready(kPatience));
  const bool too_long = std::exchange(overlong_, false);
  const std::size_t end = std::min(end_, buffer_.size());
  if (end_ == std::string::npos && pos_ == end && !too_long) return std::nullopt;
  Line line{.text = "", .number = ++number_, .fault = ""};
  if (too_long || end - pos_ > kMaxLine) {
    line.fault = "is longer than " + std::to_string(kMaxLine) + " bytes.";
  } else {
    line.text = buffer_.substr(pos_, end - pos_);
    if (line.text.ends_with('\r')) line.text.pop_back();
    if (const std::size_t zero = line.text.find('\0'); zero != std::string::npos) {
      line.fault = "a NUL at byte " + std::to_string(zero + 1) + "; a line of text is expected.";
    } else if (const auto offset = invalid_utf8_at(line.text)) {
      line.fault = "not UTF-8 at byte " + std::to_string(*offset + 1) + ".";
    }
  }
  pos_ = std::min(end + 1, buffer_.size());
  return line;
}

std::string stripped(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\f\v");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\f\v") - begin + 1));
}

}  // namespace sfumato

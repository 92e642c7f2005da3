#include "jobs/line_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/printable.h"
#include "base/signals.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr int kWaitMilliseconds = 200;

}  // namespace

// O_NONBLOCK: a FIFO opens without waiting for its writer, which next() does, so that Ctrl-C is heeded.
LineReader::LineReader(const std::string& path)
    : name_(path == "-" ? "standard input" : printable(path, 300)),
      file_(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (file_ < 0) throw Error(ErrorKind::input_missing, name_ + ": " + std::strerror(errno) + ".");
}

LineReader::~LineReader() {
  if (file_ != STDIN_FILENO) close(file_);
}

// One block more at the end of the buffer; false at the end of the file.
bool LineReader::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kBlock);
  for (;;) {
    // Who feeds a pipe may take his time, and Ctrl-C shall not wait for him.
    pollfd waiting{.fd = file_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, kWaitMilliseconds) <= 0) {
      throw_if_interrupted();
      continue;
    }
    const ssize_t count = read(file_, buffer_.data() + size, kBlock);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const ErrorKind kind = begun_ ? ErrorKind::io_error : ErrorKind::input_missing;
      throw Error(kind, name_ + ": " + std::strerror(errno) + ".");
    }
    buffer_.resize(size + static_cast<std::size_t>(count));
    return count > 0;
  }
}

void LineReader::refuse_utf16() const {
  const std::string_view begin = std::string_view(buffer_).substr(0, 4);
  const bool marked = begin.starts_with("\xff\xfe") || begin.starts_with("\xfe\xff");
  // Latin letters in UTF-16 have a zero beside each.
  const bool zeros = begin.size() == 4 && ((begin[0] == 0 && begin[2] == 0 && begin[1] != 0 && begin[3] != 0) ||
                                           (begin[1] == 0 && begin[3] == 0 && begin[0] != 0 && begin[2] != 0));
  if (marked || zeros) {
    throw Error(ErrorKind::bad_data,
                name_ + ": looks like UTF-16. Convert it: iconv -f UTF-16 -t UTF-8 FILE > NEWFILE.");
  }
}

std::optional<Line> LineReader::next() {
  if (!begun_) {
    while (buffer_.size() < 4 && fill()) {
    }
    begun_ = true;
    refuse_utf16();
    if (buffer_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }
  std::size_t end = buffer_.find('\n', at_);
  bool too_long = false;
  while (end == std::string::npos) {
    std::size_t seen = buffer_.size() - at_;
    if (too_long || seen > kMaxLine) {
      too_long = true;  // the rest of it is read and let go
      at_ = buffer_.size();
      seen = 0;
    }
    if (!fill()) {
      if (buffer_.empty() && !too_long) return std::nullopt;
      end = buffer_.size();
    } else {
      end = buffer_.find('\n', seen);
    }
  }
  Line line{.text = "", .number = ++number_, .fault = ""};
  if (too_long || end - at_ > kMaxLine) {
    line.fault = "is longer than " + std::to_string(kMaxLine) + " bytes.";
  } else {
    line.text = buffer_.substr(at_, end - at_);
    if (line.text.ends_with('\r')) line.text.pop_back();
    if (const std::size_t zero = line.text.find('\0'); zero != std::string::npos) {
      line.fault = "a NUL at byte " + std::to_string(zero + 1) + "; a line of text is wanted.";
    } else if (const auto offset = invalid_utf8_at(line.text)) {
      line.fault = "not UTF-8 at byte " + std::to_string(*offset + 1) + ".";
    }
  }
  at_ = std::min(end + 1, buffer_.size());
  return line;
}

std::string stripped(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\f\v");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\f\v") - begin + 1));
}

}  // namespace sfumato

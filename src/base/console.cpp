#include "base/console.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <iostream>
#include <limits>
#include <string>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kEraseLine = "\r\x1b[K";

std::string one_line(std::string_view text) { return printable(text, std::numeric_limits<std::size_t>::max()); }

}  // namespace

void Console::put(std::string_view text) {
  clear();
  stream_ << text << std::flush;
}

void Console::line(std::string_view text) { put(one_line(text) + "\n"); }

void Console::message(std::string_view text) { line("sfumato: " + std::string(text)); }

void Console::lines(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    escaped += one_line(text.substr(0, end));
    if (end == std::string_view::npos) break;
    escaped += '\n';
    text.remove_prefix(end + 1);
  }
  put(escaped);
}

void Console::line_with_square(std::string_view before, std::uint32_t colour, std::string_view after) {
  const auto channel = [&](int shift) { return std::to_string(colour >> shift & 0xFF); };
  const std::string square = "\x1b[48;2;" + channel(16) + ";" + channel(8) + ";" + channel(0) + "m  \x1b[0m ";
  put(one_line(before) + (is_terminal_ ? square : "") + one_line(after) + "\n");
}

void Console::redraw(std::string_view text) {
  if (!is_terminal_) return;
  stream_ << '\r' << one_line(text) << "\x1b[K" << std::flush;
  is_drawn_ = true;
}

void Console::clear() {
  if (is_drawn_) stream_ << kEraseLine << std::flush;
  is_drawn_ = false;
}

void Console::json(const Json& value) { put(dump_json(value) + "\n"); }

void Console::path(const std::filesystem::path& path, PathEnd end) {
  if (is_terminal_) return line(path.string());
  put(path.string() + (end == PathEnd::nul ? '\0' : '\n'));
}

void Console::bytes(std::span<const std::uint8_t> data) {
  stream_.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
  stream_.flush();
}

void Console::check(std::string_view more) {
  if (stream_.flush()) return;
  throw Error(ErrorKind::io_error,
              "standard output cannot be written to." + (more.empty() ? "" : " " + std::string(more)));
}

Console& standard_output() {
  static Console console(std::cout, isatty(STDOUT_FILENO) == 1);
  return console;
}

Console& standard_error() {
  static Console console(std::cerr, isatty(STDERR_FILENO) == 1);
  return console;
}

void write_error_now(const char* text) noexcept { static_cast<void>(!write(STDERR_FILENO, text, std::strlen(text))); }

void occupy_closed_streams() {
  int file = open("/dev/null", O_RDONLY);
  while (file >= 0 && file <= STDERR_FILENO) file = open("/dev/null", O_RDONLY);
  close(file);
}

}  // namespace sfumato

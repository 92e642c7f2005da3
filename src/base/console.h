// The standard streams. All that the program writes to them goes through this class, so that no text of a stranger
// (prompts, metadata, names of files, models and hosts) reaches a terminal raw. scripts/check/rooms.py refuses
// std::cout, std::cerr and their kind elsewhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <span>
#include <string_view>

#include "base/json.h"

namespace sfumato {

// What ends each path for programs: newline, or NUL, which no path contains.
enum class PathEnd { newline, nul };

class Console {
 public:
  // stream must outlive it. is_terminal: lines can be redrawn and coloured, and paths are escaped.
  explicit Console(std::ostream& stream, bool is_terminal = false) : stream_(stream), is_terminal_(is_terminal) {}
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  [[nodiscard]] bool is_terminal() const { return is_terminal_; }

  // For people. Controls, marks that change the direction of writing, and invalid UTF-8 are escaped as printable() does
  // (base/printable.h), in a terminal and in a pipe.

  // One line, whatever line ends are in the text.
  void line(std::string_view text);
  // The same after "sfumato: ".
  void message(std::string_view text);
  // A text of several lines, such as --help: its line ends stay.
  void lines(std::string_view text);
  // One line; in a terminal with a square of the colour, 0xRRGGBB, between `before` and `after`.
  void line_with_square(std::string_view before, std::uint32_t colour, std::string_view after);
  // In a terminal: replaces the line that was redrawn last; nothing else may be written before clear().
  void redraw(std::string_view text);
  // Removes that line, if there is one.
  void clear();

  // For programs.

  // One line of JSON in ASCII; bytes that are not UTF-8 become U+FFFD.
  void json(const Json& value);
  // A path, raw. In a terminal it is a line for people instead, whatever the end.
  void path(const std::filesystem::path& path, PathEnd end = PathEnd::newline);
  void bytes(std::span<const std::uint8_t> data);

  // Throws Error(io_error) if what was written did not arrive. more: what the user should know, with a full stop.
  void check(std::string_view more = "");

 private:
  void put(std::string_view text);

  std::ostream& stream_;
  bool is_terminal_;
  bool is_drawn_ = false;
};

[[nodiscard]] Console& standard_output();
[[nodiscard]] Console& standard_error();

// For signal handlers and a program that hangs: writes to standard error at once. text: of this program alone.
void write_error_now(const char* text) noexcept;

// The next file that is opened gets the number of a closed standard stream, so that messages would end up in a picture.
// Opened for reading, the stream still cannot be written to.
void occupy_closed_streams();

}  // namespace sfumato

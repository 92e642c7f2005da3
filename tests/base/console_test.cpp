#include "base/console.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "error_of.h"
#include "text_console.h"

namespace sfumato {
namespace {

// ESC, a C1 control, a mark and an override of the direction of writing, an isolate, a byte that is not UTF-8, CR.
const std::string kHostile = "a\x1b[2Jb\xc2\x9b\xe2\x80\x8f\xe2\x80\xae\xe2\x81\xa6\xd8\x9c\xff\rc";
const std::string kEscaped = "a\\x1b[2Jb\\x9b\\u200f\\u202e\\u2066\\u061c\\xff\\x0dc";

TEST(Console, EscapesWhatMovesTheCursorOrTurnsTheTextAround) {
  for (const bool is_terminal : {false, true}) {
    TextConsole console(is_terminal);
    console->line(kHostile);
    console->message(kHostile);
    console->lines(kHostile + "\nd\n");
    console->line_with_square("", 0, "");
    EXPECT_TRUE(console.str().starts_with(kEscaped + "\nsfumato: " + kEscaped + "\n" + kEscaped + "\nd\n"))
        << console.str();
  }
}

TEST(Console, WritesOneLineWhateverIsInIt) {
  TextConsole console;
  console->line("a\nsfumato: error: forged\n");
  console->message("b\nc");
  EXPECT_EQ(console.str(), "a\\nsfumato: error: forged\\n\nsfumato: b\\nc\n");
}

TEST(Console, KeepsTheLineEndsOfATextAndItsMissingLastOne) {
  TextConsole console;
  console->lines("a\n\nb\tc\n");
  console->lines("");
  console->lines("d");
  EXPECT_EQ(console.str(), "a\n\nb\\x09c\nd");
}

TEST(Console, RedrawsALineOnATerminalAndRemovesItBeforeTheNext) {
  TextConsole console(/*is_terminal=*/true);
  console->redraw("1 of 2");
  console->redraw("2 of 2 \x1b[2J");
  console->line("done");
  console->clear();
  EXPECT_EQ(console.str(), "\r1 of 2\x1b[K\r2 of 2 \\x1b[2J\x1b[K\r\x1b[Kdone\n");
}

TEST(Console, RedrawsNothingInAPipe) {
  TextConsole console;
  console->redraw("1 of 2");
  console->clear();
  EXPECT_EQ(console.str(), "");
}

TEST(Console, ShowsAColourOnATerminal) {
  TextConsole pipe, terminal(/*is_terminal=*/true);
  pipe->line_with_square("skin: ", 0x8d5524, "#8d5524");
  terminal->line_with_square("skin: ", 0x8d5524, "#8d5524");
  EXPECT_EQ(pipe.str(), "skin: #8d5524\n");
  EXPECT_EQ(terminal.str(), "skin: \x1b[48;2;141;85;36m  \x1b[0m #8d5524\n");
}

TEST(Console, GivesPathsToProgramsRawAndToPeopleEscaped) {
  TextConsole pipe, terminal(/*is_terminal=*/true);
  for (const PathEnd end : {PathEnd::newline, PathEnd::nul}) {
    pipe->path(kHostile, end);
    terminal->path(kHostile, end);
  }
  EXPECT_EQ(pipe.str(), kHostile + "\n" + kHostile + std::string(1, '\0'));
  EXPECT_EQ(terminal.str(), kEscaped + "\n" + kEscaped + "\n");
}

TEST(Console, WritesJsonInAsciiWhateverTheBytesAre) {
  TextConsole console;
  console->json({JsonObject{{"path", {kHostile}}}});
  EXPECT_EQ(console.str(), "{\"path\":\"a\\u001b[2Jb\\u009b\\u200f\\u202e\\u2066\\u061c\\ufffd\\rc\"}\n");
}

TEST(Console, GivesBytesAsTheyAre) {
  TextConsole console;
  console->bytes(std::vector<std::uint8_t>{0, 27, 255, 10});
  EXPECT_EQ(console.str(), std::string("\0\x1b\xff\n", 4));
}

TEST(Console, TellsWhenNobodyReads) {
  TextConsole console;
  console->check();
  console.close();
  console->line("a");
  EXPECT_EQ(error_of([&] { console->check(); }), "io_error: standard output cannot be written to.");
  EXPECT_EQ(error_of([&] { console->check("The bundle is safe."); }),
            "io_error: standard output cannot be written to. The bundle is safe.");
}

}  // namespace
}  // namespace sfumato

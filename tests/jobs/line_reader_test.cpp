#include "jobs/line_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

class LineReaderTest : public ::testing::Test {
 protected:
  const std::filesystem::path& folder() const { return folder_; }

  std::string path() { return (folder() / "x.txt").string(); }

  // "1:a 2:b"; a line that cannot be used with its fault in brackets.
  std::string lines(const std::string& text) {
    std::ofstream(path(), std::ios::binary) << text;
    LineReader reader(path());
    std::string result;
    while (const std::optional<Line> line = reader.next()) {
      result += (result.empty() ? "" : " ") + std::to_string(line->number) + ":" +
                (line->fault.empty() ? line->text : "[" + line->fault + "]");
    }
    return result;
  }

 private:
  std::filesystem::path folder_ = test_folder();
};

TEST_F(LineReaderTest, GivesLinesWithTheirNumbers) {
  EXPECT_EQ(lines("a\nb\n"), "1:a 2:b");
  EXPECT_EQ(lines("a\n\nb"), "1:a 2: 3:b");
  EXPECT_EQ(lines(""), "");
  EXPECT_EQ(lines("\n"), "1:");
}

TEST_F(LineReaderTest, TakesEitherLineEndAndAByteOrderMark) {
  EXPECT_EQ(lines("a\r\nb\r\n"), "1:a 2:b");
  EXPECT_EQ(lines("\xef\xbb\xbf"
                  "a\nb"),
            "1:a 2:b");
  EXPECT_EQ(lines("\xef\xbb\xbf"), "");
}

TEST_F(LineReaderTest, ReadsLinesAcrossItsBlocks) {
  std::string text, expected;
  for (int i = 1; i <= 200; ++i) {
    const std::string line(static_cast<std::size_t>(i) * 37 % 2001, static_cast<char>('a' + i % 26));
    text += line + "\n";
    expected += (i == 1 ? "" : " ") + std::to_string(i) + ":" + line;
  }
  EXPECT_EQ(lines(text), expected);
}

TEST_F(LineReaderTest, RefusesLinesThatAreTooLongAndGoesOn) {
  const std::string longest(LineReader::kMaxLine, 'a');
  EXPECT_EQ(lines(longest + "\nb\n"), "1:" + longest + " 2:b");
  const std::string fault = "[is longer than 1048576 bytes.]";
  EXPECT_EQ(lines(longest + "a\nb\n"), "1:" + fault + " 2:b");
  EXPECT_EQ(lines(longest + longest + longest + "\nb"), "1:" + fault + " 2:b");
  EXPECT_EQ(lines("a\n" + longest + longest), "1:a 2:" + fault);
}

TEST_F(LineReaderTest, RefusesBytesThatAreNoTextAndGoesOn) {
  using namespace std::string_literals;
  EXPECT_EQ(lines("a cat\nb\xff\nc\n"), "1:a cat 2:[not UTF-8 at byte 2.] 3:c");
  EXPECT_EQ(lines("a cat\nb\0d\nc\n"s), "1:a cat 2:[a NUL at byte 2; a line of text is expected.] 3:c");
}

TEST_F(LineReaderTest, RecognisesUtf16) {
  using namespace std::string_literals;
  for (const std::string& text : {"\xff\xfe"
                                  "a\0\n\0"s,
                                  "\xfe\xff\0a\0\n"s, "a\0b\0c\0"s, "\0a\0b\0c"s}) {
    EXPECT_EQ(error_of([&] { (void)lines(text); }),
              "bad_data: " + path() + ": looks like UTF-16. Convert it: iconv -f UTF-16 -t UTF-8 FILE > NEWFILE.");
  }
}

TEST_F(LineReaderTest, WaitsForTheWriterOfAFifoAndReadsToItsEnd) {
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  LineReader reader(path());  // returns at once, though nobody writes
  EXPECT_FALSE(reader.ready(std::chrono::milliseconds(1)));
  std::thread writer([&] {
    const int fifo = open(path().c_str(), O_WRONLY);
    EXPECT_EQ(write(fifo, "a\nb", 3), 3);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(write(fifo, "c\n", 2), 2);
    close(fifo);
  });
  std::string lines;
  while (const std::optional<Line> line = reader.next()) lines += line->text + ";";
  writer.join();
  EXPECT_EQ(lines, "a;bc;");
}

TEST_F(LineReaderTest, NamesWhatCannotBeRead) {
  EXPECT_EQ(error_of([&] { LineReader reader((folder() / "none").string()); }),
            "input_missing: " + (folder() / "none").string() + ": No such file or directory.");
  EXPECT_EQ(error_of([&] { LineReader reader(folder().string()); }),
            "input_missing: " + folder().string() + ": is a folder; a file is expected.");
}

using std::chrono::milliseconds;

// A pipe whose reading end is opened by path, as /dev/stdin is.
struct Pipe {
  Pipe() { EXPECT_EQ(pipe(ends), 0); }
  ~Pipe() {
    close(ends[0]);
    finish();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] std::string path() const { return "/dev/fd/" + std::to_string(ends[0]); }
  void write(const std::string& text) const {
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void finish() {
    if (ends[1] >= 0) close(std::exchange(ends[1], -1));
  }
  int ends[2] = {-1, -1};
};

TEST_F(LineReaderTest, IsReadyWhenAWholeLineWasWritten) {
  Pipe pipe;
  LineReader reader(pipe.path());
  EXPECT_FALSE(reader.ready(milliseconds(0)));
  pipe.write("a");
  EXPECT_FALSE(reader.ready(milliseconds(1)));
  pipe.write("\n");
  EXPECT_TRUE(reader.ready(milliseconds(0))) << "a line of two bytes is enough to begin with";
  EXPECT_TRUE(reader.ready(milliseconds(0)));
  EXPECT_EQ(reader.next()->text, "a");
  EXPECT_FALSE(reader.ready(milliseconds(0)));
  pipe.write("bc\nde");
  EXPECT_TRUE(reader.ready(milliseconds(0)));
  EXPECT_EQ(reader.next()->text, "bc");
  EXPECT_FALSE(reader.ready(milliseconds(0)));
  pipe.finish();
  EXPECT_TRUE(reader.ready(milliseconds(0)));
  EXPECT_EQ(reader.next()->text, "de");
  EXPECT_TRUE(reader.ready(milliseconds(0)));
  EXPECT_FALSE(reader.next().has_value());
}

TEST_F(LineReaderTest, GivesUpALineWithoutAnEndForAWhile) {
  LineReader reader("/dev/zero");
  EXPECT_FALSE(reader.ready(milliseconds(0)));
  EXPECT_FALSE(reader.ready(milliseconds(1)));
}

TEST_F(LineReaderTest, ReadsARegularFileIfNothingElseIsExpected) {
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { LineReader(path(), LineReader::Source::file); }),
            "input_missing: " + path() + ": is a named pipe; a regular file is expected.");
}

TEST_F(LineReaderTest, DropsALineThatIsTooLongWhileItWaits) {
  Pipe pipe;
  LineReader reader(pipe.path());
  const std::string block(std::size_t{32} << 10, 'x');
  for (int i = 0; i < 40; ++i) {  // 1.25 MiB
    pipe.write(block);
    EXPECT_FALSE(reader.ready(milliseconds(0)));
  }
  pipe.write("\nb\n");
  EXPECT_TRUE(reader.ready(milliseconds(0)));
  EXPECT_EQ(reader.next()->fault, "is longer than 1048576 bytes.");
  EXPECT_EQ(reader.next()->text, "b");
}

}  // namespace
}  // namespace sfumato

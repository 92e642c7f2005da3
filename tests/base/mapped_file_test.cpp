#include "base/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

using Change = MappedFile::Change;

// The clock of a file system may stand still for some milliseconds.
void let_the_clock_go_on() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

class MappedFileTest : public ::testing::Test {
 protected:
  MappedFileTest() {
    write_file(path_, "weights");
    let_the_clock_go_on();
  }
  void overwrite_in_place() { std::fstream(path_, std::ios::in | std::ios::out | std::ios::binary) << "WEIGHTS"; }

  std::filesystem::path path_ = test_folder() / "file";
};

TEST_F(MappedFileTest, SeesAnOverwriteInPlace) {
  MappedFile file(path_, ErrorKind::bad_bundle);
  EXPECT_EQ(file.text(), "weights");
  EXPECT_EQ(file.change(), Change::none);
  overwrite_in_place();
  EXPECT_EQ(file.change(), Change::content);
  file.accept_change();
  EXPECT_EQ(file.change(), Change::none);
}

TEST_F(MappedFileTest, SeesAnOverwriteThatSetsTheTimeBack) {
  const MappedFile file(path_, ErrorKind::bad_bundle);
  const auto time = std::filesystem::last_write_time(path_);
  overwrite_in_place();
  std::filesystem::last_write_time(path_, time);
  EXPECT_EQ(file.change(), Change::status);
}

TEST_F(MappedFileTest, SeesThatItsStatusAloneHasChanged) {
  const MappedFile file(path_, ErrorKind::bad_bundle);
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  EXPECT_EQ(file.change(), Change::status);
}

TEST_F(MappedFileTest, SurvivesBeingMoved) {
  MappedFile first(path_, ErrorKind::bad_bundle);
  const MappedFile file = std::move(first);
  EXPECT_EQ(file.text(), "weights");
  EXPECT_STREQ(MappedFile::path_at(file.bytes().data() + 3), path_.c_str());
}

TEST_F(MappedFileTest, ReadsAPartWithoutTheMapping) {
  const MappedFile file(path_, ErrorKind::bad_data);
  char copy[4] = "";
  file.read(file.bytes().subspan(2, 3), std::as_writable_bytes(std::span(copy, 3)));
  EXPECT_STREQ(copy, "igh");
  std::filesystem::resize_file(path_, 3);
  EXPECT_EQ(error_of([&] { file.read(file.bytes().subspan(2, 3), std::as_writable_bytes(std::span(copy, 3))); }),
            "bad_data: " + path_.string() + ": was cut short while it was read.");
}

TEST_F(MappedFileTest, IsKnownByItsAddressesWhileItLives) {
  const void* address = nullptr;
  {
    const MappedFile file(path_, ErrorKind::bad_bundle);
    address = file.bytes().data();
    EXPECT_STREQ(MappedFile::path_at(address), path_.c_str());
    EXPECT_EQ(MappedFile::path_at(file.bytes().data() + 7), nullptr);
  }
  EXPECT_EQ(MappedFile::path_at(address), nullptr);
}

using MappedFileDeathTest = MappedFileTest;

TEST_F(MappedFileDeathTest, EndsWithAMessageIfTheBytesAreGone) {
  const auto touch = [&] {
    end_on_lost_mappings(78);
    const MappedFile file(path_, ErrorKind::bad_bundle);
    std::filesystem::resize_file(path_, 0);
    volatile std::byte lost = file.bytes()[0];
    static_cast<void>(lost);
  };
  EXPECT_EXIT(touch(), ::testing::ExitedWithCode(78),
              "sfumato: error: .*/file: was cut short, or cannot be read any more, while it was in use.");
}

TEST_F(MappedFileDeathTest, LeavesOtherFaultsToTheHandlerBefore) {
  const auto raise_it = [] {
    std::signal(SIGBUS, SIG_DFL);  // a sanitizer has a handler of its own
    end_on_lost_mappings(78);
    raise(SIGBUS);
  };
  EXPECT_EXIT(raise_it(), ::testing::KilledBySignal(SIGBUS), "");
}

TEST_F(MappedFileTest, RefusesALink) {
  const std::filesystem::path link = path_.parent_path() / "link";
  std::filesystem::create_symlink(path_, link);
  EXPECT_EQ(error_of([&] { MappedFile(link, ErrorKind::bad_bundle); }),
            "bad_bundle: " + link.string() + ": is a symbolic link; a regular file is expected.");
}

}  // namespace
}  // namespace sfumato

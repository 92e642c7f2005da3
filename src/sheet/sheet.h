// Contact sheets: all pictures of a run on one page, or on several, with what varies along its sides.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "jobs/job.h"
#include "sheet/sheet_page.h"
#include "sheet/variation.h"

namespace sfumato {

// Collects the pictures of a run and draws them at its end, from their files. Of each it keeps its path and what
// varies, not its pixels.
//
// What varies last goes along the columns, what varies before it along the rows, and for each value of the rest there
// is a table of its own; pictures to start from go along rows. If one thing varies, or if the pictures make no table,
// they are wrapped into one and each has its values below it. What is the same for all is in the title. Where pictures
// start from others, those stand at the beginning of their row, or before the first one that starts from it.
class ContactSheet {
 public:
  explicit ContactSheet(std::string model_name) : model_name_(std::move(model_name)) {}

  // Every job of the run in its order, whether its picture was made just now or by an earlier start. picture: its file;
  // empty: the cell says `note` instead. A file that cannot be read is told by its cell, too.
  void add(const Job& job, const std::filesystem::path& picture, const std::string& note = "failed");

  // Draws and publishes sheet.png, and sheet-2.png, ... if it takes more pages. A file that is there is replaced if it
  // is such a sheet itself, or if `overwrite`; pages that an earlier, longer sheet of that name had are removed.
  // Returns what was written; nothing if there was no job. Throws Error as publish() does.
  [[nodiscard]] std::vector<std::filesystem::path> write(const std::filesystem::path& target, bool overwrite) const;

 private:
  struct Entry {
    std::filesystem::path picture;
    std::string note;
    InputFile source;
  };
  [[nodiscard]] SheetContent table_of(const Arrangement& arrangement, const std::vector<SheetAxis>& axes) const;
  [[nodiscard]] SheetContent wrap_lines(const Arrangement& arrangement, const std::vector<SheetAxis>& axes) const;
  [[nodiscard]] SheetCell cell_of(std::size_t job, const std::string& caption) const;

  std::string model_name_;
  Variation variation_;
  std::vector<Entry> entries_;
  int width_ = 1, height_ = 1;  // of the largest picture
};

// Throws the Error that ContactSheet::write() would throw for a reason that exists already; creates nothing. For the
// time before the work is done. Error(usage) if the name does not end in .png.
void check_sheet(const std::filesystem::path& target, bool overwrite);

}  // namespace sfumato

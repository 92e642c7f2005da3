// Contact sheets: all pictures of a run on one page or several, with the values that vary along its sides.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "jobs/job.h"
#include "sheet/sheet_page.h"
#include "sheet/variation.h"

namespace sfumato {

// Collects the pictures of a run and draws them at its end, from their files. Per picture it keeps the path and the
// numbers of its values, neither pixels nor the job.
//
// The last axis goes along the columns, the one before along the rows, and each value of the other axes has its own
// table; initial images go along rows. With one axis, or if the pictures do not fill a table, they are wrapped into
// lines with their values as captions. What all share is in the title. An initial image is shown at the beginning of
// its row, or before the first picture that starts from it.
class ContactSheet {
 public:
  // model_name: of all pictures; empty: they are of several models.
  explicit ContactSheet(std::string model_name) : model_name_(std::move(model_name)) {}

  // Adds a job of the run, in any order: the sheet follows Job::index. picture: its file; empty: the cell shows `note`
  // instead. The cell of a file that cannot be read says so.
  void add(const Job& job, const std::filesystem::path& picture, const std::string& note = "failed");

  // Draws and publishes sheet.png, and sheet-2.png, ... for further pages. Replaces an existing file if it is a contact
  // sheet itself, or if `overwrite`; removes further pages of an earlier sheet of that name.
  // Returns the written files; none if there was no job. Throws Error as publish() does.
  [[nodiscard]] std::vector<std::filesystem::path> write(const std::filesystem::path& target, bool overwrite) const;

 private:
  struct Entry {
    std::uint64_t index;  // of the job
    std::filesystem::path picture;
    std::string note;
    InputFile init_img;
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

// How a contact sheet looks: its lettering, its colours, and a page of it drawn.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sfumato/image.h"
#include "sfumato/options.h"
#include "sheet/sheet_layout.h"
#include "sheet/variation.h"

namespace sfumato {

struct SheetCell {
  std::filesystem::path picture;  // a PNG file; empty: there is none
  InputFile source;               // a picture of any format, to be shown instead of it
  std::string note;               // what the cell says instead of a picture
  std::string caption;            // below the picture, if the sheet has captions
};

// All texts are printable (base/printable.h).
struct SheetContent {
  std::string heading;              // what all pictures show
  std::string subheading;           // what else they share
  std::vector<std::string> tables;  // the title of each table; one that is empty: a single table without a title
  SheetAxis rows;                   // the labels to the left
  SheetAxis columns;                // and above; without values there are none: the cells are wrapped, with captions
  std::size_t cells = 0;            // of a table, row by row
  int picture_width = 0, picture_height = 0;  // of the largest picture
  // A cell by its number; nothing: the table has none there.
  std::function<std::optional<SheetCell>(std::size_t table, std::size_t cell)> cell;
  std::vector<std::string> captions;  // all that can occur, to measure them
};

class SheetPainter {
 public:
  explicit SheetPainter(SheetContent content);

  [[nodiscard]] const SheetLayout& layout() const { return layout_; }
  // Reads the pictures of one page, one by one, and draws them. page: from 0.
  [[nodiscard]] Image paint(std::size_t page) const;

 private:
  struct Measures;
  [[nodiscard]] Measures measure(double scale) const;

  SheetContent content_;
  std::size_t columns_ = 1;  // of a table
  SheetLayout layout_;
};

}  // namespace sfumato

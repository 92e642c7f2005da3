// Drawing the pages of a contact sheet.
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
  std::filesystem::path picture;  // a PNG file; empty: none
  InputFile init_img;             // an image of any format, shown instead of `picture` if its path is not empty
  std::string note;               // shown if there is no picture
  std::string caption;            // below the picture; empty: none
};

// All texts are printable (base/printable.h).
struct SheetContent {
  std::string heading;                        // the prompt, or the number of pictures
  std::string subheading;                     // what all pictures share
  std::vector<std::string> tables;            // the title of each table; a single table may have an empty one
  SheetAxis rows;                             // the labels to the left
  SheetAxis columns;                          // the labels above; without values the cells are in lines, with captions
  std::size_t cells = 0;                      // of a table, in rows
  int picture_width = 0, picture_height = 0;  // of the largest picture
  // A cell by its number; nullopt for an empty place.
  std::function<std::optional<SheetCell>(std::size_t table, std::size_t cell)> cell;
  std::vector<std::string> captions;  // all captions, to measure them
};

class SheetPainter {
 public:
  explicit SheetPainter(SheetContent content);

  [[nodiscard]] const SheetLayout& layout() const { return layout_; }
  // Draws one page, reading its pictures one by one. page: from 0.
  [[nodiscard]] Image paint(std::size_t page) const;

 private:
  struct Measures;
  [[nodiscard]] Measures measure(double scale) const;

  SheetContent content_;
  std::size_t columns_ = 1;  // of a table
  SheetLayout layout_;
};

}  // namespace sfumato

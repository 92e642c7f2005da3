// The layout of a contact sheet: pages, tables, rows and columns, as numbers.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace sfumato {

inline constexpr int kMaxSheetSide = 4096;  // pixels of a page

// Sizes in pixels of the parts of a table at some scale of its pictures.
struct SheetSizes {
  int cell_width = 0, cell_height = 0;  // of a picture with its caption
  int gap = 0;                          // between cells
  int margin = 0;                       // around the page, and between tables
  int row_label = 0;                    // width of the labels left of the rows, with their distance
  int table_head = 0;                   // height of the table's title and the columns' labels
  int title = 0;                        // height above the first table
};

// The part of a table that is on one page: some of its rows and columns.
struct SheetTable {
  std::size_t table = 0;
  std::size_t first_column = 0, columns = 0;
  std::size_t first_row = 0, rows = 0;
};

struct SheetPage {
  std::vector<SheetTable> tables;  // from top to bottom
};

struct SheetLayout {
  double scale = 1;  // of the pictures, at most 1
  std::vector<SheetPage> pages;
};

// Lays `tables` tables of `rows` x `columns` cells on pages of at most kMaxSheetSide. All go on one page if pictures
// scaled by at least `smallest` (at most 1) fit there; else rows are divided among pages, and columns only when one row
// is too wide. sizes_at: the sizes at a scale.
[[nodiscard]] SheetLayout lay_out_sheet(std::size_t tables, std::size_t rows, std::size_t columns, double smallest,
                                        const std::function<SheetSizes(double scale)>& sizes_at);

// The number of columns for `cells` pictures in lines: the page becomes about square, slightly wide, and its last row
// about full.
[[nodiscard]] std::size_t wrapped_columns(std::size_t cells, int cell_width, int cell_height);

[[nodiscard]] int width_of(const SheetPage& page, const SheetSizes& sizes);
[[nodiscard]] int height_of(const SheetTable& table, const SheetSizes& sizes);

}  // namespace sfumato

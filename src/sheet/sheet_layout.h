// Where the cells of a contact sheet go: pages, tables, rows and columns, as numbers only.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace sfumato {

inline constexpr int kMaxSheetSide = 4096;  // pixels of a page

// What a table takes, in pixels, when its pictures are scaled by some factor.
struct SheetSizes {
  int cell_width = 0, cell_height = 0;  // of a picture, with the text below it
  int gap = 0;                          // between cells
  int margin = 0;                       // around the page, and between tables
  int row_label = 0;                    // to the left of each row, with its distance
  int table_head = 0;                   // above the first row: the table's title and the columns' labels
  int title = 0;                        // above the first table
};

// Pictures of one table that stand together on a page: these rows and columns of it.
struct SheetTable {
  std::size_t table = 0;
  std::size_t first_column = 0, columns = 0;
  std::size_t first_row = 0, rows = 0;
};

struct SheetPage {
  std::vector<SheetTable> tables;  // one below the other
};

struct SheetLayout {
  double scale = 1;  // of the pictures, at most 1
  std::vector<SheetPage> pages;
};

// Lays `tables` tables of so many rows and columns on pages of at most kMaxSheetSide. On one page, if pictures scaled
// by `smallest` (at most 1) or more can stand there; else rows are divided among pages, and columns only when one row
// is too wide.
[[nodiscard]] SheetLayout lay_out_sheet(std::size_t tables, std::size_t rows, std::size_t columns, double smallest,
                                        const std::function<SheetSizes(double scale)>& sizes_at);

// In how many columns `cells` pictures are wrapped: the page is about square, a little wide, and its last row about
// full.
[[nodiscard]] std::size_t wrapped_columns(std::size_t cells, int cell_width, int cell_height);

[[nodiscard]] int width_of(const SheetPage& page, const SheetSizes& sizes);
[[nodiscard]] int height_of(const SheetTable& table, const SheetSizes& sizes);

}  // namespace sfumato

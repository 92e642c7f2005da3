#include "sheet/sheet_layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace sfumato {
namespace {

// Pictures of `side` pixels without any letters.
std::function<SheetSizes(double)> pictures_of(int side) {
  return [side](double scale) {
    const int scaled = static_cast<int>(std::lround(side * scale));
    return SheetSizes{.cell_width = scaled,
                      .cell_height = scaled,
                      .gap = 10,
                      .margin = 20,
                      .row_label = 0,
                      .table_head = 0,
                      .title = 0};
  };
}

// How often each cell is on a page; every page within its limits.
std::vector<int> counts(const SheetLayout& layout, const SheetSizes& sizes, std::size_t tables, std::size_t rows,
                        std::size_t columns) {
  std::vector<int> result(tables * rows * columns, 0);
  for (const SheetPage& page : layout.pages) {
    EXPECT_LE(width_of(page, sizes), kMaxSheetSide);
    int height = sizes.margin + sizes.title;
    for (const SheetTable& table : page.tables) {
      height += height_of(table, sizes) + sizes.margin;
      for (std::size_t row = table.first_row; row < table.first_row + table.rows; ++row) {
        for (std::size_t column = table.first_column; column < table.first_column + table.columns; ++column) {
          ++result.at((table.table * rows + row) * columns + column);
        }
      }
    }
    EXPECT_LE(height, kMaxSheetSide);
  }
  return result;
}

TEST(SheetLayout, IsOnePageWithoutScalingIfThatFits) {
  const SheetLayout layout = lay_out_sheet(1, 3, 4, 0.5, pictures_of(128));
  EXPECT_EQ(layout.scale, 1);
  ASSERT_EQ(layout.pages.size(), 1U);
  ASSERT_EQ(layout.pages[0].tables.size(), 1U);
  EXPECT_EQ(width_of(layout.pages[0], pictures_of(128)(1)), 20 + 4 * 128 + 3 * 10 + 20);
  EXPECT_EQ(height_of(layout.pages[0].tables[0], pictures_of(128)(1)), 3 * 128 + 2 * 10);
}

TEST(SheetLayout, MakesPicturesSmallerSoThatOnePageIsEnough) {
  const SheetLayout layout = lay_out_sheet(1, 10, 10, 0.375, pictures_of(512));
  EXPECT_EQ(layout.pages.size(), 1U);
  EXPECT_GT(layout.scale, 0.7);
  EXPECT_LT(layout.scale, 0.8);
}

TEST(SheetLayout, StacksTables) {
  const SheetLayout layout = lay_out_sheet(3, 2, 2, 0.75, pictures_of(128));
  ASSERT_EQ(layout.pages.size(), 1U);
  EXPECT_EQ(layout.pages[0].tables.size(), 3U);
  EXPECT_EQ(layout.pages[0].tables[2].table, 2U);
}

TEST(SheetLayout, DividesRowsEvenlyAmongPages) {
  const SheetLayout layout = lay_out_sheet(1, 60, 4, 0.75, pictures_of(128));
  ASSERT_EQ(layout.pages.size(), 3U);
  for (const SheetPage& page : layout.pages) EXPECT_EQ(page.tables[0].rows, 20U);
  EXPECT_EQ(layout.scale, 1);
}

TEST(SheetLayout, DividesColumnsOnlyWhenARowIsTooWide) {
  const SheetLayout layout = lay_out_sheet(1, 2, 64, 0.75, pictures_of(128));
  ASSERT_EQ(layout.pages.size(), 1U);
  ASSERT_EQ(layout.pages[0].tables.size(), 2U);
  EXPECT_EQ(layout.pages[0].tables[0].columns, 32U);
  EXPECT_EQ(layout.pages[0].tables[1].first_column, 32U);
}

TEST(SheetLayout, PutsEveryCellOnExactlyOnePage) {
  for (const std::size_t tables : {1U, 5U}) {
    for (const std::size_t rows : {1U, 7U, 130U}) {
      for (const std::size_t columns : {1U, 9U, 101U}) {
        for (const int side : {64, 500, 4000, 9000}) {
          const double smallest = side < 128 ? 1 : 0.375;
          const SheetLayout layout = lay_out_sheet(tables, rows, columns, smallest, pictures_of(side));
          const auto found = counts(layout, pictures_of(side)(layout.scale), tables, rows, columns);
          EXPECT_EQ(found, std::vector<int>(tables * rows * columns, 1));
        }
      }
    }
  }
}

TEST(WrappedColumns, MakeAPageThatIsAboutSquareAndFull) {
  EXPECT_EQ(wrapped_columns(1, 128, 128), 1U);
  EXPECT_EQ(wrapped_columns(3, 128, 128), 3U);
  EXPECT_EQ(wrapped_columns(4, 128, 128), 4U);
  EXPECT_EQ(wrapped_columns(8, 128, 128), 4U);
  EXPECT_EQ(wrapped_columns(12, 128, 128), 4U);
  EXPECT_EQ(wrapped_columns(16, 128, 128), 4U);
  EXPECT_EQ(wrapped_columns(64, 128, 128), 8U);
  EXPECT_EQ(wrapped_columns(100, 128, 128), 10U);
  EXPECT_EQ(wrapped_columns(16, 512, 128), 2U);
}

}  // namespace
}  // namespace sfumato

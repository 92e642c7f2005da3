#include "sheet/sheet_layout.h"

#include <algorithm>
#include <cmath>

namespace sfumato {
namespace {

constexpr int kScaleSteps = 48;    // scales that are tried between 1 and the smallest
constexpr double kWideness = 1.3;  // width by height of a page of pictures in lines

int whole(std::size_t count) { return static_cast<int>(std::min<std::size_t>(count, 1 << 24)); }

int width_of(std::size_t columns, const SheetSizes& sizes) {
  return 2 * sizes.margin + sizes.row_label + whole(columns) * (sizes.cell_width + sizes.gap) - sizes.gap;
}

// How many of `count` things of size `each` fit into `room`, at least one.
std::size_t that_fit(std::size_t count, int room, int each) {
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(room, 0) / std::max(each, 1)), 1, count);
}

// Divides `count` into the fewest equal parts of at most `most`; returns the size of the largest.
std::size_t part_of(std::size_t count, std::size_t most) {
  const std::size_t parts = (count + most - 1) / most;
  return (count + parts - 1) / parts;
}

bool fits_on_one_page(std::size_t tables, std::size_t rows, std::size_t columns, const SheetSizes& sizes) {
  const SheetTable table{.table = 0, .first_column = 0, .columns = columns, .first_row = 0, .rows = rows};
  const double height = 2.0 * sizes.margin + sizes.title +
                        static_cast<double>(tables) * (height_of(table, sizes) + sizes.margin) - sizes.margin;
  return width_of(columns, sizes) <= kMaxSheetSide && height <= kMaxSheetSide;
}

}  // namespace

int height_of(const SheetTable& table, const SheetSizes& sizes) {
  return sizes.table_head + whole(table.rows) * (sizes.cell_height + sizes.gap) - sizes.gap;
}

int width_of(const SheetPage& page, const SheetSizes& sizes) {
  std::size_t columns = 1;
  for (const SheetTable& table : page.tables) columns = std::max(columns, table.columns);
  return width_of(columns, sizes);
}

SheetLayout lay_out_sheet(std::size_t tables, std::size_t rows, std::size_t columns, double smallest,
                          const std::function<SheetSizes(double)>& sizes_at) {
  SheetLayout layout{.scale = smallest, .pages = {}};
  double widest = 0;  // the largest scale at which a row fits
  for (int step = 0; step <= kScaleSteps; ++step) {
    const double scale = 1 - (1 - smallest) * step / kScaleSteps;
    const SheetSizes sizes = sizes_at(scale);
    if (width_of(columns, sizes) <= kMaxSheetSide) widest = std::max(widest, scale);
    if (fits_on_one_page(tables, rows, columns, sizes)) {
      layout.scale = scale;
      break;
    }
  }
  // Several pages are needed anyway, so pictures need not be small.
  SheetSizes sizes = sizes_at(layout.scale);
  if (!fits_on_one_page(tables, rows, columns, sizes) && widest > 0) {
    layout.scale = std::clamp(2 * smallest, smallest, widest);
    sizes = sizes_at(layout.scale);
  }

  const std::size_t page_columns = part_of(
      columns,
      that_fit(columns, kMaxSheetSide - 2 * sizes.margin - sizes.row_label + sizes.gap, sizes.cell_width + sizes.gap));
  const int room = kMaxSheetSide - 2 * sizes.margin - sizes.title;
  const std::size_t page_rows =
      part_of(rows, that_fit(rows, room - sizes.table_head + sizes.gap, sizes.cell_height + sizes.gap));
  int left = 0;  // room on the page
  for (std::size_t table = 0; table < tables; ++table) {
    for (std::size_t column = 0; column < columns; column += page_columns) {
      for (std::size_t row = 0; row < rows; row += page_rows) {
        const SheetTable part{.table = table,
                              .first_column = column,
                              .columns = std::min(page_columns, columns - column),
                              .first_row = row,
                              .rows = std::min(page_rows, rows - row)};
        const int height = height_of(part, sizes);
        if (layout.pages.empty() || height > left) {
          layout.pages.emplace_back();
          left = room;
        }
        layout.pages.back().tables.push_back(part);
        left -= height + sizes.margin;
      }
    }
  }
  return layout;
}

std::size_t wrapped_columns(std::size_t cells, int cell_width, int cell_height) {
  constexpr std::size_t kOneRow = 4;
  if (cells <= kOneRow) return std::max<std::size_t>(cells, 1);
  const double ideal = std::sqrt(static_cast<double>(cells) * kWideness * cell_height / cell_width);
  const auto most = static_cast<std::size_t>(std::floor(ideal * 1.3));
  std::size_t best = 1;
  double least = INFINITY;
  for (auto columns = std::max<std::size_t>(static_cast<std::size_t>(std::ceil(ideal * 0.75)), 1); columns <= most;
       ++columns) {
    const std::size_t rows = (cells + columns - 1) / columns;
    const double empty = static_cast<double>(rows * columns - cells) / static_cast<double>(columns);
    const double cost = empty + std::abs(static_cast<double>(columns) - ideal) / ideal;
    if (cost < least) least = cost, best = columns;
  }
  return std::min(best, cells);
}

}  // namespace sfumato

#include "sheet/sheet_page.h"

#include <algorithm>
#include <cmath>

#include "image/canvas.h"
#include "image/input_file.h"
#include "image/opaque.h"
#include "image/read_image.h"
#include "image/read_png.h"
#include "image/resize.h"
#include "image/text_renderer.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr Colour kPaper = {255, 255, 255};
constexpr Colour kInk = {28, 28, 30};
constexpr Colour kSoftInk = {118, 118, 124};
constexpr Colour kRule = {222, 222, 226};
constexpr Colour kEmpty = {245, 245, 247};

constexpr std::size_t kHeadingLines = 3;
constexpr std::size_t kSubheadingLines = 2;
constexpr std::size_t kLabelLines = 3;
constexpr std::size_t kRowLabelLines = 6;

// Pictures are not made smaller than either of these; further pages are added instead.
constexpr int kSmallestPicture = 96;  // pixels
constexpr double kSmallestScale = 0.375;

double smallest_scale(const SheetContent& content) {
  const double side = std::max(1, std::min(content.picture_width, content.picture_height));
  return std::clamp(kSmallestPicture / side, kSmallestScale, 1.0);
}

// Letters grow with the pictures, so that a sheet of large ones can be read when it is shown smaller.
int letter_size(double picture_width) { return static_cast<int>(std::clamp(6 + picture_width * 0.055, 12.0, 36.0)); }

int widest(const TextRenderer& lettering, const std::vector<std::string>& texts) {
  int width = 0;
  for (const std::string& text : texts) width = std::max(width, lettering.width(text));
  return width;
}

// The number of lines for texts of at most that width; words do not fill a line completely.
int lines_for(int text_width, int room, std::size_t most) {
  if (text_width <= room) return text_width == 0 ? 0 : 1;
  return static_cast<int>(
      std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(1.2 * text_width / room)), 2, most));
}

enum class Align { left, centre, right };

// Draws lines of text in a column; returns the height.
int draw_lines(Image& page, const TextRenderer& lettering, const std::vector<std::string>& lines, int x, int y,
               int width, Align align, Colour colour) {
  for (const std::string& line : lines) {
    const int free = width - lettering.width(line);
    const int shift = align == Align::left ? 0 : align == Align::right ? free : free / 2;
    lettering.draw(page, x + shift, y, line, colour);
    y += lettering.line_height();
  }
  return static_cast<int>(lines.size()) * lettering.line_height();
}

}  // namespace

// Everything that follows from the scale of the pictures.
struct SheetPainter::Measures {
  explicit Measures(int size)
      : letters(size), bold(size, TextRenderer::Weight::bold), heading(size * 4 / 3, TextRenderer::Weight::bold) {}

  TextRenderer letters;  // labels, captions, subheading
  TextRenderer bold;     // titles of tables
  TextRenderer heading;
  SheetSizes sizes;
  int picture_width = 0, picture_height = 0;
  int label_distance = 0;  // between a label and its pictures
  int table_title = 0;     // height
  int axis_name = 0;       // height of the line with the name of the columns' axis
  int column_labels = 0;   // height
};

SheetPainter::Measures SheetPainter::measure(double scale) const {
  const auto scaled = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
  Measures m(letter_size(scale * content_.picture_width));
  const int line = m.letters.line_height();
  m.picture_width = scaled(content_.picture_width);
  m.picture_height = scaled(content_.picture_height);
  m.label_distance = line / 2;
  m.sizes.gap = std::max(8, line / 2);
  m.sizes.margin = 2 * line;
  m.sizes.cell_width = m.picture_width;
  m.sizes.cell_height = m.picture_height;
  if (const int width = widest(m.letters, content_.captions); width > 0) {
    m.sizes.cell_height += line / 4 + lines_for(width, m.picture_width, kLabelLines) * line;
  }
  if (const int width = widest(m.letters, content_.rows.values); width > 0) {
    const int name = m.letters.width(content_.rows.name);
    m.sizes.row_label = std::min(std::max(width, name), std::max(m.picture_width, 10 * line)) + 2 * m.label_distance;
  }
  if (const int width = widest(m.letters, content_.columns.values); width > 0) {
    m.axis_name = line;
    m.column_labels = lines_for(width, m.picture_width, kLabelLines) * line + m.label_distance;
  }
  if (!content_.tables.front().empty()) m.table_title = m.bold.line_height() + line / 2;
  m.sizes.table_head = m.table_title + m.axis_name + m.column_labels;
  m.sizes.title =
      static_cast<int>(kHeadingLines) * m.heading.line_height() + static_cast<int>(kSubheadingLines) * line + 2 * line;
  return m;
}

SheetPainter::SheetPainter(SheetContent content) : content_(std::move(content)) {
  const bool wrapped = content_.columns.values.empty();
  columns_ = wrapped ? wrapped_columns(content_.cells, content_.picture_width, content_.picture_height)
                     : content_.columns.values.size();
  for (;;) {
    layout_ = lay_out_sheet(content_.tables.size(), (content_.cells + columns_ - 1) / columns_, columns_,
                            smallest_scale(content_), [this](double scale) { return measure(scale).sizes; });
    // Cells in lines keep their order: a line is as long as a page is wide, and no row is divided among pages.
    const std::size_t columns_of_page = layout_.pages.front().tables.front().columns;
    if (!wrapped || columns_of_page == columns_) break;
    columns_ = columns_of_page;
  }
}

namespace {

// Draws the title across the page and returns its height; only measures it if `page` is nullptr.
int draw_title(Image* page, const TextRenderer& heading, const TextRenderer& letters, const SheetContent& content,
               const std::string& page_number, int margin, int width) {
  Image nowhere;
  Image& target = page == nullptr ? nowhere : *page;
  const int number_width = page_number.empty() ? 0 : letters.width(page_number) + letters.line_height();
  int y = margin;
  const auto lines = heading.wrap_lines(content.heading, width - number_width, kHeadingLines);
  if (page != nullptr && !page_number.empty()) {
    draw_lines(target, letters, {page_number}, margin, y, width, Align::right, kSoftInk);
  }
  y += page == nullptr ? static_cast<int>(lines.size()) * heading.line_height()
                       : draw_lines(target, heading, lines, margin, y, width, Align::left, kInk);
  const auto sublines = letters.wrap_lines(content.subheading, width, kSubheadingLines);
  y += letters.line_height() / 4;
  y += page == nullptr ? static_cast<int>(sublines.size()) * letters.line_height()
                       : draw_lines(target, letters, sublines, margin, y, width, Align::left, kSoftInk);
  y += letters.line_height() / 2;
  if (page != nullptr) fill(target, {.x = margin, .y = y, .width = width, .height = 1}, kRule);
  return y + letters.line_height() - margin;
}

Image picture_of(const SheetCell& cell) {
  if (cell.init_img.path.empty()) return read_png(cell.picture).image;
  return opaque(read_image(*read_input(cell.init_img), shown(cell.init_img)), kPaper);
}

// Draws the picture in its box, or the note.
void draw_picture(Image& page, const SheetCell& cell, const TextRenderer& letters, double scale, const Rectangle& box) {
  std::string note = cell.note;
  if (!cell.picture.empty() || !cell.init_img.path.empty()) {
    try {
      Image picture = picture_of(cell);
      const double fit = std::min(
          {scale, static_cast<double>(box.width) / picture.width, static_cast<double>(box.height) / picture.height});
      picture = resized(picture, std::max(1, static_cast<int>(std::lround(picture.width * fit))),
                        std::max(1, static_cast<int>(std::lround(picture.height * fit))));
      const int x = box.x + (box.width - picture.width) / 2, y = box.y + (box.height - picture.height) / 2;
      frame(page, {.x = x - 1, .y = y - 1, .width = picture.width + 2, .height = picture.height + 2}, kRule);
      return paste(page, picture, x, y);
    } catch (const Error& error) {
      note = error.kind() == ErrorKind::input_missing ? "missing" : "damaged";
    }
  }
  fill(page, box, kEmpty);
  frame(page, {.x = box.x - 1, .y = box.y - 1, .width = box.width + 2, .height = box.height + 2}, kRule);
  const auto lines = letters.wrap_lines(note, box.width - 8, kLabelLines);
  const int height = static_cast<int>(lines.size()) * letters.line_height();
  draw_lines(page, letters, lines, box.x + 4, box.y + (box.height - height) / 2, box.width - 8, Align::centre,
             kSoftInk);
}

}  // namespace

Image SheetPainter::paint(std::size_t number) const {
  const Measures m = measure(layout_.scale);
  const SheetSizes& sizes = m.sizes;
  const SheetPage& part = layout_.pages[number];
  const std::string page_number =
      layout_.pages.size() == 1 ? "" : std::to_string(number + 1) + " of " + std::to_string(layout_.pages.size());

  // A page of one small picture is wide enough for a title.
  const int line = m.letters.line_height();
  const int width = std::max(width_of(part, sizes), std::min(kMaxSheetSide, 24 * line));
  const int inner = width - 2 * sizes.margin;
  int y = sizes.margin + draw_title(nullptr, m.heading, m.letters, content_, page_number, sizes.margin, inner);
  int height = y + sizes.margin;
  for (const SheetTable& table : part.tables) height += height_of(table, sizes) + sizes.margin;
  height -= sizes.margin;

  Image page = blank(width, height, kPaper);
  draw_title(&page, m.heading, m.letters, content_, page_number, sizes.margin, inner);
  for (const SheetTable& table : part.tables) {
    const int left = sizes.margin + sizes.row_label;
    const auto x_of = [&](std::size_t column) {
      return left + static_cast<int>(column - table.first_column) * (sizes.cell_width + sizes.gap);
    };
    draw_lines(page, m.bold, m.bold.wrap_lines(content_.tables[table.table], inner, 1), sizes.margin, y, inner,
               Align::left, kInk);
    y += m.table_title;
    if (!content_.columns.values.empty()) {
      draw_lines(page, m.letters, m.letters.wrap_lines(content_.columns.name, width - sizes.margin - left, 1), left, y,
                 width, Align::left, kSoftInk);
      y += m.axis_name;
      const int bottom = y + m.column_labels - m.label_distance;
      for (std::size_t column = table.first_column; column < table.first_column + table.columns; ++column) {
        const auto lines = m.letters.wrap_lines(content_.columns.values[column], sizes.cell_width, kLabelLines);
        draw_lines(page, m.letters, lines, x_of(column), bottom - static_cast<int>(lines.size()) * line,
                   sizes.cell_width, Align::centre, kInk);
      }
      const int room = sizes.row_label - 2 * m.label_distance;
      if (room > 0) {
        draw_lines(page, m.letters, m.letters.wrap_lines(content_.rows.name, room, 1), sizes.margin, bottom - line,
                   room, Align::left, kSoftInk);
      }
      y += m.column_labels;
    }
    for (std::size_t row = table.first_row; row < table.first_row + table.rows; ++row) {
      if (!content_.rows.values.empty()) {
        const int room = sizes.row_label - 2 * m.label_distance;
        const auto most = static_cast<std::size_t>(std::max(1, m.picture_height / line));
        const auto lines = m.letters.wrap_lines(content_.rows.values[row], room, std::min(kRowLabelLines, most));
        draw_lines(page, m.letters, lines, sizes.margin,
                   y + (m.picture_height - static_cast<int>(lines.size()) * line) / 2, room, Align::left, kInk);
      }
      for (std::size_t column = table.first_column; column < table.first_column + table.columns; ++column) {
        const auto cell = content_.cell(table.table, row * columns_ + column);
        if (!cell) continue;
        draw_picture(page, *cell, m.letters, layout_.scale,
                     {.x = x_of(column), .y = y, .width = m.picture_width, .height = m.picture_height});
        draw_lines(page, m.letters, m.letters.wrap_lines(cell->caption, sizes.cell_width, kLabelLines), x_of(column),
                   y + m.picture_height + line / 4, sizes.cell_width, Align::centre, kInk);
      }
      y += sizes.cell_height + sizes.gap;
    }
    y += sizes.margin - sizes.gap;
  }
  return page;
}

}  // namespace sfumato

#include "sheet/sheet.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/json.h"
#include "base/printable.h"
#include "image/png.h"
#include "image/read_png.h"
#include "output/publish.h"
#include "output/writable.h"
#include "sfumato/error.h"
#include "sfumato/version.h"

namespace sfumato {
namespace {

constexpr std::string_view kKeyword = "sfumato-sheet";
constexpr std::size_t kShownText = 600;  // bytes of a title or label; more could not be read

using Position = std::vector<std::uint32_t>;  // the index of a value on each axis

bool is_sheet(const std::filesystem::path& path) {
  try {
    const std::vector<PngText> texts = read_png_texts(path).texts;
    return std::ranges::find(texts, kKeyword, &PngText::keyword) != texts.end();
  } catch (const Error&) {
    return false;
  }
}

std::filesystem::path page_name(const std::filesystem::path& target, std::size_t page) {
  if (page == 0) return target;
  return target.parent_path() / (target.stem().string() + "-" + std::to_string(page + 1) + target.extension().string());
}

// "cfg scale" for cfg_scale.
std::string words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string shown(const std::string& text) { return printable(text, kShownText); }

void append(std::string& text, const std::string& more) { text += (text.empty() ? "" : " \u00b7 ") + more; }

// Heading and subheading: the options that all jobs share.
void set_titles(SheetContent& content, const Arrangement& arrangement, const std::string& model_name,
                std::size_t jobs) {
  std::string width, height;
  for (const auto& [name, value] : arrangement.common) {
    if (name == "prompt") {
      content.heading = value.empty() ? "(no prompt)" : shown(value);
    } else if (name == "width") {
      width = value;
    } else if (name == "height") {
      height = value;
    } else if (name == "negative_prompt") {
      if (!value.empty()) append(content.subheading, "negative prompt: " + shown(value));
    } else if (name == "sampling_method" || name == "scheduler") {
      append(content.subheading, value);
    } else if (name != "eta") {
      append(content.subheading, words(name) + " " + shown(value));
    }
  }
  if (!width.empty() && !height.empty()) append(content.subheading, width + " \u00d7 " + height);
  if (!model_name.empty()) append(content.subheading, "model " + shown(model_name));
  if (content.heading.empty()) content.heading = std::to_string(jobs) + (jobs == 1 ? " picture" : " pictures");
}

// Whether the jobs fill a table of at least two axes: no two in one cell, and more than half of the cells filled.
bool is_table(const Arrangement& arrangement) {
  if (arrangement.axes.size() < 2) return false;
  double cells = 1;
  for (const SheetAxis& axis : arrangement.axes) cells *= static_cast<double>(axis.values.size());
  std::vector<Position> taken = arrangement.positions;
  std::ranges::sort(taken);
  return std::ranges::adjacent_find(taken) == taken.end() && 2 * static_cast<double>(taken.size()) > cells;
}

void swap_rows_and_columns(Arrangement& arrangement) {
  const auto swap_last = [](auto& list) { std::swap(list[list.size() - 1], list[list.size() - 2]); };
  swap_last(arrangement.axes);
  for (Position& position : arrangement.positions) swap_last(position);
}

SheetAxis shown_axis(const SheetAxis& axis) {
  SheetAxis result{.name = words(axis.name), .values = {}};
  for (const std::string& value : axis.values) result.values.push_back(value.empty() ? "\u2013" : shown(value));
  return result;
}

// "seed 7"; a prompt stands alone, as it explains itself.
std::string named_value(const SheetAxis& axis, std::size_t value) {
  const bool plain = axis.name.starts_with("prompt");
  return (plain ? "" : axis.name + " ") + axis.values[value];
}

}  // namespace

void ContactSheet::add(const Job& job, const std::filesystem::path& picture, const std::string& note) {
  variation_.add(job);
  const auto after = std::ranges::upper_bound(entries_, job.index, {}, &Entry::index);
  entries_.insert(after, {.index = job.index, .picture = picture, .note = note, .init_img = job.options.init.image});
  width_ = std::max(width_, job.options.width);
  height_ = std::max(height_, job.options.height);
}

SheetCell ContactSheet::cell_of(std::size_t job, const std::string& caption) const {
  const Entry& entry = entries_[job];
  return {.picture = entry.picture, .init_img = {}, .note = shown(entry.note), .caption = caption};
}

// One table per combination of the values of the slower axes, the last of them fastest.
SheetContent ContactSheet::table_of(const Arrangement& arrangement, const std::vector<SheetAxis>& axes) const {
  SheetContent content;
  content.columns = axes.back();
  content.rows = axes[axes.size() - 2];
  const std::size_t outer = axes.size() - 2;
  std::vector<Position> combinations = {{}};
  for (std::size_t axis = 0; axis < outer; ++axis) {
    std::vector<Position> longer;
    for (const Position& start : combinations) {
      for (std::uint32_t value = 0; value < axes[axis].values.size(); ++value) {
        longer.push_back(start);
        longer.back().push_back(value);
      }
    }
    combinations = std::move(longer);
  }
  for (const Position& combination : combinations) {
    std::string title;
    for (std::size_t axis = 0; axis < outer; ++axis) append(title, named_value(axes[axis], combination[axis]));
    content.tables.push_back(title);
  }

  std::map<Position, std::size_t> job_at;
  std::map<Position, InputFile> sources;  // of each row, by its position without the column; empty path: they differ
  for (std::size_t job = 0; job < entries_.size(); ++job) {
    const Position& position = arrangement.positions[job];
    job_at[position] = job;
    const InputFile& source = entries_[job].init_img;
    InputFile& of_row = sources.try_emplace(Position(position.begin(), position.end() - 1), source).first->second;
    if (of_row.sha256 != source.sha256) of_row = {};
  }
  const bool any_source = std::ranges::any_of(sources, [](const auto& row) { return !row.second.path.empty(); });
  if (any_source) content.columns.values.insert(content.columns.values.begin(), "source");
  const std::size_t before = any_source ? 1 : 0;  // columns
  content.cells = content.rows.values.size() * content.columns.values.size();
  content.cell = [this, combinations, job_at, sources, before, columns = content.columns.values.size()](
                     std::size_t table, std::size_t cell) -> std::optional<SheetCell> {
    Position position = combinations[table];
    position.push_back(static_cast<std::uint32_t>(cell / columns));
    const std::size_t column = cell % columns;
    if (column < before) {
      const auto row = sources.find(position);
      if (row == sources.end() || row->second.path.empty()) return std::nullopt;
      return SheetCell{.picture = {}, .init_img = row->second, .note = {}, .caption = {}};
    }
    position.push_back(static_cast<std::uint32_t>(column - before));
    const auto job = job_at.find(position);
    return job == job_at.end() ? std::nullopt : std::optional(cell_of(job->second, ""));
  };
  return content;
}

// The pictures in lines, each with its values as caption.
SheetContent ContactSheet::wrap_lines(const Arrangement& arrangement, const std::vector<SheetAxis>& axes) const {
  SheetContent content;
  content.tables = {""};
  std::vector<SheetCell> cells;
  for (std::size_t job = 0; job < entries_.size(); ++job) {
    const InputFile& source = entries_[job].init_img;
    if (!source.path.empty() && (job == 0 || source.sha256 != entries_[job - 1].init_img.sha256)) {
      cells.push_back({.picture = {}, .init_img = source, .note = {}, .caption = "source"});
    }
    std::string caption;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      append(caption, named_value(axes[axis], arrangement.positions[job][axis]));
    }
    cells.push_back(cell_of(job, shown(caption)));
  }
  for (const SheetCell& cell : cells) content.captions.push_back(cell.caption);
  content.cells = cells.size();
  content.cell = [cells = std::move(cells)](std::size_t, std::size_t cell) {
    return cell < cells.size() ? std::optional(cells[cell]) : std::nullopt;
  };
  return content;
}

std::vector<std::filesystem::path> ContactSheet::write(const std::filesystem::path& target, bool overwrite) const {
  if (entries_.empty()) return {};
  Arrangement arrangement = variation_.arrangement();
  const bool table = is_table(arrangement);
  if (table && arrangement.axes.back().name == "init_img") swap_rows_and_columns(arrangement);
  std::vector<SheetAxis> axes;
  for (const SheetAxis& axis : arrangement.axes) axes.push_back(shown_axis(axis));
  SheetContent content = table ? table_of(arrangement, axes) : wrap_lines(arrangement, axes);
  content.picture_width = width_;
  content.picture_height = height_;
  set_titles(content, arrangement, model_name_, entries_.size());

  const SheetPainter painter(std::move(content));
  const std::size_t pages = painter.layout().pages.size();
  std::vector<std::filesystem::path> written;
  check_folder(folder_of(target));
  for (std::size_t page = 0; page < pages; ++page) {
    const std::vector<PngText> texts = {
        {.keyword = std::string(kKeyword),
         .text = dump_json({JsonObject{{"version", {std::string(kVersion)}},
                                       {"page", {static_cast<std::int64_t>(page + 1)}},
                                       {"pages", {static_cast<std::int64_t>(pages)}}}})}};
    const std::filesystem::path path = page_name(target, page);
    publish(path, encode_png(painter.paint(page), texts), overwrite || is_sheet(path));
    written.push_back(path);
  }
  std::error_code ignored;
  for (std::size_t page = pages; is_sheet(page_name(target, page)); ++page) {
    if (!std::filesystem::remove(page_name(target, page), ignored)) break;
  }
  return written;
}

void check_sheet(const std::filesystem::path& target, bool overwrite) {
  if (target.extension() != ".png") {
    throw Error(ErrorKind::usage,
                "`grid`: " + printable(target.string(), 400) + ": contact sheets are PNG files: end the name in .png.");
  }
  check_writable(folder_of(target));
  check_picture_name(folder_of(target), target.filename(), /*overwrite=*/false, "`grid`");
  check_name_is_free(target, overwrite || is_sheet(target));
}

}  // namespace sfumato

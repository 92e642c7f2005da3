#include "sheet/variation.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "jobs/job_options.h"
#include "jobs/options_json.h"

namespace sfumato {
namespace {

constexpr std::uint32_t kAbsent = 0;

using Numbers = std::vector<std::uint32_t>;

bool varies(const Numbers& values) { return std::ranges::adjacent_find(values, std::not_equal_to<>()) != values.end(); }

std::size_t distinct(const Numbers& values) { return std::set(values.begin(), values.end()).size(); }

std::size_t distinct_pairs(const Numbers& a, const Numbers& b) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (std::size_t i = 0; i < a.size(); ++i) pairs.emplace(a[i], b[i]);
  return pairs.size();
}

// The values of each job in `lists` as one number; equal numbers mean equal values.
Numbers combined(const std::vector<const Numbers*>& lists, std::size_t jobs) {
  std::map<Numbers, std::uint32_t> known;
  Numbers result(jobs);
  for (std::size_t job = 0; job < jobs; ++job) {
    Numbers values;
    for (const Numbers* list : lists) values.push_back((*list)[job]);
    result[job] = known.try_emplace(std::move(values), static_cast<std::uint32_t>(known.size())).first->second;
  }
  return result;
}

}  // namespace

Variation::Number Variation::number(const std::string& text) {
  const auto [known, is_new] = numbers_.try_emplace(text, static_cast<Number>(texts_.size()));
  if (is_new) texts_.push_back(text);
  return known->second;
}

void Variation::add(const Job& job) {
  Row row{.index = job.index, .axes = {}, .options = {}};
  for (const auto& [name, value] : job.axes) row.axes.emplace_back(number(name), number(value));
  for (const auto& [name, value] : options_json(job.options)) {
    if (find_job_option(name)->is_flag) row.options.emplace_back(number(name), number(text_of(value)));
  }
  const auto after = std::ranges::upper_bound(rows_, row.index, {}, &Row::index);
  rows_.insert(after, std::move(row));
}

// A column per name, in the order of the jobs that have it first.
std::vector<Variation::Column> Variation::columns(Values Row::* values) const {
  std::vector<Column> result;
  std::unordered_map<Number, std::size_t> index;
  for (std::size_t job = 0; job < rows_.size(); ++job) {
    for (const auto& [name, value] : rows_[job].*values) {
      const auto [known, is_new] = index.try_emplace(name, result.size());
      if (is_new) result.push_back({.name = texts_[name], .values = Numbers(rows_.size(), kAbsent)});
      result[known->second].values[job] = value;
    }
  }
  return result;
}

// The names of values: as they are, but files by as much of their paths as tells them apart.
std::unordered_map<std::uint32_t, std::string> Variation::labels(const std::string& name,
                                                                 const std::vector<Number>& values) const {
  std::unordered_map<Number, std::string> result;
  for (const Number value : values) result[value] = texts_[value];
  const JobOption* option = find_job_option(name);
  if (option == nullptr || option->kind != JobOption::Kind::file) return result;
  using Path = std::filesystem::path;
  for (const auto shortened :
       {+[](const Path& path) { return path.stem(); }, +[](const Path& path) { return path.filename(); }}) {
    std::unordered_map<Number, std::string> shorter;
    std::set<std::string> all;
    for (const auto& [value, path] : result) all.insert(shorter[value] = shortened(path).string());
    if (all.size() == result.size()) return shorter;
  }
  return result;
}

// Neighbouring axes whose values follow from each other are one.
std::vector<Variation::Axis> Variation::swept_axes() const {
  std::vector<Axis> axes;
  for (Column& column : columns(&Row::axes)) {
    if (!varies(column.values)) continue;
    if (!axes.empty()) {
      Axis& before = axes.back();
      const std::size_t pairs = distinct_pairs(before.parts.front(), column.values);
      if (pairs == distinct(before.parts.front()) && pairs == distinct(column.values)) {
        before.names.push_back(std::move(column.name));
        before.parts.push_back(std::move(column.values));
        continue;
      }
    }
    axes.push_back({.names = {std::move(column.name)}, .parts = {std::move(column.values)}});
  }
  return axes;
}

// Sets the axis's labels, and the position of each job on it.
void Variation::add_axis(const Axis& axis, Arrangement& arrangement) const {
  SheetAxis shown{.name = axis.names.front(), .values = {}};
  for (std::size_t part = 1; part < axis.names.size(); ++part) shown.name += ", " + axis.names[part];
  std::vector<const Numbers*> lists;
  std::vector<std::unordered_map<Number, std::string>> labels_of;
  for (std::size_t part = 0; part < axis.parts.size(); ++part) {
    lists.push_back(&axis.parts[part]);
    labels_of.push_back(labels(axis.names[part], axis.parts[part]));
  }
  const Numbers positions = combined(lists, rows_.size());
  for (std::size_t job = 0; job < rows_.size(); ++job) {
    arrangement.positions[job].push_back(positions[job]);
    if (positions[job] < shown.values.size()) continue;
    std::string label;
    for (std::size_t part = 0; part < axis.parts.size(); ++part) {
      if (part > 0) label += ", ";
      if (part > 0 && axis.names.front() == "prompt") label += axis.names[part] + " ";
      label += labels_of[part].at(axis.parts[part][job]);
    }
    shown.values.push_back(std::move(label));
  }
  arrangement.axes.push_back(std::move(shown));
}

Arrangement Variation::arrangement() const {
  Arrangement result;
  result.positions.resize(rows_.size());
  const std::vector<Axis> swept = swept_axes();
  std::vector<const Numbers*> swept_values;
  for (const Axis& axis : swept) swept_values.push_back(&axis.parts.front());
  const Numbers cell = combined(swept_values, rows_.size());
  const std::size_t cells = distinct(cell);

  std::vector<Axis> others;
  for (Column& column : columns(&Row::options)) {
    if (!varies(column.values)) {
      result.common.emplace_back(column.name, labels(column.name, column.values).at(column.values.front()));
      continue;
    }
    if (distinct_pairs(cell, column.values) == cells) continue;  // follows from the swept axes
    // What follows from the prompt shares its axis.
    const auto leader = std::ranges::find_if(others, [&](const Axis& axis) {
      return distinct_pairs(axis.parts.front(), column.values) == distinct(axis.parts.front());
    });
    if (leader == others.end()) {
      others.push_back({.names = {std::move(column.name)}, .parts = {std::move(column.values)}});
    } else {
      leader->names.push_back(std::move(column.name));
      leader->parts.push_back(std::move(column.values));
    }
  }
  for (const Axis& axis : others) add_axis(axis, result);
  for (const Axis& axis : swept) add_axis(axis, result);
  return result;
}

}  // namespace sfumato

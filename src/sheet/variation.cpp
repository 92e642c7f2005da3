#include "sheet/variation.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "jobs/job_options.h"

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

}  // namespace

void Variation::put(std::vector<Column>& columns, std::unordered_map<std::string, std::size_t>& places,
                    const std::string& name, const std::string& value) {
  const auto [place, is_new] = places.try_emplace(name, columns.size());
  if (is_new) columns.push_back({.name = name, .values = {}});
  const auto [number, is_new_text] = numbers_.try_emplace(value, static_cast<Number>(texts_.size()));
  if (is_new_text) texts_.push_back(value);
  std::vector<Number>& values = columns[place->second].values;
  values.resize(jobs_, kAbsent);  // of the jobs before, and of this one if the name came twice
  values.push_back(number->second);
}

void Variation::add(const Job& job) {
  for (const auto& [name, value] : job.axes) put(axes_, axis_places_, name, value);
  for (const auto& [name, value] : options_json(job.options)) {
    if (find_job_option(name)->is_flag) put(options_, option_places_, name, text_of(value));
  }
  ++jobs_;
}

// What these values are called: as they are, but files by as much of their paths as tells them apart.
std::unordered_map<std::uint32_t, std::string> Variation::labels(const std::string& name,
                                                                 const std::vector<Number>& values) const {
  std::unordered_map<Number, std::string> result;
  for (const Number value : values) result[value] = text(value);
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

Arrangement Variation::arrangement() const {
  const auto full = [&](const Column& column) {
    Numbers values = column.values;
    values.resize(jobs_, kAbsent);
    return values;
  };
  struct Axis {
    std::vector<std::string> names;
    std::vector<Numbers> parts;  // of what is swept in parallel, each; the first tells the jobs apart
  };
  std::vector<Axis> axes;
  for (const Column& column : axes_) {
    Numbers values = full(column);
    if (!varies(values)) continue;
    if (!axes.empty()) {
      Axis& before = axes.back();
      const std::size_t pairs = distinct_pairs(before.parts.front(), values);
      if (pairs == distinct(before.parts.front()) && pairs == distinct(values)) {
        before.names.push_back(column.name);
        before.parts.push_back(std::move(values));
        continue;
      }
    }
    axes.push_back({.names = {column.name}, .parts = {std::move(values)}});
  }

  // Where each job stands on the axes, as one number.
  std::map<Numbers, std::uint32_t> tuples;
  Numbers tuple_of(jobs_);
  for (std::size_t job = 0; job < jobs_; ++job) {
    Numbers tuple;
    for (const Axis& axis : axes) tuple.push_back(axis.parts.front()[job]);
    tuple_of[job] = tuples.try_emplace(std::move(tuple), static_cast<std::uint32_t>(tuples.size())).first->second;
  }

  Arrangement result;
  result.places.resize(jobs_);
  std::vector<Axis> rest;
  for (const Column& column : options_) {
    Numbers values = full(column);
    if (!varies(values)) {
      if (!values.empty()) result.common.emplace_back(column.name, labels(column.name, values).at(values.front()));
      continue;
    }
    if (distinct_pairs(tuple_of, values) == tuples.size()) continue;  // follows from the axes
    // What follows from the prompt is told beside it.
    const auto leader = std::ranges::find_if(rest, [&](const Axis& axis) {
      return distinct_pairs(axis.parts.front(), values) == distinct(axis.parts.front());
    });
    if (leader == rest.end()) {
      rest.push_back({.names = {column.name}, .parts = {std::move(values)}});
    } else {
      leader->names.push_back(column.name);
      leader->parts.push_back(std::move(values));
    }
  }
  axes.insert(axes.begin(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));

  for (const Axis& axis : axes) {
    SheetAxis shown{.name = axis.names.front(), .values = {}};
    for (std::size_t part = 1; part < axis.names.size(); ++part) shown.name += ", " + axis.names[part];
    std::vector<std::unordered_map<Number, std::string>> words_of;
    for (std::size_t part = 0; part < axis.parts.size(); ++part) {
      words_of.push_back(labels(axis.names[part], axis.parts[part]));
    }
    std::map<Numbers, std::uint32_t> numbers;
    for (std::size_t job = 0; job < jobs_; ++job) {
      Numbers value;
      for (const Numbers& part : axis.parts) value.push_back(part[job]);
      const auto [number, is_new] = numbers.try_emplace(value, static_cast<std::uint32_t>(shown.values.size()));
      if (is_new) {
        std::string words;
        for (std::size_t part = 0; part < value.size(); ++part) {
          if (part > 0) words += ", ";
          if (part > 0 && axis.names.front() == "prompt") words += axis.names[part] + " ";
          words += words_of[part].at(value[part]);
        }
        shown.values.push_back(std::move(words));
      }
      result.places[job].push_back(number->second);
    }
    result.axes.push_back(std::move(shown));
  }
  return result;
}

}  // namespace sfumato

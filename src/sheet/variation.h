// What varies among the jobs of a run, and what all of them share.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "jobs/job.h"

namespace sfumato {

// One thing that varies, with its values in the order of the jobs that have them first.
struct SheetAxis {
  std::string name;                 // "seed"; "seed, steps" for what varies together
  std::vector<std::string> values;  // as on the command line; of files only as much of the path as tells them apart
};

// The jobs of a run along their axes, slowest first.
struct Arrangement {
  std::vector<SheetAxis> axes;
  std::vector<std::vector<std::uint32_t>> positions;        // per job: the index of its value on each axis
  std::vector<std::pair<std::string, std::string>> common;  // the options that all jobs share, as name and value
};

// Takes jobs one by one, in any order, and keeps the numbers of their values, some hundred bytes per job.
class Variation {
 public:
  void add(const Job& job);
  // The jobs in the order of Job::index. Its axes are those that the jobs were swept along (Job::axes), and before them
  // the other options that vary, such as the prompts of a file. What is swept in parallel is one axis, and so is a
  // prompt with what follows from it; an option that follows from the axes, as eta does from the sampling method, is
  // left out.
  [[nodiscard]] Arrangement arrangement() const;

 private:
  using Number = std::uint32_t;                           // of a text
  using Values = std::vector<std::pair<Number, Number>>;  // name and value
  struct Row {                                            // of one job
    std::uint64_t index;
    Values axes;
    Values options;
  };
  struct Column {
    std::string name;
    std::vector<Number> values;  // one per job
  };
  struct Axis {
    std::vector<std::string> names;
    std::vector<std::vector<Number>> parts;  // values per job, of each name; the first part alone tells the jobs apart
  };

  [[nodiscard]] Number number(const std::string& text);
  [[nodiscard]] std::vector<Column> columns(Values Row::* values) const;
  [[nodiscard]] std::vector<Axis> swept_axes() const;
  [[nodiscard]] std::unordered_map<Number, std::string> labels(const std::string& name,
                                                               const std::vector<Number>& values) const;
  void add_axis(const Axis& axis, Arrangement& arrangement) const;

  std::vector<Row> rows_;
  std::vector<std::string> texts_ = {""};  // each text once; number 0 stands for no value
  std::unordered_map<std::string, Number> numbers_;
};

}  // namespace sfumato

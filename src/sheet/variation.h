// What varies among the jobs of a run, and what is the same for all of them.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "jobs/job.h"

namespace sfumato {

// One thing that varies, with its values in the order in which they first appeared.
struct SheetAxis {
  std::string name;                 // "seed"; of things that vary together "seed, steps"
  std::vector<std::string> values;  // as on the command line; of files only as much of the path as tells them apart
};

// The jobs of a run along their axes, slowest first.
struct Arrangement {
  std::vector<SheetAxis> axes;
  std::vector<std::vector<std::uint32_t>> places;           // of each job: the number of its value on each axis
  std::vector<std::pair<std::string, std::string>> common;  // the options that all jobs share, as name and value
};

// Takes jobs one by one and keeps of each the numbers of its values, some hundred bytes.
class Variation {
 public:
  void add(const Job& job);
  // The axes that the jobs were swept along (Job::axes), and before them the options that vary beside those, as the
  // prompts of a file do. What is swept in parallel is one axis, as is a prompt with what follows from it; an option
  // that follows from the axes, as eta does from the sampling method, is none.
  [[nodiscard]] Arrangement arrangement() const;

 private:
  using Number = std::uint32_t;
  struct Column {
    std::string name;
    std::vector<Number> values;  // one for each job; kAbsent where it has none
  };

  void put(std::vector<Column>& columns, std::unordered_map<std::string, std::size_t>& places, const std::string& name,
           const std::string& value);
  [[nodiscard]] std::unordered_map<Number, std::string> labels(const std::string& name,
                                                               const std::vector<Number>& values) const;
  [[nodiscard]] const std::string& text(Number number) const { return texts_[number]; }

  std::size_t jobs_ = 0;
  std::vector<Column> axes_;
  std::vector<Column> options_;
  std::unordered_map<std::string, std::size_t> axis_places_;
  std::unordered_map<std::string, std::size_t> option_places_;
  std::vector<std::string> texts_ = {""};  // each value once; the first stands for no value
  std::unordered_map<std::string, Number> numbers_;
};

}  // namespace sfumato

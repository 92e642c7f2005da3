// Where a run puts its pictures: a folder that knows its content, one file, or standard output.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "jobs/job.h"
#include "output/output_name.h"
#include "output/results_folder.h"

namespace sfumato {

// A job with its identity, on its way to a picture.
struct Assignment {
  Job job{};
  std::string key{};
  JobId id{};
  std::string model{};  // digest
};

class Destination {
 public:
  struct Options {
    bool several = false;  // more than one picture may come
    bool overwrite = false;
    bool new_model = false;
    std::vector<std::string> more_models{};  // digests, besides the run's own
  };
  // Throws Error(cannot_create) for what would stop every picture.
  Destination(const OutputNames& names, const std::string& model_digest, const Options& options);

  // The path of the job's picture if it exists and is complete; sets job.output. Throws Error(cannot_create) if the run
  // writes one file and its name is taken by something else; Error(usage) if the job's own name is not valid, or if
  // `overwrite` would replace a file that the picture starts from, or in a folder of pictures if nothing can get that
  // name.
  [[nodiscard]] std::optional<std::filesystem::path> find(Assignment& assignment);

  // Writes the picture under its name and returns its path. Throws Error(usage) if only this picture's name is at fault
  // (a file took the name of its folder meanwhile), Error(io_error) or Error(cannot_create) for what stops every one.
  [[nodiscard]] std::filesystem::path finish(const Assignment& assignment, std::span<const std::uint8_t> png);

  // ResultsFolder::take_details(), and the same of one file.
  [[nodiscard]] std::vector<std::string> take_details();

  // nullptr for one file or standard output.
  [[nodiscard]] ResultsFolder* folder() { return folder_ ? &*folder_ : nullptr; }

 private:
  const OutputNames& names_;
  Options options_;
  std::optional<ResultsFolder> folder_;
  std::vector<std::string> details_{};
};

}  // namespace sfumato

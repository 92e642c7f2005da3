// The names of a run's pictures: what `output` stands for.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "jobs/job.h"

namespace sfumato {

// The forms of `output`:
//   (empty)       {prompt:40}-{seed}.png in the working folder; {init:40}-{prompt:40}-{seed}.png for pictures that
//                 start from others; of several models {model:40}- comes first
//   -             standard output, for a single picture
//   folder/       {index:05}-{seed}.png in it; likewise the name of a folder that exists
//   name.png      that file; for several pictures name-{seed}.png
//   with { }      a template
// Fields: {index} counts from 1, {line} is that of the prompt file, {key:8} the beginning of the job's key, {init} the
// name of the picture that the job starts from, {model} what its model calls itself, {vae} the file of --vae; every
// option has its name: {seed} {prompt} {cfg_scale} {sampler}... {index:05} pads with zeros, {prompt:40} cuts. Values
// are reduced to letters, digits, '.', '_' and '-', so that no prompt can name another folder.
class OutputNames {
 public:
  // several: more than one picture may come. from_pictures: they start from others. of_models: they are of several
  // models. Throws Error(usage) for an `output`
  // of no such form.
  OutputNames(const std::string& output, bool several, bool from_pictures = false, bool of_models = false);

  [[nodiscard]] bool is_stdout() const { return stdout_; }
  // Whether all goes into one file, whose name was given or is made of the prompt; or to standard output.
  [[nodiscard]] bool is_one_file() const { return one_file_; }
  // Whether `output` was given.
  [[nodiscard]] bool is_given() const { return given_; }
  // The folder that contains all pictures; "." for the working folder.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // Whether pictures may lie in folders inside it.
  [[nodiscard]] bool is_nested() const { return template_.find('/') != std::string::npos; }
  // Whether no two jobs can get one name.
  [[nodiscard]] bool is_unique() const;

  // The name of a job's picture, relative to the folder; so is the own `output` of a line. Throws Error(usage) if that
  // is not valid.
  [[nodiscard]] std::string name_of(const Job& job, std::string_view key) const;
  // The folder and the name, or "-".
  [[nodiscard]] std::filesystem::path path_of(std::string_view name) const;

 private:
  std::string output_;  // for messages
  std::string template_;
  std::filesystem::path folder_;
  bool stdout_ = false;
  bool one_file_ = false;
  bool given_ = true;
};

}  // namespace sfumato

// Where the pictures of a run go.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/hash_index.h"
#include "jobs/job.h"

namespace sfumato {

// The names that --output stands for.
//   ""            {prompt:40}-{seed}.png in the working folder; {init:40}-{prompt:40}-{seed}.png if pictures are
//   started
//                 from
//   -             standard output, for a single picture
//   folder/       {index:05}-{seed}.png in it; so does the name of a folder that exists
//   name.png      that file; for several pictures name-{seed}.png
//   with { }      a template: {index} counts from 1, {line} is that of the prompt file, {key:8} the beginning of the
//                 job's key, {init} the name of the picture that it starts from, and every option has its name: {seed}
//                 {prompt} {cfg_scale} {sampler}...; {index:05} pads with zeros, {prompt:40} cuts
// What a field puts in is reduced to letters, digits, '.', '_' and '-', so that no prompt can name another folder.
class OutputNames {
 public:
  // several: more than one picture may come. from_pictures: they start from others. Throws Error(usage) for what is
  // none of these.
  OutputNames(const std::string& output, bool several, bool from_pictures = false);

  [[nodiscard]] bool is_stdout() const { return stdout_; }
  // Whether it is one file, by the name that was said or, if none was, by one made of the prompt.
  [[nodiscard]] bool is_one_file() const { return one_file_; }
  [[nodiscard]] bool is_said() const { return said_; }
  // The folder that all pictures lie in, "." for the working folder.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // Whether pictures may lie in folders inside it.
  [[nodiscard]] bool is_nested() const { return template_.find('/') != std::string::npos; }
  // Whether no two jobs can get one name, so that nobody need look.
  [[nodiscard]] bool is_unique() const;

  // The name of a job's picture in the folder; a line's own --output is a name in it, too. Throws Error(usage) with
  // what is wrong with the job's own name.
  [[nodiscard]] std::string name_of(const Job& job, std::string_view key) const;
  // As a path: the folder and the name, or "-".
  [[nodiscard]] std::filesystem::path path_of(std::string_view name) const;

 private:
  std::string output_;  // for messages
  std::string template_;
  std::filesystem::path folder_;
  bool stdout_ = false;
  bool one_file_ = false;
  bool said_ = true;
};

// Finds jobs that would get one name, in 32 bytes a job or less.
class TakenNames {
 public:
  // The index of the job that has the name already; else it is `index`'s now.
  [[nodiscard]] std::optional<std::uint64_t> take(std::string_view name, std::uint64_t index);

 private:
  HashIndex indices_;
};

// Goes through all jobs and throws Error(usage) if two of them would get one name: "two jobs would write a-cat-42.png
// (prompts.txt:4 and prompts.txt:9)". first and again: the same jobs, twice; the second is only looked at for the
// message. Bad lines are passed over.
void check_names(JobStream& first, JobStream& again, const OutputNames& names, const Provenance& provenance);

}  // namespace sfumato

// A run: makes the pictures of all jobs and puts each into its place as soon as it is finished.
#pragma once

#include <filesystem>
#include <string>

#include "jobs/job.h"
#include "jobs/job_shard.h"
#include "output/output_name.h"
#include "run/exit_code.h"
#include "run/reporter.h"
#include "run/run_models.h"
#include "run/stop_policy.h"
#include "sfumato/generator.h"

namespace sfumato {

struct RunOptions {
  bool overwrite = false;      // make every picture anew, and replace existing files
  bool with_metadata = true;   // write the picture's options into it
  bool strict_prompt = false;  // a prompt that the model has no room for is an error, not a warning
  bool new_model = false;      // allow a folder that has pictures of another model
  bool retry = false;          // try pictures again that were set aside
  bool check = false;          // compare the pictures of the folder with the SHA-256 in the journal first
  JobShard shard{};
  StopOptions stop{};
  std::filesystem::path sheet{};  // a contact sheet of all pictures; empty: none
  std::string seeds_of{};         // the argument of base_seed(), which is forgotten when all pictures exist; or empty
  std::string command{};          // the shell command that continues the run, for messages
};

// Returns ok, or some_failed if a picture could not be made; such are reported and do not stop the others. If the only
// picture failed for its input file: bad_data or input_missing.
// Networks are loaded only if there is a picture to be made, and of each model once, unless the stream can be read only
// once and memory does not hold all of its models. A model that cannot be used fails its own jobs alone, unless it is
// the only one of the command line. Throws Error for what ends the run early: a signal or a time limit (the message has
// the counts and the command that continues), or what would stop every picture (disk full, device lost). Finished
// pictures are on disk.
//
// A run into a folder of several pictures can be repeated: finished pictures are not made again
// (output/results_folder.h). Nor is a single file that has the job's key.
ExitCode run(JobStream& jobs, const OutputNames& names, RunModels& models, const RunOptions& options,
             Reporter& reporter);

}  // namespace sfumato

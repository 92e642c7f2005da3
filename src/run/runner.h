// A run: makes the pictures of all jobs and puts each where it belongs as soon as it is finished.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "jobs/job.h"
#include "jobs/job_shard.h"
#include "output/output_name.h"
#include "run/exit_code.h"
#include "run/reporter.h"
#include "run/stop_policy.h"
#include "sfumato/generator.h"

namespace sfumato {

struct RunOptions {
  bool overwrite = false;      // make every picture anew, and replace files that are there
  bool with_metadata = true;   // write the picture's values into it
  bool strict_prompt = false;  // a prompt that the model has no room for is an error, not a warning
  bool new_model = false;      // put pictures beside those of another model
  bool retry = false;          // try what was set aside again
  JobShard shard{};
  StopOptions stop{};
  std::filesystem::path sheet{};  // a contact sheet of all pictures; empty: none
  std::string seeds_of{};         // what base_seed() was asked with, if it was: forgotten when all pictures exist
  std::string command{};          // that goes on, as it would be typed in a shell; told at the end
};

// Loads the networks; asked only when there is a picture to be made.
using LoadGenerator = std::function<Generator()>;

// Returns ok, or some_failed if a picture could not be made; those are reported and do not stop the others. If the only
// picture failed for a file that it starts from, that is the code: bad_data or input_missing.
// Throws Error for what ends the run early: a signal, a limit of time (with what is left and the command that goes on),
// or what would stop every picture (disk full, device lost). Pictures finished before it are on disk.
//
// A run into a folder of more than one picture can be repeated: what is finished is not made again
// (output/results_folder.h). A single file that has the same key already is not made again either.
ExitCode run(JobStream& jobs, const OutputNames& names, const Provenance& provenance, const LoadGenerator& load,
             const RunOptions& options, Reporter& reporter);

}  // namespace sfumato

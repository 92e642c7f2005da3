// The set-up that --plan, --plan-time and the run share: what it accepts, the run accepts.
#pragma once

#include <functional>
#include <string>

#include "cli/cli_options.h"
#include "cli/command_models.h"
#include "jobs/prompt_jobs.h"
#include "output/output_name.h"

namespace sfumato {

struct PreparedRun {
  CommandModels* models = nullptr;
  JobSpec jobs;
  bool is_stream = false;  // a pipe or standard input gives the prompts: it can be read only once
  bool is_several = true;  // more than one picture may come; of all shards
  OutputNames names;
  RuntimeOptions runtime;  // dtype: explicit, or that of the picture of --from-image
};

// Checks everything that can be checked before the jobs are gone through, and writes nothing. Sets the rules of
// `models`, and the runtime as it is without a folder of pictures; they must outlive the result. warn: gets what the
// user should know. Throws the Error that the run would end with.
[[nodiscard]] PreparedRun prepare_run(const CliOptions& options, CommandModels& models,
                                      const std::function<void(const std::string&)>& warn);

// Throws Error(usage) if two jobs would write one file. Reads a prompt file once more; of a stream it checks nothing.
void check_collisions(const PreparedRun& prepared);

}  // namespace sfumato

// The set-up that --plan, --plan-time and the run share: what it accepts, the run accepts.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bundle/model_config.h"
#include "cli/cli_options.h"
#include "jobs/prompt_jobs.h"
#include "output/output_name.h"

namespace sfumato {

// What is known of a model before its networks are loaded: of a bundle what its model.json says.
struct ModelFacts {
  std::filesystem::path folder;  // or the checkpoint's file
  ModelConfig config;
  std::string digest;                        // SHA-256 of model.json
  std::vector<std::string> unknown_files{};  // that take `trust`; only of facts_of()
};

// path: as find_model() gives it. Opens a checkpoint (cli/open_model.h), and reads model.json of a bundle. Throws
// Error(bad_bundle) if that cannot be read, and as open_model() does.
[[nodiscard]] ModelFacts facts_of(const std::filesystem::path& path, const ModelChoice& choice, Console& err);

struct PreparedRun {
  ModelFacts model;
  JobSpec jobs;
  bool is_stream = false;  // a pipe or standard input gives the prompts: it can be read only once
  bool is_several = true;  // more than one picture may come; of all shards
  OutputNames names;
  RuntimeOptions runtime;  // dtype: explicit, or that of the picture of --from-image
};

// Checks everything that can be checked before the jobs are gone through, and writes nothing. warn: gets what the user
// should know. Throws the Error that the run would end with.
[[nodiscard]] PreparedRun prepare_run(const CliOptions& options, ModelFacts model,
                                      const std::function<void(const std::string&)>& warn);

// What decides a picture besides its options. Throws Error for a device or dtype that this machine does not have.
[[nodiscard]] Provenance provenance_of(const PreparedRun& prepared);

// Throws Error(usage) if two jobs would write one file. Reads a prompt file once more; of a stream it checks nothing.
void check_collisions(const PreparedRun& prepared);

}  // namespace sfumato

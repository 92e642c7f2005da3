// From jobs to a run: where the pictures go, which seeds are drawn, and what is said at the end.
#pragma once

#include <filesystem>
#include <memory>

#include "bundle/bundle.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "jobs/prompt_jobs.h"
#include "run/reporter.h"

namespace sfumato {

// arguments: as the program was called, for the command that goes on. Throws what run() throws, and Error(usage) if two
// jobs would write one file.
ExitCode run_jobs(const JobSpec& request, const CliOptions& said, Arguments arguments,
                  const std::shared_ptr<const Bundle>& model, const std::filesystem::path& model_folder,
                  Reporter& reporter);

}  // namespace sfumato

#include "cli/run_jobs.h"

#include <string>

#include "base/printable.h"
#include "output/base_seed.h"
#include "output/folder_dtype.h"
#include "output/journal.h"
#include "pipeline/runtime_dtype.h"

namespace sfumato {
namespace {

// For which the random seeds are drawn: the same text when the command is repeated, and for every shard.
std::string seed_scope(const CliOptions& options) {
  std::string text = "file " + options.from_file + "\noutput " + options.output + "\n";
  for (const OptionSetting& setting : options.settings) {
    text += std::string(setting.option->name);
    for (const std::string& value : setting.texts) text += "\n " + value;
    text += "\n";
  }
  return text;
}

bool may_draw_seeds(const CliOptions& options) {
  if (!options.from_file.empty()) return true;  // a line may ask for it
  for (const OptionSetting& setting : options.settings) {
    if (setting.option->name != "seed") continue;
    for (const std::string& text : setting.texts) {
      if (text.find("random") != std::string::npos || text.find('-') == 0) return true;
    }
  }
  return false;
}

// Without an explicit dtype a folder of pictures keeps the dtype that it was begun with, whichever processor this is.
RuntimeOptions runtime_for(const PreparedRun& prepared, const ModelFacts& model, bool is_several, Reporter& reporter) {
  RuntimeOptions runtime = prepared.runtime;
  const OutputNames& names = prepared.names;
  std::error_code error;
  const bool is_folder = !names.is_stdout() && !names.is_one_file() &&
                         (is_several || std::filesystem::exists(names.folder() / kStateFolder, error));
  if (runtime.dtype || !is_folder) return runtime;
  const std::string automatic = dtype_of(model.config, runtime);
  runtime.dtype = keep_dtype(names.folder(), model.digest, names.is_nested(), *value_of<Dtype>(automatic));
  if (const std::string recorded(name_of(*runtime.dtype)); recorded != automatic) {
    reporter.note(printable(names.folder().string(), 400) + ": its pictures are in " + recorded +
                  ", so this run's are too, though " + automatic + " is what is fast here; --dtype overrides it");
  }
  return runtime;
}

}  // namespace

ExitCode run_jobs(const CliOptions& options, const PreparedRun& prepared, Reporter& reporter) {
  JobSpec spec = prepared.jobs;
  if (!prepared.is_stream) spec.counted = PromptJobs(spec, 0).count();
  check_collisions(prepared);

  RunOptions run_options = options.run;
  std::uint64_t seed = random_seed();
  if (prepared.is_several && may_draw_seeds(options)) {
    run_options.seeds_of = seed_scope(options);
    seed = base_seed(prepared.names.folder(), run_options.seeds_of);
  }
  const bool is_several = prepared.is_several || options.run.shard.count > 1;
  prepared.models->set_runtime(
      [&](const ModelFacts& model) { return runtime_for(prepared, model, is_several, reporter); });
  PromptJobs jobs(std::move(spec), seed);
  return run(jobs, prepared.names, *prepared.models, run_options, reporter);
}

}  // namespace sfumato

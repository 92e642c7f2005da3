#include "cli/prepare_run.h"

#include <unistd.h>

#include <cstdlib>

#include "base/shown_path.h"
#include "bundle/check_model_inputs.h"
#include "bundle/check_refiner.h"
#include "cli/flags.h"
#include "metadata/from_image.h"
#include "output/destination.h"
#include "output/name_collisions.h"
#include "output/writable.h"
#include "sheet/sheet.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

// Only a regular file can be read twice. A missing file and a folder are no streams: opening them fails at once.
bool is_stream(const std::string& from_file) {
  if (from_file.empty()) return false;
  std::error_code error;
  return from_file == "-" || (fs::exists(from_file, error) && !fs::is_regular_file(from_file, error) &&
                              !fs::is_directory(from_file, error));
}

// Of a run without a refiner all steps are the model's; with one of which no share is said, its own are the last fifth.
FromImage with_refiner_switch(FromImage base, bool has_refiner) {
  constexpr double kSwitch = 0.8;  // Podell et al. 2024, section 2.5: the last 200 of 1000 timesteps
  if (has_refiner && base.options.refiner_switch == 1) base.options.refiner_switch = kSwitch;
  return base;
}

ModelRules rules_of(const ModelFacts& facts, const ModelFacts* refiner, const FromImage& base) {
  return {.name = facts.config.name,
          .defaults = base.options,
          .size_multiple = facts.config.latents.downscale,
          .fits_model = [model = facts.config, refiner](const GenerateOptions& o) {
            check_model_inputs(o, model);
            if (refiner != nullptr) check_refiner(refiner->config, model);
            check_refiner_switch(o, refiner != nullptr);
          }};
}

FromImage base_of(const CliOptions& options, const ModelFacts& facts, const ModelFacts* refiner) {
  FromImage base = base_values(options.from_image, default_options(facts.config),
                               {.model = facts.digest,
                                .model_hash = model_hash(facts.config, facts.digest),
                                .refiner = refiner != nullptr ? refiner->digest : ""},
                               options.settings);
  return with_refiner_switch(std::move(base), refiner != nullptr);
}

JobSpec job_spec(const CliOptions& options, CommandModels& models, const FromImage& base) {
  return {.settings = options.settings,
          .from_file = options.from_file,
          .has_prompt = base.has_prompt,
          .wildcards = options.wildcards,
          .combinatorial = options.combinatorial,
          .rules = {.model = models.rules({}),
                    .of_model = [&models](const ModelRef& model) -> const ModelRules& { return models.rules(model); },
                    .zip = options.zip,
                    .size_explicit = base.has_size},
          .is_run_flag = &is_run_flag};
}

// Of a file reads no further than the second picture.
bool is_several(const JobSpec& spec, bool stream) {
  if (stream) return true;
  PromptJobs jobs(spec, 0);
  if (spec.from_file.empty()) return jobs.count()->jobs > 1;
  return jobs.next() && jobs.next();
}

void refuse_inside(const CommandModels& models, const fs::path& folder) {
  if (!models.has_inside(folder)) return;
  throw Error(
      ErrorKind::cannot_create,
      shown_path(folder) + ": is inside the model's folder, which takes no other files. Give another --output.");
}

// The next run would start from the pictures that this one made.
void refuse_folder_of_inputs(const JobSpec& spec, const fs::path& folder) {
  for (const OptionSetting& setting : spec.settings) {
    if (setting.option->kind != JobOption::Kind::file) continue;
    for (const std::string& text : setting.texts) {
      std::error_code error;
      if (!fs::is_directory(text, error) || !fs::equivalent(text, folder, error)) continue;
      throw Error(ErrorKind::usage, "--output: " + shown_path(folder) + " is the folder of " +
                                        flag_of(*setting.option) +
                                        ": the next run would start from what this one makes. Give another folder.");
    }
  }
}

// A single file that exists must be this very picture, or --overwrite given.
void check_single_file(const PreparedRun& prepared) {
  const std::optional<Item> item = PromptJobs(prepared.jobs, 0).next();
  const Job* job = item ? std::get_if<Job>(&*item) : nullptr;
  if (job == nullptr) return;
  const fs::path path = prepared.names.path_of(prepared.names.name_of(*job, ""));
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return;
  const Provenance& provenance = prepared.models->provenance(job->model);
  Assignment assignment{.job = *job, .key = key_of(job->options, provenance)};
  (void)Destination(prepared.names, provenance.model_digest, {}).find(assignment);
}

void check_output(const PreparedRun& prepared, const CliOptions& options) {
  const OutputNames& names = prepared.names;
  if (names.is_stdout()) return;
  refuse_folder_of_inputs(prepared.jobs, names.folder());
  refuse_inside(*prepared.models, names.folder());
  check_writable(names.folder());
  if (names.is_one_file() && names.is_given() && !options.run.overwrite) check_single_file(prepared);
}

}  // namespace

PreparedRun prepare_run(const CliOptions& options, CommandModels& models,
                        const std::function<void(const std::string&)>& warn) {
  if (options.from_file == "-" && isatty(STDIN_FILENO) == 1) {
    throw Error(ErrorKind::usage,
                "--from-file -: standard input is a terminal. Send prompts to it, one a line, or name a file.");
  }
  if (!options.is_sharded) {
    const std::string warning = warning_of_array([](const char* name) -> const char* { return std::getenv(name); });
    if (!warning.empty()) warn(warning);
  }
  if (!options.run.sheet.empty()) check_sheet(options.run.sheet, options.run.overwrite);
  const ModelFacts& own = models.facts({});
  const ModelFacts* refiner = models.refiner();
  if (refiner != nullptr && models.is_one()) check_refiner(refiner->config, own.config);
  const FromImage base = base_of(options, own, refiner);
  for (const std::string& note : base.notes) warn(note);
  models.set_rules([&options, refiner](const ModelFacts& facts) {
    return rules_of(facts, refiner, base_of(options, facts, refiner));
  });
  RuntimeOptions runtime = options.runtime;
  if (!runtime.dtype) runtime.dtype = base.dtype;
  models.set_runtime([runtime](const ModelFacts&) { return runtime; });
  JobSpec jobs = job_spec(options, models, base);
  const bool stream = is_stream(options.from_file);
  const bool several = is_several(jobs, stream);
  OutputNames names(options.output, several, starts_from_pictures(jobs), models.has_list());
  PreparedRun prepared{.models = &models,
                       .jobs = std::move(jobs),
                       .is_stream = stream,
                       .is_several = several,
                       .names = std::move(names),
                       .runtime = runtime};
  // `auto` with a dtype of every device cannot fail, and may take seconds: CUDA is loaded for it.
  if (prepared.runtime.device != "auto" || prepared.runtime.dtype == Dtype::float16) {
    (void)models.provenance({});
  }
  check_output(prepared, options);
  return prepared;
}

void check_collisions(const PreparedRun& prepared) {
  if (prepared.is_stream || !prepared.is_several || prepared.names.is_unique()) return;
  // Random seeds: any do for this; the run draws its own when nothing is wrong any more.
  PromptJobs first(prepared.jobs, 0);
  PromptJobs again(prepared.jobs, 0);
  check_names(first, again, prepared.names,
              [&](const Job& job) -> const Provenance& { return prepared.models->provenance(job.model); });
}

}  // namespace sfumato

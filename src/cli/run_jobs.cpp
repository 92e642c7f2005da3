#include "cli/run_jobs.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "base/printable.h"
#include "base/shell.h"
#include "output/base_seed.h"
#include "output/folder_dtype.h"
#include "output/journal.h"
#include "output/output_name.h"
#include "run/runner.h"
#include "sheet/sheet.h"

namespace sfumato {
namespace {

void refuse_inside(const std::filesystem::path& model, const std::filesystem::path& folder) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::weakly_canonical(folder, error);
  const std::filesystem::path relative = target.lexically_relative(std::filesystem::weakly_canonical(model, error));
  if (error || relative.empty() || *relative.begin() == "..") return;
  throw Error(ErrorKind::cannot_create,
              printable(folder.string(), 400) +
                  ": is inside the model's folder, which takes no other files. Give another --output.");
}

// A run that puts pictures where it takes them from would take its own the next time.
void refuse_folder_of_inputs(const JobSpec& request, const OutputNames& names) {
  if (names.is_stdout()) return;
  for (const OptionSetting& setting : request.said) {
    if (setting.option->kind != JobOption::Kind::file) continue;
    for (const std::string& text : setting.texts) {
      std::error_code error;
      if (!std::filesystem::is_directory(text, error) || !std::filesystem::equivalent(text, names.folder(), error)) {
        continue;
      }
      throw Error(ErrorKind::usage, "--output: " + printable(names.folder().string(), 400) + " is the folder of " +
                                        flag_of(*setting.option) +
                                        ": the next run would start from what this one makes. Give another folder.");
    }
  }
}

// What asks for random seeds, in a form that is the same when the command is repeated, whichever shard it is.
std::string seed_scope(const CliOptions& said) {
  std::string text = "file " + said.from_file + "\noutput " + said.output + "\n";
  for (const OptionSetting& setting : said.said) {
    text += std::string(setting.option->name);
    for (const std::string& value : setting.texts) text += "\n " + value;
    text += "\n";
  }
  return text;
}

bool may_draw_seeds(const CliOptions& said) {
  if (!said.from_file.empty()) return true;  // a line may say so
  for (const OptionSetting& setting : said.said) {
    if (setting.option->name != "seed") continue;
    for (const std::string& text : setting.texts) {
      if (text.find("random") != std::string::npos || text.find('-') == 0) return true;
    }
  }
  return false;
}

std::string resume_command(Arguments arguments) {
  std::vector<std::string> words = {"sfumato"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return shell_command(words);
}

JobShard shard_of(const CliOptions& said, Reporter& reporter) {
  const Environment environment = [](const char* name) { return std::getenv(name); };
  if (!said.shard.empty()) return parse_shard(said.shard, environment);
  const std::string warning = warning_of_array(environment);
  if (!warning.empty()) reporter.warn(warning);
  return {};
}

// Where no dtype is asked for, a folder of pictures keeps the one that it was begun with, whichever processor this is.
RuntimeOptions runtime_for(const OutputNames& names, bool several, const RuntimeOptions& asked, const Bundle& model,
                           Reporter& reporter) {
  RuntimeOptions runtime = asked;
  std::error_code error;
  const bool is_folder = !names.is_stdout() && !names.is_one_file() &&
                         (several || std::filesystem::exists(names.folder() / kStateFolder, error));
  if (asked.dtype || !is_folder) return runtime;
  const std::string automatic = dtype_of(model, asked);
  runtime.dtype = keep_dtype(names.folder(), model.digest(), names.is_nested(), *value_of<Dtype>(automatic));
  if (const std::string kept(name_of(*runtime.dtype)); kept != automatic) {
    reporter.note(printable(names.folder().string(), 400) + ": its pictures are in " + kept +
                  ", so this run's are too, though " + automatic + " is what is fast here; --dtype says otherwise");
  }
  return runtime;
}

}  // namespace

ExitCode run_jobs(const JobSpec& request, const CliOptions& said, Arguments arguments,
                  const std::shared_ptr<const Bundle>& model, const std::filesystem::path& model_folder,
                  Reporter& reporter) {
  RunOptions options{.overwrite = said.overwrite,
                     .with_metadata = said.with_metadata,
                     .strict_prompt = said.strict_prompt,
                     .new_model = said.new_model,
                     .retry = said.retry,
                     .shard = shard_of(said, reporter),
                     .stop = {.grace = said.grace,
                              .time_limit = said.time_limit,
                              .job_timeout = said.job_timeout,
                              .fail_fast = said.fail_fast},
                     .sheet = said.grid,
                     .command = resume_command(arguments)};
  if (!said.grid.empty()) check_sheet(said.grid, said.overwrite);
  Provenance provenance{
      .model_name = model->config().name, .model_digest = model->digest(), .dtype = dtype_of(*model, said.runtime)};
  const bool is_stream = request.from_file == "-";
  const std::optional<JobCount> count = is_stream ? std::nullopt : PromptJobs(request, 0).count();
  const bool several = !count || count->jobs + count->bad_lines > 1;
  const OutputNames names(said.output, several, starts_from_pictures(request));
  refuse_folder_of_inputs(request, names);
  if (!names.is_stdout()) refuse_inside(model_folder, names.folder());
  if (count && several && !names.is_unique()) {
    // With any random seeds: the true ones are drawn when nothing is wrong any more.
    PromptJobs first(request, 0);
    PromptJobs again(request, 0);
    check_names(first, again, names, provenance);
  }
  const RuntimeOptions runtime = runtime_for(names, several || options.shard.count > 1, said.runtime, *model, reporter);
  provenance.dtype = dtype_of(*model, runtime);
  std::uint64_t seed = 0;
  if (several && may_draw_seeds(said)) {
    options.seeds_of = seed_scope(said);
    seed = base_seed(names.folder(), options.seeds_of);
  } else {
    seed = random_seed();
  }
  JobSpec counted = request;
  counted.counted = count;
  PromptJobs jobs(std::move(counted), seed);
  return run(jobs, names, provenance, [&] { return Generator(model, runtime); }, options, reporter);
}

}  // namespace sfumato

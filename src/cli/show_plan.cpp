#include "cli/show_plan.h"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "base/mapped_file.h"
#include "base/printable.h"
#include "bundle/bundle.h"
#include "bundle/check_inputs.h"
#include "bundle/model_json.h"
#include "cli/calibrate.h"
#include "cli/find_model.h"
#include "cli/flags.h"
#include "cli/plan.h"
#include "jobs/job_shard.h"
#include "metadata/from_image.h"
#include "output/base_seed.h"
#include "output/folder_dtype.h"
#include "output/output_name.h"
#include "sfumato/generator.h"

namespace sfumato {
namespace {

ModelConfig config_of(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kModelJson;
  const MappedFile description(path, ErrorKind::bad_bundle);
  return read_model_json(description.text(), printable(path.string(), 400)).config;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string count_of(std::uint64_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

// Whether the run is of more than one picture, as its names will go by; a stream may always be.
bool is_several(const JobSpec& request) {
  if (request.from_file == "-") return true;
  PromptJobs jobs(request, 0);
  return jobs.next() && jobs.next();
}

// A key is known only with the whole model.
bool needs_key(const std::string& name) { return name.find("{key") != std::string::npos; }

}  // namespace

JobSpec job_spec(const CliOptions& said, const ModelConfig& model, const FromImage& base) {
  return {.said = said.said,
          .from_file = said.from_file,
          .has_prompt = base.has_prompt,
          .wildcards = said.wildcards,
          .combinatorial = said.combinatorial,
          .rules = {.defaults = base.options,
                    .size_multiple = model.latents.downscale,
                    .fits_model = [model](const GenerateOptions& options) { check_inputs(options, model); },
                    .zip = said.zip,
                    .size_said = base.has_size},
          .is_run_flag = &is_run_flag};
}

ExitCode show_plan(const CliOptions& said) {
  const std::filesystem::path folder = find_model(said.model);
  const ModelConfig model = config_of(folder);
  const FromImage base = base_values(said.from_image, default_options(model), "", said.said);
  for (const std::string& note : base.notes) std::cerr << "sfumato: warning: " << note << '\n';
  const JobSpec request = job_spec(said, model, base);
  const std::uint64_t seed = random_seed();
  const OutputNames names(said.output, is_several(request), starts_from_pictures(request));
  TakenNames taken;
  bool collision = false;
  const auto path_of = [&](const Job& job) -> std::string {
    if (needs_key(said.output) || needs_key(job.output_template)) return "";
    const std::string name = names.name_of(job, "");
    if (!names.is_unique() && taken.take(name, job.index)) collision = true;
    return names.path_of(name).string();
  };
  const JobShard shard =
      said.shard.empty() ? JobShard{} : parse_shard(said.shard, [](const char* name) { return std::getenv(name); });
  PromptJobs jobs(request, seed);
  const Plan plan = print_plan(jobs,
                               {.json = said.json,
                                .defaults = request.rules.defaults,
                                .path_of = path_of,
                                .is_ours = [&](const Job& job) { return shard.has(job.index); }},
                               std::cout, std::cerr);
  if (collision && request.from_file != "-") {
    PromptJobs first(request, seed);
    PromptJobs again(request, seed);
    check_names(first, again, names, {});
  }
  JsonObject event = {{"event", {std::string("plan")}},
                      {"pictures", {static_cast<std::int64_t>(plan.count.jobs)}},
                      {"bad_lines", {static_cast<std::int64_t>(plan.count.bad_lines)}}};
  std::string sentence = count_of(plan.count.jobs, "picture");
  if (plan.count.bad_lines > 0) sentence += ", " + count_of(plan.count.bad_lines, "bad line");
  if (said.plan_time && plan.count.jobs > 0) {
    const auto begin = std::chrono::steady_clock::now();
    const std::shared_ptr<const Bundle> bundle = open_model(folder, said.trust);
    RuntimeOptions runtime = said.runtime;
    if (!runtime.dtype && !names.is_stdout() && !names.is_one_file()) {
      runtime.dtype = recorded_dtype(names.folder(), bundle->digest());
    }
    const Generator generator(bundle, runtime);
    const double loading = seconds_since(begin);
    const double seconds = loading + expected_seconds(plan.work, calibrate_on(generator));
    event.emplace_back("seconds", Json{std::round(seconds * 10) / 10});
    sentence += ", " + format_duration(seconds) + " on " + generator.runtime();
  }
  std::cout << (said.json ? dump_json({std::move(event)}) : sentence) << std::endl;
  if (!std::cout) throw Error(ErrorKind::io_error, "standard output cannot be written to.");
  return plan.count.bad_lines == 0 ? ExitCode::ok : ExitCode::bad_data;
}

}  // namespace sfumato

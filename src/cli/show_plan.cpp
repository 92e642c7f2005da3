#include "cli/show_plan.h"

#include <chrono>
#include <cmath>
#include <functional>
#include <optional>

#include "base/mapped_file.h"
#include "base/printable.h"
#include "base/shown_path.h"
#include "cli/calibrate.h"
#include "cli/command_models.h"
#include "cli/plan.h"
#include "cli/prepare_run.h"
#include "jobs/flag_words.h"
#include "output/base_seed.h"
#include "output/folder_dtype.h"
#include "output/name_collisions.h"
#include "output/writable.h"
#include "sfumato/generator.h"

namespace sfumato {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string count_of(std::uint64_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

// The paths of a plan's pictures, and whether two of them are one.
class PlannedPaths {
 public:
  PlannedPaths(const PreparedRun& prepared, const CliOptions& options)
      : prepared_(prepared),
        has_key_(options.output.find(kKeyField) != std::string::npos),
        overwrite_(options.run.overwrite) {}

  // Throws Error(usage) if the job's own --output is not valid.
  std::string path_of(const Job& job) {
    const OutputNames& names = prepared_.names;
    if (names.is_stdout()) return "-";
    // The key takes time, and the dtype in it may take CUDA: only names with {key} get it.
    const bool needs_key =
        job.output_template.empty() ? has_key_ : job.output_template.find(kKeyField) != std::string::npos;
    const std::string name =
        names.name_of(job, needs_key ? key_of(job.options, prepared_.models->provenance(job.model)) : "");
    if (!names.is_one_file()) check_picture_name(names.folder(), name, overwrite_);
    if (taken_.has_picture_as_folder(name)) {
      throw Error(ErrorKind::usage, "`output`: " + printable(name, 400) +
                                        ": a part of it is the name of another job's picture, and no folder.");
    }
    const bool is_unique = names.is_unique() && job.output_template.empty();
    if (!is_unique && taken_.take(name, job.index)) has_collision_ = true;
    return names.path_of(name).string();
  }
  [[nodiscard]] bool has_collision() const { return has_collision_; }

 private:
  static constexpr std::string_view kKeyField = "{key";

  const PreparedRun& prepared_;
  bool has_key_;  // of the command line's --output
  bool overwrite_;
  TakenNames taken_;
  bool has_collision_ = false;
};

struct Expectation {
  double seconds = 0;
  std::string runtime;  // Generator::runtime()
};

// Loads each model and tries it.
Expectation expected_time(const PreparedRun& prepared, const Plan& plan) {
  const OutputNames& names = prepared.names;
  prepared.models->set_runtime([&](const ModelFacts& model) {
    RuntimeOptions runtime = prepared.runtime;
    runtime.allow_flat = true;  // of few steps
    if (!runtime.dtype && !names.is_stdout() && !names.is_one_file()) {
      runtime.dtype = recorded_dtype(names.folder(), model.digest);
    }
    return runtime;
  });
  Expectation expected;
  for (const auto& [model, work] : plan.work) {
    const auto begin = std::chrono::steady_clock::now();
    const Generator generator = prepared.models->load(model);
    const double loading = seconds_since(begin);
    expected.seconds += loading + expected_seconds(work, calibrate_on(generator));
    expected.runtime = generator.runtime();
  }
  return expected;
}

// "anime: 12 pictures, 2132 MB of weights"
void show_models(CommandModels& models, const Plan& plan, JsonObject& event) {
  JsonArray list;
  for (const auto& [model, work] : plan.work) {
    std::uint64_t pictures = 0;
    for (const auto& [size, workload] : work) pictures += workload.pictures;
    const std::uint64_t bytes = models.bytes(model);
    const std::string path = models.facts(model).path.string();
    JsonObject entry = {{"model", {model.name}},
                        {"path", {path}},
                        {"pictures", {static_cast<std::int64_t>(pictures)}},
                        {"bytes", {static_cast<std::int64_t>(bytes)}}};
    if (!model.vae.empty()) entry.emplace_back("vae", Json{model.vae});
    list.push_back({std::move(entry)});
    standard_error().message("model " + printable(model.name.empty() ? path : model.name, 200) +
                             (model.vae.empty() ? "" : " with " + printable(model.vae, 200)) + ": " +
                             count_of(pictures, "picture") + ", " + std::to_string((bytes + 999'999) / 1'000'000) +
                             " MB of weights to read");
  }
  event.emplace_back("models", Json{std::move(list)});
}

// Tells that the run will be refused for the graphs or the tokenizer of the model.
void warn_of_trust(const ModelFacts& model, Trust trust, const std::function<void(const std::string&)>& warn) {
  if (model.unknown_files.empty() || trust == Trust::all) return;
  try {
    if (trust == Trust::known) refuse_unknown(shown_path(model.path / model.unknown_files.front()));
    for (const auto& [kind, network] : model.config.networks) {
      const std::filesystem::path path = model.path / network.graph;
      (void)TrustedGraph(MappedFile(path, ErrorKind::bad_bundle).text(), trust, shown_path(path));
    }
  } catch (const Error& error) {
    warn(std::string("the run will be refused: ") + error.what());
  }
}

}  // namespace

ExitCode show_plan(const CliOptions& options) {
  const auto warn = [](const std::string& text) { standard_error().message("warning: " + with_flags(text)); };
  CommandModels models(options, standard_error(), warn);
  const PreparedRun prepared = prepare_run(options, models, warn);
  warn_of_trust(models.facts({}), options.choice.trust, warn);
  if (const ModelFacts* refiner = models.refiner()) warn_of_trust(*refiner, options.choice.trust, warn);
  GenerateOptions unsaid = prepared.jobs.rules.model.defaults;
  unsaid.refiner_switch = 1;  // a plan says the share of a refiner
  PlannedPaths paths(prepared, options);
  PromptJobs jobs(prepared.jobs, random_seed());
  const Plan plan = print_plan(jobs,
                               {.json = options.json,
                                .defaults = unsaid,
                                .is_one_model = models.is_one(),
                                .path_of = [&](const Job& job) { return paths.path_of(job); },
                                .shard = options.run.shard},
                               standard_output(), standard_error());
  if (paths.has_collision()) check_collisions(prepared);
  JsonObject event = {{"event", {std::string("plan")}},
                      {"pictures", {static_cast<std::int64_t>(plan.count.jobs)}},
                      {"bad_lines", {static_cast<std::int64_t>(plan.count.bad_lines)}}};
  std::string sentence = count_of(plan.count.jobs, "picture");
  if (plan.count.bad_lines > 0) sentence += ", " + count_of(plan.count.bad_lines, "bad line");
  if (!models.is_one()) show_models(models, plan, event);
  if (options.plan_time && plan.count.jobs > 0) {
    const Expectation expected = expected_time(prepared, plan);
    event.emplace_back("seconds", Json{std::round(expected.seconds * 10) / 10});
    sentence += ", " + format_duration(expected.seconds) + " on " + expected.runtime;
  }
  if (options.json) {
    standard_output().json({std::move(event)});
  } else {
    standard_output().line(sentence);
  }
  standard_output().check();
  return plan.count.bad_lines == 0 ? ExitCode::ok : ExitCode::bad_data;
}

}  // namespace sfumato

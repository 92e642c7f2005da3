#include "cli/show_plan.h"

#include <chrono>
#include <cmath>
#include <functional>
#include <optional>

#include "base/mapped_file.h"
#include "base/printable.h"
#include "base/shown_path.h"
#include "cli/calibrate.h"
#include "cli/find_model.h"
#include "cli/open_model.h"
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
    const std::string name = names.name_of(job, needs_key ? key_of(job.options, provenance()) : "");
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

  const Provenance& provenance() {
    if (!provenance_) provenance_ = provenance_of(prepared_);
    return *provenance_;
  }

  const PreparedRun& prepared_;
  bool has_key_;  // of the command line's --output
  bool overwrite_;
  TakenNames taken_;
  std::optional<Provenance> provenance_;
  bool has_collision_ = false;
};

struct Expectation {
  double seconds;
  std::string runtime;  // Generator::runtime()
};

// Loads the model and tries it.
Expectation expected_time(const CliOptions& options, const PreparedRun& prepared, const WorkloadBySize& work) {
  const auto begin = std::chrono::steady_clock::now();
  const OutputNames& names = prepared.names;
  RuntimeOptions runtime = prepared.runtime;
  runtime.allow_flat = true;  // of few steps
  if (!runtime.dtype && !names.is_stdout() && !names.is_one_file()) {
    runtime.dtype = recorded_dtype(names.folder(), prepared.model.digest);
  }
  const Generator generator(open_model(prepared.model.folder, options.choice, standard_error()).bundle, runtime);
  const double loading = seconds_since(begin);
  return {.seconds = loading + expected_seconds(work, calibrate_on(generator)), .runtime = generator.runtime()};
}

// Tells that the run will be refused for the graphs or the tokenizer of the model.
void warn_of_trust(const ModelFacts& model, Trust trust, const std::function<void(const std::string&)>& warn) {
  if (model.unknown_files.empty() || trust == Trust::all) return;
  try {
    if (trust == Trust::known) refuse_unknown(shown_path(model.folder / model.unknown_files.front()));
    for (const auto& [kind, network] : model.config.networks) {
      const std::filesystem::path path = model.folder / network.graph;
      (void)TrustedGraph(MappedFile(path, ErrorKind::bad_bundle).text(), trust, shown_path(path));
    }
  } catch (const Error& error) {
    warn(std::string("the run will be refused: ") + error.what());
  }
}

}  // namespace

ExitCode show_plan(const CliOptions& options) {
  const auto warn = [](const std::string& text) { standard_error().message("warning: " + with_flags(text)); };
  const PreparedRun prepared = prepare_run(
      options, facts_of(chosen_model(options.model, options.from_image), options.choice, standard_error()), warn);
  warn_of_trust(prepared.model, options.choice.trust, warn);
  PlannedPaths paths(prepared, options);
  PromptJobs jobs(prepared.jobs, random_seed());
  const Plan plan = print_plan(jobs,
                               {.json = options.json,
                                .defaults = prepared.jobs.rules.defaults,
                                .path_of = [&](const Job& job) { return paths.path_of(job); },
                                .shard = options.run.shard},
                               standard_output(), standard_error());
  if (paths.has_collision()) check_collisions(prepared);
  JsonObject event = {{"event", {std::string("plan")}},
                      {"pictures", {static_cast<std::int64_t>(plan.count.jobs)}},
                      {"bad_lines", {static_cast<std::int64_t>(plan.count.bad_lines)}}};
  std::string sentence = count_of(plan.count.jobs, "picture");
  if (plan.count.bad_lines > 0) sentence += ", " + count_of(plan.count.bad_lines, "bad line");
  if (options.plan_time && plan.count.jobs > 0) {
    const Expectation expected = expected_time(options, prepared, plan.work);
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

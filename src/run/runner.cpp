#include "run/runner.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/crash.h"
#include "base/fault.h"
#include "base/printable.h"
#include "base/signals.h"
#include "jobs/options_json.h"
#include "metadata/metadata.h"
#include "output/base_seed.h"
#include "output/destination.h"
#include "run/loaded_models.h"
#include "run/watchdog.h"
#include "run/work_queue.h"
#include "sheet/sheet.h"

namespace sfumato {
namespace {

constexpr std::size_t kShownPrompt = 120;  // bytes
constexpr std::size_t kRememberedNotes = 1000;

using Clock = std::chrono::steady_clock;

std::optional<JobCount> count_of(JobStream& jobs, const JobShard& shard) {
  std::optional<JobCount> count = jobs.count();
  if (!count || shard.count == 1) return count;
  // Bad lines are distributed over the shards as jobs are; to which is not known yet.
  const std::uint64_t all = count->jobs + count->bad_lines;
  return JobCount{.jobs = (all + shard.count - 1 - shard.index) / shard.count, .bad_lines = 0};
}

// What the contact sheet says of the model; nothing if there are several.
std::string sheet_model(RunModels& models) { return models.is_one() ? models.provenance({}).model_name : ""; }

// Whether the error says what is wrong with a model, and not with the device or the disk.
bool is_of_model(const Error& error) {
  return error.kind() == ErrorKind::bad_bundle || error.kind() == ErrorKind::bad_data ||
         error.kind() == ErrorKind::input_missing;
}

bool may_be_several(const std::optional<JobCount>& count, const JobShard& shard) {
  return !count || count->jobs + count->bad_lines > 1 || shard.count > 1;
}

class Run {
 public:
  Run(JobStream& jobs, const OutputNames& names, RunModels& models, const RunOptions& options, Reporter& reporter)
      : models_(models),
        options_(options),
        reporter_(reporter),
        count_(count_of(jobs, options.shard)),
        destination_(names, models.provenance({}).model_digest,
                     {.several = may_be_several(count_, options.shard),
                      .overwrite = options.overwrite,
                      .new_model = options.new_model,
                      .more_models = models.digests()}),
        folder_(destination_.folder()),
        stop_(options.stop, &Clock::now, &received_signal),
        state_(options.sheet.empty() ? std::nullopt : std::optional(ContactSheet(sheet_model(models)))),
        queue_(jobs, models, destination_, {.shard = options.shard, .retry = options.retry}, stop_, state_, reporter),
        watchdog_(Watchdog::patience_for(options.stop.job_timeout)),
        loaded_(models) {}

  ExitCode go();

 private:
  struct InFlight {
    Assignment assignment;
    Clock::time_point begin;
    bool timed_out = false;
    JobPhase phase = JobPhase::begin;
  };

  using Next = std::function<NextAssignment(bool may_wait)>;

  void make_all();
  void make(const Next& next);
  [[nodiscard]] bool make_with(Generator& generator, std::optional<Assignment>& held, const Next& next);
  void begin(Assignment assignment, std::size_t number);
  [[nodiscard]] Generator* load(const Assignment& assignment);
  void give_up_model(const std::string& digest, const Error& error);
  [[nodiscard]] bool is_own(const std::string& digest);
  [[nodiscard]] bool takes_prompts(const Assignment& assignment, const Generator& generator);
  void enter(InFlight& picture, JobPhase phase);
  void report_steps(const GenerateOptions& options);
  [[nodiscard]] bool is_new(const std::string& text);
  void report_note(std::size_t number, const std::string& note);

  [[nodiscard]] StepAnswer stepped(const StepInfo& step);
  void finished(std::size_t number, const Image& image);
  void failed(std::size_t number, const Error& error);
  void dropped(std::size_t number);
  [[nodiscard]] InFlight complete(std::size_t number);
  void drop_all() noexcept;
  void write_index();
  void write_sheet();
  [[nodiscard]] std::string what_is_left() const;

  RunModels& models_;
  const RunOptions& options_;
  Reporter& reporter_;
  std::optional<JobCount> count_;
  Destination destination_;
  ResultsFolder* folder_;
  StopPolicy stop_;
  RunState state_;
  WorkQueue queue_;
  Watchdog watchdog_;
  LoadedModels loaded_;
  std::unordered_map<std::string, Error> given_up_;   // by digest: why none of its pictures can be made
  std::unordered_map<std::size_t, InFlight> flight_;  // by the generator's job number
  std::string last_lost_;                             // end of a prompt, so that each is warned of once
  std::unordered_set<std::string> reported_;          // notes, so that each is reported once
};

// The model of the job, with its networks; nullptr if it cannot be used. Throws if it is the run's only one.
Generator* Run::load(const Assignment& assignment) {
  try {
    const auto [generator, is_new] = loaded_.get(assignment.job.model, /*is_alone=*/queue_.has_passes());
    if (!is_new) return &generator;
    if (!generator.warning().empty()) reporter_.warn(generator.warning());
    reporter_.started(models_.provenance(assignment.job.model).model_name, generator.runtime());
    return &generator;
  } catch (const Error& error) {
    if (is_own(assignment.model) || !is_of_model(error)) throw;
    give_up_model(assignment.model, error);
    return nullptr;
  }
}

// Whether the model is the one that the command is about, so that its failure ends the run.
bool Run::is_own(const std::string& digest) {
  return !models_.has_list() && digest == models_.provenance({}).model_digest;
}

// None of its pictures can be made, those in flight included.
void Run::give_up_model(const std::string& digest, const Error& error) {
  given_up_.emplace(digest, error);
  while (!flight_.empty()) failed(flight_.begin()->first, error);
  loaded_.drop(digest);
}

// Warns of a prompt that is too long. Returns false if the picture fails for it.
bool Run::takes_prompts(const Assignment& assignment, const Generator& generator) {
  for (const std::string* prompt : {&assignment.job.options.prompt, &assignment.job.options.negative_prompt}) {
    const std::string lost = generator.lost_words(*prompt, assignment.job.options.weighting);
    if (lost.empty()) continue;
    const std::string message =
        "the prompt is longer than this model reads; lost: \"" + printable(lost, kShownPrompt) + "\"";
    if (options_.strict_prompt) {
      queue_.fail(assignment, Error(ErrorKind::usage, message + ". Shorten it, or leave `strict_prompt` out."));
      return false;
    }
    if (lost != last_lost_) reporter_.warn(message);
    last_lost_ = lost;
  }
  return true;
}

// With an init image: how many of the steps are done.
void Run::report_steps(const GenerateOptions& o) {
  const int done = steps_done(o);
  if (done == o.steps) return;
  const std::string text =
      std::to_string(done) + " of " + std::to_string(o.steps) + " steps at strength " + text_of({o.init.strength});
  if (is_new(text)) reporter_.note(text);
}

// A note that is true of many pictures is reported once.
void Run::report_note(std::size_t number, const std::string& note) {
  if (!is_new(note)) return;
  const auto picture = flight_.find(number);
  const std::string place =
      picture == flight_.end() || state_.counts().jobs == 1 ? "" : place_of(picture->second.assignment.job) + ": ";
  reporter_.warn(place + note);
}

bool Run::is_new(const std::string& text) {
  if (reported_.size() == kRememberedNotes) reported_.clear();
  return reported_.insert(text).second;
}

// Writes down what comes next, so that deaths of the process can be told apart.
void Run::enter(InFlight& picture, JobPhase phase) {
  set_crash_phase(name_of(phase));
  if (std::exchange(picture.phase, phase) == phase || folder_ == nullptr) return;
  folder_->entered(picture.assignment.id, picture.assignment.key, phase);
}

StepAnswer Run::stepped(const StepInfo& step) {
  InFlight& picture = flight_.at(step.job);
  static_cast<void>(fault("step", picture.assignment.job.options.seed));
  enter(picture, step.evaluation < step.evaluations ? JobPhase::sample : JobPhase::decode);
  watchdog_.beat();
  reporter_.step(picture.assignment.job, step, state_.counts());
  const std::chrono::duration<double> seconds = Clock::now() - picture.begin;
  const StopPolicy::Decision decision = stop_.decide(seconds.count(), step.evaluation, step.evaluations);
  picture.timed_out = decision == StopPolicy::Decision::time_out;
  return decision == StopPolicy::Decision::go_on ? StepAnswer::go_on : StepAnswer::drop;
}

Run::InFlight Run::complete(std::size_t number) {
  InFlight picture = std::move(flight_.at(number));
  flight_.erase(number);
  if (flight_.empty()) watchdog_.rest();
  return picture;
}

void Run::finished(std::size_t number, const Image& image) {
  Assignment& assignment = flight_.at(number).assignment;  // in flight until it is safe
  const auto texts = options_.with_metadata ? metadata(assignment.job.options, models_.provenance(assignment.job.model))
                                            : std::vector<PngText>{};
  const std::vector<std::uint8_t> png = encode_png(image, texts);
  try {
    assignment.job.output = destination_.finish(assignment, png);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    return failed(number, error);
  }
  queue_.report_notes();
  const InFlight picture = complete(number);
  state_.finished(picture.assignment.job, /*existing=*/false);
  reporter_.finished(picture.assignment.job, picture.assignment.key);
}

void Run::failed(std::size_t number, const Error& error) { queue_.fail(complete(number).assignment, error); }

void Run::dropped(std::size_t number) {
  const InFlight picture = complete(number);
  if (picture.timed_out) {
    return queue_.fail(picture.assignment, Error(ErrorKind::stopped_early,
                                                 "took longer than `job_timeout`. Give it more time, or fewer steps."));
  }
  if (folder_ != nullptr) folder_->dropped(picture.assignment.id, picture.assignment.key);
  reporter_.dropped(picture.assignment.job);
}

// For an error that ends the run: the journal must not blame the pictures in flight for its end.
void Run::drop_all() noexcept {
  try {
    for (const auto& [number, picture] : flight_) {
      if (folder_ != nullptr) folder_->dropped(picture.assignment.id, picture.assignment.key);
    }
  } catch (const std::exception&) {
    // The disk may be full. The journal's permissions show as well that its process ended in order.
  }
}

void Run::begin(Assignment assignment, std::size_t number) {
  watch_signals();
  if (folder_ != nullptr) folder_->started(assignment.id, assignment.key);
  set_crash_phase(name_of(JobPhase::begin));
  watchdog_.beat();
  report_steps(assignment.job.options);
  flight_[number] = {.assignment = std::move(assignment), .begin = Clock::now()};
}

void Run::make(const Next& next) {
  std::optional<Assignment> held;  // the first job of the next model
  bool is_done = false;
  while (!is_done) {
    if (!held) {
      NextAssignment first = NoneYet{};
      while (std::holds_alternative<NoneYet>(first)) first = next(/*may_wait=*/true);
      if (std::holds_alternative<NoMoreJobs>(first)) return;
      held = std::get<Assignment>(std::move(first));
    }
    if (const auto why = given_up_.find(held->model); why != given_up_.end()) {
      queue_.fail(*std::exchange(held, std::nullopt), why->second);
    } else if (Generator* generator = load(*held)) {
      is_done = make_with(*generator, held, next);
    }
  }
}

// Makes `held` and what follows, up to the first job of another model, which is held then. Returns whether all is done.
bool Run::make_with(Generator& generator, std::optional<Assignment>& held, const Next& next) {
  const std::string digest = held->model;
  bool is_done = false;
  std::size_t number = 0;
  const auto next_job = [&](bool may_wait) -> NextJobResult {
    for (;;) {
      NextAssignment current = held ? NextAssignment(*std::exchange(held, std::nullopt)) : next(may_wait);
      is_done = std::holds_alternative<NoMoreJobs>(current);
      if (is_done) return NoMoreJobs{};
      auto* assignment = std::get_if<Assignment>(&current);
      if (assignment == nullptr) return NoneYet{};
      if (assignment->model != digest) {
        held = std::move(*assignment);
        return NoMoreJobs{};
      }
      if (!takes_prompts(*assignment, generator)) continue;
      is_done = stop_.is_stopping();
      if (is_done) return NoMoreJobs{};
      begin(std::move(*assignment), number);
      return flight_.at(number++).assignment.job.options;
    }
  };
  try {
    generator.generate(next_job, {.on_step = [this](const StepInfo& step) { return stepped(step); },
                                  .on_image = [this](std::size_t n, const Image& image) { finished(n, image); },
                                  .on_failed = [this](std::size_t n, const Error& error) { failed(n, error); },
                                  .on_dropped = [this](std::size_t n) { dropped(n); },
                                  .on_note = [this](std::size_t n, const std::string& note) { report_note(n, note); }});
  } catch (const Error& error) {
    if (is_own(digest) || !is_of_model(error)) throw;
    give_up_model(digest, error);
    return false;
  }
  return is_done;
}

void Run::make_all() {
  if (folder_ != nullptr && options_.check) {
    folder_->check_digests([this](std::size_t checked, std::size_t all) { reporter_.checking(checked, all); });
    reporter_.clear();
  }
  do {
    make([this](bool may_wait) { return queue_.next(may_wait); });
    while (std::optional<Assignment> alone = queue_.next_quarantined()) {
      make([&alone](bool) -> NextAssignment {
        if (!alone) return NoMoreJobs{};
        return *std::exchange(alone, std::nullopt);
      });
    }
    make([this](bool may_wait) { return queue_.next_deferred(may_wait); });
  } while (queue_.next_model());
}

void Run::write_index() {
  try {
    folder_->write_index();
  } catch (const Error& error) {
    reporter_.warn(error.what());
  }
}

void Run::write_sheet() {
  if (!state_.sheet()) return;
  for (const std::filesystem::path& page : state_.sheet()->write(options_.sheet, options_.overwrite)) {
    reporter_.note("contact sheet: " + printable(page.string(), 400));
  }
}

std::string Run::what_is_left() const {
  return state_.counts().summary() + "." + (options_.command.empty() ? "" : " To go on: " + options_.command);
}

ExitCode Run::go() {
  RunCounts& counts = state_.counts();
  if (count_) counts.jobs = count_->jobs + count_->bad_lines;
  if (folder_ != nullptr) counts.imported = folder_->imported();
  queue_.report_notes();
  reporter_.planned(count_, counts.imported);
  try {
    make_all();
  } catch (const Error& error) {
    drop_all();
    reporter_.done_event(counts);
    if (folder_ == nullptr) throw;
    throw Error(error.kind(), std::string(error.what()) + " " + what_is_left());
  } catch (const std::exception&) {
    drop_all();
    reporter_.done_event(counts);
    if (folder_ != nullptr) reporter_.note(what_is_left());
    throw;
  }
  const bool stopped = stop_.is_stopping() && counts.left() != 0;
  leave_on_signals_again();
  if (!counts.jobs && !stopped) counts.jobs = counts.settled();
  if (folder_ != nullptr) {
    if (options_.shard.count == 1 && !stopped) counts.unclaimed = folder_->unclaimed();
    write_index();
  }
  write_sheet();
  if (stopped) {
    reporter_.done_event(counts);
    throw Error(stop_.kind(), stop_.reason() + ": " + what_is_left());
  }
  const bool bad = counts.failed + counts.set_aside > 0;
  // Other shards still need the base seed.
  const bool is_all = !bad && options_.shard.count == 1;
  if (folder_ != nullptr && is_all && !options_.seeds_of.empty()) forget_base_seed(folder_->path(), options_.seeds_of);
  reporter_.done(counts, bad ? options_.command : "");
  if (!bad) return ExitCode::ok;
  // If the only picture failed for its input file, the exit code says how.
  const std::optional<ErrorKind> failure = state_.last_failure();
  const bool is_input = failure == ErrorKind::bad_data || failure == ErrorKind::input_missing;
  return counts.jobs == 1 && is_input ? exit_code_of(*failure) : ExitCode::some_failed;
}

}  // namespace

ExitCode run(JobStream& jobs, const OutputNames& names, RunModels& models, const RunOptions& options,
             Reporter& reporter) {
  return Run(jobs, names, models, options, reporter).go();
}

}  // namespace sfumato

#include "run/runner.h"

#include <chrono>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/fault.h"
#include "base/printable.h"
#include "base/signals.h"
#include "jobs/options_json.h"
#include "metadata/metadata.h"
#include "output/base_seed.h"
#include "output/destination.h"
#include "run/watchdog.h"
#include "run/work_queue.h"
#include "sheet/sheet.h"

namespace sfumato {
namespace {

constexpr std::size_t kShownWords = 120;  // bytes
constexpr std::size_t kRememberedNotes = 1000;

using Clock = std::chrono::steady_clock;
using NextAssignment = std::function<std::optional<Assignment>()>;

std::optional<JobCount> count_of(JobStream& jobs, const JobShard& shard) {
  std::optional<JobCount> count = jobs.count();
  if (!count || shard.count == 1) return count;
  // Bad lines are shared out like jobs, and which share they fall into is not known yet.
  const std::uint64_t all = count->jobs + count->bad_lines;
  return JobCount{.jobs = (all + shard.count - 1 - shard.index) / shard.count, .bad_lines = 0};
}

bool may_be_several(const std::optional<JobCount>& count, const JobShard& shard) {
  return !count || count->jobs + count->bad_lines > 1 || shard.count > 1;
}

class Run {
 public:
  Run(JobStream& jobs, const OutputNames& names, const Provenance& provenance, const LoadGenerator& load,
      const RunOptions& options, Reporter& reporter)
      : provenance_(provenance),
        load_(load),
        options_(options),
        reporter_(reporter),
        count_(count_of(jobs, options.shard)),
        destination_(names, provenance.model_digest,
                     {.several = may_be_several(count_, options.shard),
                      .overwrite = options.overwrite,
                      .new_model = options.new_model}),
        folder_(destination_.folder()),
        stop_(options.stop, &Clock::now, &received_signal),
        queue_(jobs, provenance, destination_, {.shard = options.shard, .retry = options.retry}, stop_, reporter),
        watchdog_(options.stop.job_timeout) {}

  ExitCode go();

 private:
  struct InFlight {
    Assignment assignment;
    Clock::time_point begin;
    bool timed_out = false;
  };

  void make_all();
  void make(const NextAssignment& next);
  [[nodiscard]] Generator& generator();
  [[nodiscard]] bool may_lose_words(const Assignment& assignment);
  void tell_steps(const GenerateOptions& options);
  [[nodiscard]] bool is_new(const std::string& text);
  void tell_note(std::size_t number, const std::string& note);

  [[nodiscard]] StepAnswer stepped(std::size_t number, int step, int steps);
  void finished(std::size_t number, const Image& image);
  void failed(std::size_t number, const Error& error);
  void dropped(std::size_t number);
  [[nodiscard]] InFlight complete(std::size_t number);
  void drop_all() noexcept;
  void write_index();
  void write_sheet();
  [[nodiscard]] std::string words_at_an_early_end() const;

  const Provenance& provenance_;
  const LoadGenerator& load_;
  const RunOptions& options_;
  Reporter& reporter_;
  std::optional<JobCount> count_;
  Destination destination_;
  ResultsFolder* folder_;
  StopPolicy stop_;
  WorkQueue queue_;
  Watchdog watchdog_;
  std::optional<Generator> generator_;
  std::unordered_map<std::size_t, InFlight> flight_;  // by the generator's number
  struct Cell {
    Job job;
    std::filesystem::path picture;
    std::string note;
  };
  std::map<std::uint64_t, Cell> cells_;   // of the contact sheet, by the job's index
  std::string last_lost_;                 // words, so that a prompt is warned of once
  std::unordered_set<std::string> told_;  // notes of pictures, so that each is told once
  std::optional<ErrorKind> last_failure_;
};

Generator& Run::generator() {
  if (!generator_) {
    generator_.emplace(load_());
    if (!generator_->warning().empty()) reporter_.warn(generator_->warning());
    reporter_.started(provenance_.model_name, generator_->runtime());
  }
  return *generator_;
}

// Tells of words that the model has no room for. Returns false if the picture is not to be made for that.
bool Run::may_lose_words(const Assignment& assignment) {
  for (const std::string* prompt : {&assignment.job.options.prompt, &assignment.job.options.negative_prompt}) {
    const std::string lost = generator().lost_words(*prompt, assignment.job.options.weighting);
    if (lost.empty()) continue;
    const std::string message =
        "the prompt is longer than this model reads; lost: \"" + printable(lost, kShownWords) + "\"";
    if (options_.strict_prompt) {
      queue_.fail(assignment, message + ". Shorten it, or leave --strict-prompt out.");
      return false;
    }
    if (lost != last_lost_) reporter_.warn(message);
    last_lost_ = lost;
  }
  return true;
}

// Of pictures that start from others: how many steps there really are.
void Run::tell_steps(const GenerateOptions& o) {
  const int done = steps_done(o);
  if (done == o.steps) return;
  const std::string text =
      std::to_string(done) + " of " + std::to_string(o.steps) + " steps at strength " + text_of({o.strength});
  if (is_new(text)) reporter_.note(text);
}

// A folder of photographs, or a thousand seeds of one: what is true of all is told once.
void Run::tell_note(std::size_t number, const std::string& note) {
  if (!is_new(note)) return;
  const auto picture = flight_.find(number);
  const std::string place =
      picture == flight_.end() || reporter_.counts().jobs == 1 ? "" : place_of(picture->second.assignment.job) + ": ";
  reporter_.warn(place + note);
}

bool Run::is_new(const std::string& text) {
  if (told_.size() == kRememberedNotes) told_.clear();
  return told_.insert(text).second;
}

StepAnswer Run::stepped(std::size_t number, int step, int steps) {
  InFlight& picture = flight_.at(number);
  static_cast<void>(fault("step", picture.assignment.job.options.seed));
  watchdog_.beat();
  reporter_.step(picture.assignment.job, step, steps);
  const std::chrono::duration<double> seconds = Clock::now() - picture.begin;
  const StopPolicy::Verdict verdict = stop_.judge(seconds.count(), step, steps);
  picture.timed_out = verdict == StopPolicy::Verdict::timed_out;
  return verdict == StopPolicy::Verdict::go_on ? StepAnswer::go_on : StepAnswer::drop;
}

Run::InFlight Run::complete(std::size_t number) {
  InFlight picture = std::move(flight_.at(number));
  flight_.erase(number);
  watchdog_.rest(flight_.empty());
  return picture;
}

void Run::finished(std::size_t number, const Image& image) {
  Assignment& assignment = flight_.at(number).assignment;  // in flight until it is safe
  const auto texts = options_.with_metadata ? metadata(assignment.job.options, provenance_) : std::vector<PngText>{};
  assignment.job.output = destination_.finish(assignment, encode_png(image, texts));
  queue_.tell_notes();
  const InFlight picture = complete(number);
  reporter_.finished(picture.assignment.job, picture.assignment.key);
}

void Run::failed(std::size_t number, const Error& error) {
  last_failure_ = error.kind();
  queue_.fail(complete(number).assignment, error.what());
}

void Run::dropped(std::size_t number) {
  const InFlight picture = complete(number);
  if (picture.timed_out) {
    return queue_.fail(picture.assignment, "took longer than --job-timeout. Give it more time, or fewer steps.");
  }
  if (folder_ != nullptr) folder_->dropped(picture.assignment.id, picture.assignment.key);
  reporter_.dropped(picture.assignment.job);
}

// For an error that ends the run: nobody shall think that it died of the pictures in flight.
void Run::drop_all() noexcept {
  try {
    for (const auto& [number, picture] : flight_) {
      if (folder_ != nullptr) folder_->dropped(picture.assignment.id, picture.assignment.key);
    }
  } catch (const std::exception&) {
    // The disk may be full. The journal says by its permissions, too, that its process ended in order.
  }
}

void Run::make(const NextAssignment& next) {
  std::optional<Assignment> first = next();
  if (!first) return;  // and no network is loaded
  std::size_t number = 0;
  const auto next_options = [&]() -> std::optional<GenerateOptions> {
    std::optional<Assignment> assignment = first ? std::exchange(first, std::nullopt) : next();
    while (assignment && !may_lose_words(*assignment)) assignment = next();
    if (!assignment || stop_.is_stopping()) return std::nullopt;
    if (folder_ != nullptr) folder_->started(assignment->id, assignment->key);
    watchdog_.beat();
    tell_steps(assignment->job.options);
    InFlight& picture = flight_[number++];
    picture = {.assignment = *std::move(assignment), .begin = Clock::now()};
    return picture.assignment.job.options;
  };
  generator().generate(next_options,
                       {.on_step = [this](std::size_t n, int step, int steps) { return stepped(n, step, steps); },
                        .on_image = [this](std::size_t n, const Image& image) { finished(n, image); },
                        .on_failed = [this](std::size_t n, const Error& error) { failed(n, error); },
                        .on_dropped = [this](std::size_t n) { dropped(n); },
                        .on_note = [this](std::size_t n, const std::string& note) { tell_note(n, note); }});
}

void Run::make_all() {
  make([this] { return queue_.next(); });
  while (std::optional<Assignment> suspect = queue_.next_quarantined()) {
    make([&suspect] { return std::exchange(suspect, std::nullopt); });
  }
  make([this] { return queue_.next_left_by_others(); });
}

void Run::write_index() {
  try {
    folder_->write_index();
  } catch (const Error& error) {
    reporter_.warn(error.what());
  }
}

// Jobs end in another order than they come.
void Run::write_sheet() {
  if (options_.sheet.empty()) return;
  ContactSheet sheet(provenance_.model_name);
  for (const auto& [index, cell] : cells_) sheet.add(cell.job, cell.picture, cell.note);
  for (const std::filesystem::path& page : sheet.write(options_.sheet, options_.overwrite)) {
    reporter_.note("contact sheet: " + printable(page.string(), 400));
  }
}

std::string Run::words_at_an_early_end() const {
  return reporter_.summary() + "." + (options_.command.empty() ? "" : " To go on: " + options_.command);
}

ExitCode Run::go() {
  RunCounts& counts = reporter_.counts();
  if (folder_ != nullptr) counts.adopted = folder_->imported();
  queue_.tell_notes();
  if (!options_.sheet.empty()) {
    reporter_.on_settled = [this](const Job& job, const std::filesystem::path& picture, const std::string& note) {
      cells_[job.index] = {.job = job, .picture = picture, .note = note};
    };
  }
  reporter_.planned(count_);
  try {
    make_all();
  } catch (const Error& error) {
    drop_all();
    reporter_.done_event();
    if (folder_ == nullptr) throw;
    throw Error(error.kind(), std::string(error.what()) + " " + words_at_an_early_end());
  } catch (const std::exception&) {
    drop_all();
    reporter_.done_event();
    if (folder_ != nullptr) reporter_.note(words_at_an_early_end());
    throw;
  }
  const bool stopped = stop_.is_stopping() && counts.left() != 0;
  if (!counts.jobs && !stopped) counts.jobs = counts.settled();
  if (folder_ != nullptr) {
    if (options_.shard.count == 1 && !stopped) counts.unclaimed = folder_->unclaimed();
    write_index();
  }
  write_sheet();
  if (stopped) {
    reporter_.done_event();
    throw Error(stop_.kind(), stop_.reason() + ": " + words_at_an_early_end());
  }
  const bool bad = counts.failed + counts.set_aside > 0;
  // The other shards still need it.
  const bool is_all = !bad && options_.shard.count == 1;
  if (folder_ != nullptr && is_all && !options_.seeds_of.empty()) forget_base_seed(folder_->path(), options_.seeds_of);
  reporter_.done(bad ? options_.command : "");
  if (!bad) return ExitCode::ok;
  // Where all hangs on one file, the exit code tells what is wrong with it.
  const bool is_input = last_failure_ == ErrorKind::bad_data || last_failure_ == ErrorKind::input_missing;
  return counts.jobs == 1 && is_input ? exit_code_of(*last_failure_) : ExitCode::some_failed;
}

}  // namespace

ExitCode run(JobStream& jobs, const OutputNames& names, const Provenance& provenance, const LoadGenerator& load,
             const RunOptions& options, Reporter& reporter) {
  return Run(jobs, names, provenance, load, options, reporter).go();
}

}  // namespace sfumato

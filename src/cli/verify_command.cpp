// sfumato verify FILE|FOLDER...: reproduces pictures and compares.
#include <array>
#include <cstdio>
#include <map>
#include <memory>

#include "base/console.h"
#include "base/json.h"
#include "base/numbers.h"
#include "base/printable.h"
#include "base/progress_line.h"
#include "base/shown_path.h"
#include "cli/argument_parser.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/model_choice.h"
#include "cli/open_model.h"
#include "import/recognise/describe.h"
#include "jobs/flag_words.h"
#include "metadata/verify.h"
#include "sfumato/generator.h"

namespace sfumato {
namespace {

using Kind = VerifyResult::Kind;

constexpr int kDefaultTolerance = 1;
constexpr std::size_t kShownDigest = 10;

constexpr std::string_view kHelp =
    "usage: sfumato verify [OPTIONS] FILE|FOLDER...\n"
    "\n"
    "Reproduces each picture from its metadata, and compares. In a folder of a run the journal says which job each "
    "file\n"
    "is of.\n"
    "\n"
    "  -m, --model NAME      the model of the pictures  [the installed model, or the checkpoint, with the SHA-256 that "
    "a picture\n"
    "                        names]\n"
    "      --unet, --text-encoder, --text-encoder-2, --vae, --variant, --ema, --guidance-embedding, --graphs,\n"
    "      --prediction-type, --zero-snr\n"
    "                        how a checkpoint was read that the pictures were drawn with\n"
    "      --refiner NAME    the refiner of the pictures  [likewise]\n"
    "      --inputs PATH     the pictures, masks and maps that they were made from: a folder, or a file  [the paths in "
    "the\n"
    "                        metadata, and the folder of the picture]\n"
    "      --tolerance N     a value may differ by N/255  [1: what another number of threads changes in float32]\n"
    "      --device NAME     auto, cpu or cuda:N  [auto]\n"
    "  -t, --threads N       CPU threads  [one per core]\n"
    "      --trust           use a bundle whose tokenizer or graphs this program does not know, if these only compute\n"
    "      --trust-all       use any graphs: for your own\n"
    "      --json            one JSON event a line\n"
    "  -q, --quiet           only pictures that differ or cannot be verified\n"
    "\n"
    "exit codes: 0 all are identical or within the tolerance; 1 one is not, or cannot be verified\n";

std::string_view word(Kind kind) {
  switch (kind) {
    case Kind::identical:
      return "identical";
    case Kind::close:
      return "close";
    case Kind::different:
      return "different";
    case Kind::unverified:
      return "unverified";
  }
  return "";
}

// "1/255 at most, 0.002/255 on average"
std::string shown_difference(const VerifyResult& result) {
  char mean[32];
  std::snprintf(mean, sizeof mean, "%.3g", result.mean);
  return std::to_string(result.largest) + "/255 at most, " + mean + "/255 on average";
}

// Prints results and counts them.
class ResultPrinter {
 public:
  ResultPrinter(std::size_t pictures, bool json, bool quiet) : pictures_(pictures), json_(json), quiet_(quiet) {}

  void step(std::size_t picture, int step, int steps) {
    if (quiet_) return;
    progress_.show("verifying " + std::to_string(picture) + " of " + std::to_string(pictures_) + ": step " +
                   std::to_string(step) + " of " + std::to_string(steps));
  }

  void print(const std::filesystem::path& path, const VerifyResult& result) {
    progress_.clear();
    ++counts_.at(static_cast<std::size_t>(result.kind));
    if (json_) {
      JsonObject event = {
          {"event", {std::string("image")}}, {"path", {path.string()}}, {"status", {std::string(word(result.kind))}}};
      if (result.kind != Kind::unverified) {
        event.push_back({"max_difference", {static_cast<std::int64_t>(result.largest)}});
        event.push_back({"mean_difference", {result.mean}});
      }
      if (!result.reason.empty()) event.push_back({"reason", {result.reason}});
      out_.json({std::move(event)});
    } else if (!quiet_ || result.kind == Kind::different || result.kind == Kind::unverified) {
      out_.line(shown_path(path) + ": " + sentence(result));
    }
    out_.check();
  }

  // Prints the counts. Returns whether every picture is identical or close.
  bool print_counts() {
    progress_.clear();
    if (json_) {
      JsonObject event = {{"event", {std::string("done")}}};
      for (const Kind kind : {Kind::identical, Kind::close, Kind::different, Kind::unverified}) {
        event.push_back({std::string(word(kind)), {static_cast<std::int64_t>(count(kind))}});
      }
      out_.json({std::move(event)});
    }
    if (!quiet_) {
      standard_error().message(std::to_string(count(Kind::identical)) + " identical, " +
                               std::to_string(count(Kind::close)) + " within the tolerance, " +
                               std::to_string(count(Kind::different)) + " different, " +
                               std::to_string(count(Kind::unverified)) + " not verified");
    }
    out_.check();
    return count(Kind::different) + count(Kind::unverified) == 0;
  }

 private:
  [[nodiscard]] std::size_t count(Kind kind) const { return counts_.at(static_cast<std::size_t>(kind)); }

  static std::string sentence(const VerifyResult& result) {
    switch (result.kind) {
      case Kind::identical:
        return "identical";
      case Kind::close:
        return "within the tolerance: " + shown_difference(result);
      case Kind::different:
        return "different: " + (result.reason.empty() ? shown_difference(result) : result.reason);
      case Kind::unverified:
        return "not verified: " + result.reason;
    }
    return "";
  }

  std::size_t pictures_;
  bool json_;
  bool quiet_;
  Console& out_ = standard_output();
  ProgressLine progress_{standard_error()};
  std::array<std::size_t, 4> counts_{};
};

// A model that pictures name, and what the command line says of it.
struct NamedModel {
  std::string what;  // for messages: "model"
  std::string name;
  std::string digest;
  std::string hash;
  std::optional<std::string> said;
  ModelChoice choice;
};

// That model, opened, or the result if it cannot be found.
std::variant<std::shared_ptr<const Bundle>, VerifyResult> opened(const NamedModel& model) {
  const std::string expected =
      "\"" + printable(model.name) + "\" (SHA-256 " + model.digest.substr(0, kShownDigest) + "...)";
  const std::string flag = "--" + model.what;
  const std::vector<std::filesystem::path> candidates =
      model.said ? std::vector{find_model(model.said, flag)} : models_with(model.digest, model.hash);
  std::string other;
  for (const std::filesystem::path& path : candidates) {
    if (is_bundle(path) && digest_in(path) != model.digest) {
      other = digest_in(path).substr(0, kShownDigest);
      continue;
    }
    try {
      std::shared_ptr<const Bundle> bundle = open_model(path, model.choice, standard_error()).bundle;
      if (bundle->digest() == model.digest) return bundle;
      other = bundle->digest().substr(0, kShownDigest);
    } catch (const Error& error) {
      return unverified(with_flags(error.what()));
    }
  }
  if (other.empty()) {
    return unverified("the " + model.what + " " + expected + " is not installed. Name its folder with " + flag + ".");
  }
  if (model.said) {
    return unverified("it was made with another " + model.what + ", " + expected + "; " + flag + " is " + other +
                      "...");
  }
  return unverified(
      "its checkpoint is here, but it was drawn with other settings of the checkpoint, such as --prediction-type or "
      "--vae: give them to verify, too.");
}

// What made the pictures.
struct Models {
  std::shared_ptr<const Bundle> model;
  std::shared_ptr<const Bundle> refiner;  // nullptr: none
};

std::variant<Models, VerifyResult> models_of(const Provenance& provenance, const std::optional<std::string>& model,
                                             const std::optional<std::string>& refiner, const ModelChoice& choice) {
  const auto found =
      opened({"model", provenance.model_name, provenance.model_digest, provenance.model_hash, model, choice});
  if (const auto* result = std::get_if<VerifyResult>(&found)) return *result;
  Models models{.model = std::get<std::shared_ptr<const Bundle>>(found), .refiner = nullptr};
  if (provenance.refiner_digest.empty()) return models;
  const ModelChoice plain{.trust = choice.trust, .is_quiet = choice.is_quiet};
  const auto second = opened({"refiner", provenance.refiner_name, provenance.refiner_digest, "", refiner, plain});
  if (const auto* result = std::get_if<VerifyResult>(&second)) return *result;
  models.refiner = std::get<std::shared_ptr<const Bundle>>(second);
  return models;
}

// Reproduces the pictures of one model and dtype. first: the number of pictures before them.
void verify_group(const std::vector<ReproductionRecord>& records, const Models& models, const RuntimeOptions& runtime,
                  int tolerance, std::size_t first, ResultPrinter& printer) {
  std::optional<Generator> generator;
  try {
    generator.emplace(models.model, runtime, models.refiner);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::device_absent) throw;
    for (const ReproductionRecord& record : records) printer.print(record.path, unverified(with_flags(error.what())));
    return;
  }
  std::size_t next = 0;
  generator->generate(
      [&](bool) -> NextJobResult {
        if (next == records.size()) return NoMoreJobs{};
        return records[next++].options;
      },
      {.on_step =
           [&](const StepInfo& step) {
             printer.step(first + step.job + 1, step.step, step.steps);
             return StepAnswer::go_on;
           },
       .on_image =
           [&](std::size_t job, const Image& image) {
             printer.print(records[job].path, compare_with(records[job].path, image, tolerance));
           },
       .on_failed =
           [&](std::size_t job, const Error& error) {
             printer.print(records[job].path, unverified(with_flags(error.what())));
           }});
}

struct VerifyOptions {
  std::vector<std::filesystem::path> pictures{};
  std::vector<std::filesystem::path> inputs{};  // --inputs
  std::optional<std::string> model{};
  std::optional<std::string> refiner{};
  ModelChoice choice{};
  RuntimeOptions runtime{};
  int tolerance = kDefaultTolerance;
};

VerifyOptions options_from(const ParsedArgs& args) {
  if (args.positionals.empty()) {
    throw Error(ErrorKind::usage, "verify: no picture. Name a PNG or a folder: sfumato verify out/");
  }
  VerifyOptions options{
      .model = args.value("--model"), .refiner = args.value("--refiner"), .choice = model_choice(args)};
  if (const auto text = args.value("--tolerance")) options.tolerance = parse_integer("--tolerance", *text, 0, 255);
  if (const auto text = args.value("--device")) options.runtime.device = *text;
  if (const auto text = args.value("--threads")) options.runtime.threads = parse_integer("--threads", *text, 1, 1024);
  if (options.model) (void)find_model(options.model);
  if (options.refiner) (void)find_model(options.refiner, "--refiner");
  if (const auto text = args.value("--inputs")) {
    std::error_code error;
    if (!std::filesystem::exists(*text, error)) {
      throw Error(ErrorKind::input_missing, "--inputs: " + shown_path(*text) + ": no such file or folder.");
    }
    options.inputs.emplace_back(*text);
  }
  options.pictures = pictures_named(args.positionals);
  return options;
}

// What made pictures, so that each is loaded once.
struct Makers {
  std::string model;    // digest
  std::string refiner;  // likewise
  std::string dtype;

  auto operator<=>(const Makers&) const = default;
};
using Groups = std::map<Makers, std::vector<ReproductionRecord>>;

// Prints the result of each picture that cannot be reproduced; the others by what made them.
Groups read_pictures(const VerifyOptions& options, ResultPrinter& printer, std::size_t& printed) {
  Groups groups;
  RecordedKeys recorded;
  for (const std::filesystem::path& path : options.pictures) {
    std::variant<ReproductionRecord, VerifyResult> read = reproduction_record(path);
    if (auto* record = std::get_if<ReproductionRecord>(&read)) {
      std::optional<VerifyResult> result = of_another_job(*record, recorded);
      if (!result) result = find_inputs(*record, options.inputs);
      if (result) read = *std::move(result);
    }
    if (const auto* result = std::get_if<VerifyResult>(&read)) {
      printer.print(path, *result);
      ++printed;
    } else {
      auto& record = std::get<ReproductionRecord>(read);
      const Provenance& of = record.provenance;
      groups[{of.model_digest, of.refiner_digest, of.dtype}].push_back(std::move(record));
    }
  }
  return groups;
}

}  // namespace

ExitCode verify_command(Arguments arguments) {
  using Value = FlagSpec::Value;
  std::vector<FlagSpec> flags = {{.name = "--model", .letter = "-m", .value = Value::text},
                                 {.name = "--refiner", .value = Value::text},
                                 {.name = "--inputs", .value = Value::text},
                                 {.name = "--tolerance", .value = Value::text},
                                 {.name = "--device", .value = Value::text},
                                 {.name = "--threads", .letter = "-t", .value = Value::text},
                                 {.name = "--json"},
                                 {.name = "--quiet", .letter = "-q"},
                                 {.name = "--debug"}};
  for (FlagSpec& flag : choice_flags()) flags.push_back(std::move(flag));
  const ParsedArgs args = parse_arguments(arguments, flags);
  if (args.help) return print_text(kHelp);
  const VerifyOptions options = options_from(args);
  ResultPrinter printer(options.pictures.size(), args.has("--json"), args.has("--quiet"));
  std::size_t printed = 0;
  for (const auto& [makers, records] : read_pictures(options, printer, printed)) {
    const auto bundle = models_of(records.front().provenance, options.model, options.refiner, options.choice);
    RuntimeOptions runtime = options.runtime;
    runtime.allow_flat = true;  // the comparison tells
    runtime.dtype = value_of<Dtype>(makers.dtype);
    const auto print_all = [&, &records = records](const VerifyResult& result) {
      for (const ReproductionRecord& record : records) printer.print(record.path, result);
    };
    if (const auto* result = std::get_if<VerifyResult>(&bundle)) {
      print_all(*result);
    } else if (!runtime.dtype) {
      print_all(unverified("its dtype is unknown to this version."));
    } else {
      verify_group(records, std::get<Models>(bundle), runtime, options.tolerance, printed, printer);
    }
    printed += records.size();
  }
  return printer.print_counts() ? ExitCode::ok : ExitCode::some_failed;
}

}  // namespace sfumato

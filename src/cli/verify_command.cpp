// sfumato verify FILE|FOLDER...: makes pictures again and compares.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "base/json.h"
#include "base/numbers.h"
#include "base/printable.h"
#include "base/sha256.h"
#include "base/signals.h"
#include "cli/command_words.h"
#include "cli/commands.h"
#include "cli/find_model.h"
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
    "Makes each picture again from what it says of itself, and compares.\n"
    "\n"
    "  -m, --model NAME      the bundle they were made with; without it the installed models are searched for the one\n"
    "                        with the SHA-256 that a picture names\n"
    "      --inputs PATH     where the pictures, masks and maps are that they started from: a folder, or a file; "
    "without it\n"
    "                        they are looked for at the paths that were said then, and beside each picture\n"
    "      --tolerance N     a value may differ by N/255  [1: what another number of threads brings in float32]\n"
    "      --device NAME     auto, cpu or cuda:N  [auto]\n"
    "  -t, --threads N       CPU threads  [one per core]\n"
    "      --trust           use a bundle whose graphs this program does not know\n"
    "      --json            one JSON event a line\n"
    "  -q, --quiet           only what is not as it should be\n"
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

std::string shown(const std::filesystem::path& path) { return printable(path.string(), 400); }

// "1/255 at most, 0.002/255 on average"
std::string shown_difference(const VerifyResult& verdict) {
  char mean[32];
  std::snprintf(mean, sizeof mean, "%.3g", verdict.mean);
  return std::to_string(verdict.largest) + "/255 at most, " + mean + "/255 on average";
}

class VerdictReporter {
 public:
  VerdictReporter(std::size_t pictures, bool json, bool quiet) : pictures_(pictures), json_(json), quiet_(quiet) {}

  void step(std::size_t picture, int step, int steps) {
    if (!terminal_ || quiet_) return;
    std::cerr << "\rverifying " << picture << " of " << pictures_ << ": step " << step << " of " << steps << "\x1b[K"
              << std::flush;
    bar_ = true;
  }

  void tell(const std::filesystem::path& path, const VerifyResult& verdict) {
    clear();
    ++counts_.at(static_cast<std::size_t>(verdict.kind));
    if (json_) {
      JsonObject event = {{"event", {std::string("verdict")}},
                          {"file", {path.string()}},
                          {"verdict", {std::string(word(verdict.kind))}}};
      if (verdict.kind != Kind::unverified) {
        event.push_back({"largest", {static_cast<std::int64_t>(verdict.largest)}});
        event.push_back({"mean", {verdict.mean}});
      }
      if (!verdict.reason.empty()) event.push_back({"reason", {verdict.reason}});
      std::cout << dump_json({std::move(event)}) << '\n';
    } else if (const bool good = verdict.kind == Kind::identical || verdict.kind == Kind::close; !good || !quiet_) {
      std::cout << shown(path) << ": " << sentence(verdict) << '\n';
    }
    if (!std::cout.flush()) throw Error(ErrorKind::io_error, "standard output cannot be written to.");
  }

  // Whether all is as it should be.
  bool done() {
    const auto count = [&](Kind kind) { return counts_.at(static_cast<std::size_t>(kind)); };
    if (json_) {
      JsonObject event = {{"event", {std::string("done")}}};
      for (const Kind kind : {Kind::identical, Kind::close, Kind::different, Kind::unverified}) {
        event.push_back({std::string(word(kind)), {static_cast<std::int64_t>(count(kind))}});
      }
      std::cout << dump_json({std::move(event)}) << '\n' << std::flush;
    }
    if (!quiet_) {
      std::cerr << "sfumato: " << count(Kind::identical) << " identical, " << count(Kind::close)
                << " within the tolerance, " << count(Kind::different) << " different, " << count(Kind::unverified)
                << " not verified\n";
    }
    if (!std::cout) throw Error(ErrorKind::io_error, "standard output cannot be written to.");
    return count(Kind::different) + count(Kind::unverified) == 0;
  }

  void clear() {
    if (bar_) std::cerr << "\r\x1b[K" << std::flush;
    bar_ = false;
  }

 private:
  static std::string sentence(const VerifyResult& verdict) {
    switch (verdict.kind) {
      case Kind::identical:
        return "identical";
      case Kind::close:
        return "within the tolerance: " + shown_difference(verdict);
      case Kind::different:
        return "different: " + (verdict.reason.empty() ? shown_difference(verdict) : verdict.reason);
      case Kind::unverified:
        return "not verified: " + verdict.reason;
    }
    return "";
  }

  std::size_t pictures_;
  bool json_;
  bool quiet_;
  bool terminal_ = isatty(STDERR_FILENO) == 1;
  bool bar_ = false;
  std::array<std::size_t, 4> counts_{};
};

// SHA-256 of the model.json in a folder, which is the bundle's; empty if it cannot be read.
std::string digest_in(const std::filesystem::path& folder) {
  std::ifstream file(folder / "model.json", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return file ? sha256(text.str()) : "";
}

// The folder with the bundle that the pictures were made with; a verdict if it is not to be had.
std::variant<std::filesystem::path, VerifyResult> bundle_of(const Provenance& provenance,
                                                            const std::optional<std::string>& said) {
  const std::string wanted = "\"" + printable(provenance.model_name) + "\" (SHA-256 " +
                             provenance.model_digest.substr(0, kShownDigest) + "...)";
  if (said) {
    const std::filesystem::path folder = find_model(said);
    const std::string digest = digest_in(folder);
    if (digest == provenance.model_digest) return folder;
    return unverified("it was made with another model, " + wanted + "; --model is " + digest.substr(0, kShownDigest) +
                      "...");
  }
  for (const std::filesystem::path& folder : installed_models()) {
    if (digest_in(folder) == provenance.model_digest) return folder;
  }
  return unverified("the model " + wanted + " is not among those installed. Name its folder with --model.");
}

// Makes the pictures of one model and dtype again. first: how many were told before.
void verify_group(const std::vector<ReproductionRecord>& claims, const std::filesystem::path& folder, bool trust,
                  const RuntimeOptions& runtime, int tolerance, std::size_t first, VerdictReporter& reporter) {
  std::optional<Generator> generator;
  try {
    generator.emplace(open_model(folder, trust), runtime);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::device_absent) throw;
    for (const ReproductionRecord& claim : claims) reporter.tell(claim.path, unverified(with_flags(error.what())));
    return;
  }
  std::size_t next = 0;
  generator->generate(
      [&]() -> std::optional<GenerateOptions> {
        return next < claims.size() ? std::optional(claims[next++].options) : std::nullopt;
      },
      {.on_step =
           [&](std::size_t job, int step, int steps) {
             reporter.step(first + job + 1, step, steps);
             throw_if_interrupted();
             return StepAnswer::go_on;
           },
       .on_image =
           [&](std::size_t job, const Image& image) {
             reporter.tell(claims[job].path, compare_with(claims[job].path, image, tolerance));
           },
       .on_failed =
           [&](std::size_t job, const Error& error) {
             reporter.tell(claims[job].path, unverified(with_flags(error.what())));
           }});
}

}  // namespace

ExitCode verify_command(Arguments arguments) {
  constexpr CommandFlag kFlags[] = {{.name = "--model", .letter = "-m", .takes_value = true},
                                    {.name = "--inputs", .takes_value = true},
                                    {.name = "--tolerance", .takes_value = true},
                                    {.name = "--device", .takes_value = true},
                                    {.name = "--threads", .letter = "-t", .takes_value = true},
                                    {.name = "--trust"},
                                    {.name = "--json"},
                                    {.name = "--quiet", .letter = "-q"},
                                    {.name = "--debug"}};
  const CommandWords words = parse_command(arguments, kFlags);
  if (words.help) {
    std::cout << kHelp << std::flush;
    return std::cout ? ExitCode::ok : ExitCode::io_error;
  }
  if (words.others.empty()) {
    throw Error(ErrorKind::usage, "verify: no picture. Name a PNG or a folder: sfumato verify out/");
  }
  const int tolerance =
      words.has("--tolerance") ? parse_integer("--tolerance", *words.value("--tolerance"), 0, 255) : kDefaultTolerance;
  RuntimeOptions runtime;
  if (words.has("--device")) runtime.device = *words.value("--device");
  if (words.has("--threads")) runtime.threads = parse_integer("--threads", *words.value("--threads"), 1, 1024);
  if (words.has("--model")) (void)find_model(words.value("--model"));

  std::vector<std::filesystem::path> inputs;
  if (words.has("--inputs")) inputs.emplace_back(*words.value("--inputs"));
  if (std::error_code error; !inputs.empty() && !std::filesystem::exists(inputs.front(), error)) {
    throw Error(ErrorKind::input_missing, "--inputs: " + shown(inputs.front()) + ": there is no such file or folder.");
  }

  const std::vector<std::filesystem::path> pictures = pictures_named(words.others);
  VerdictReporter reporter(pictures.size(), words.has("--json"), words.has("--quiet"));
  // One load for all pictures of a model and dtype.
  std::map<std::pair<std::string, std::string>, std::vector<ReproductionRecord>> groups;
  std::size_t told = 0;
  for (const std::filesystem::path& path : pictures) {
    throw_if_interrupted();
    std::variant<ReproductionRecord, VerifyResult> claim = claim_of(path);
    if (auto* found = std::get_if<ReproductionRecord>(&claim)) {
      if (std::optional<VerifyResult> missing = find_inputs(*found, inputs)) claim = *std::move(missing);
    }
    if (const auto* verdict = std::get_if<VerifyResult>(&claim)) {
      reporter.tell(path, *verdict);
      ++told;
    } else {
      const Provenance& provenance = std::get<ReproductionRecord>(claim).provenance;
      groups[{provenance.model_digest, provenance.dtype}].push_back(std::move(std::get<ReproductionRecord>(claim)));
    }
  }
  for (const auto& [by, claims] : groups) {
    const auto bundle = bundle_of(claims.front().provenance, words.value("--model"));
    runtime.dtype = value_of<Dtype>(by.second);
    if (const auto* verdict = std::get_if<VerifyResult>(&bundle)) {
      for (const ReproductionRecord& claim : claims) reporter.tell(claim.path, *verdict);
    } else if (!runtime.dtype) {
      for (const ReproductionRecord& claim : claims)
        reporter.tell(claim.path, unverified("its dtype is not known here."));
    } else {
      verify_group(claims, std::get<std::filesystem::path>(bundle), words.has("--trust"), runtime, tolerance, told,
                   reporter);
    }
    told += claims.size();
  }
  reporter.clear();
  return reporter.done() ? ExitCode::ok : ExitCode::some_failed;
}

}  // namespace sfumato

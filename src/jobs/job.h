// A job is one picture to make: its options, its origin and its output file.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "jobs/model_ref.h"
#include "sfumato/options.h"

namespace sfumato {

struct Job {
  GenerateOptions options{};       // complete and checked; {a|b} and __wildcard__ of the prompt are expanded
  std::filesystem::path output{};  // a .png file, or "-" for standard output; empty until the run names it
  std::string output_template{};   // the --output of its line; empty: the run's
  ModelRef model{};                // as it was said
  std::string model_name{};        // what the model calls itself, for names of files
  std::uint64_t index = 0;         // from 0, in stream order; a bad line takes a number too, so that the others keep
                                   // theirs when it is corrected
  std::uint64_t line = 0;          // of the prompt file, from 1; 0: the command line
  std::string origin{};            // "prompts.txt:17", for messages; empty: the command line
  std::vector<std::pair<std::string, std::string>> axes{};  // varying options, slowest first: {"seed", "7"}
};

// "prompts.txt:17", or "picture 4" for a job of the command line.
[[nodiscard]] std::string place_of(const Job& job);

// A line that is not a valid job.
struct BadLine {
  std::string message{};  // one printable line that begins with its place: "prompts.txt:17: `steps`: ..."
  std::uint64_t index = 0;
  std::uint64_t line = 0;
};

using Item = std::variant<Job, BadLine>;

struct JobCount {
  std::uint64_t jobs = 0;
  std::uint64_t bad_lines = 0;
};

// A source of jobs, one at a time: memory does not grow with their number.
class JobStream {
 public:
  virtual ~JobStream() = default;

  // The next item; nullopt at the end. Throws Error if the run cannot go on: the file cannot be read.
  [[nodiscard]] virtual std::optional<Item> next() = 0;

  // Whether next() returns at once; waits for that up to `patience`, or until a signal comes. Throws as next() does.
  [[nodiscard]] virtual bool ready(std::chrono::milliseconds /*patience*/) { return true; }

  // Begins again with the first item; the same items follow. false: it can be read only once, and nothing happened.
  [[nodiscard]] virtual bool rewind() { return false; }

  // The number of items of next() in all, including earlier ones; nullopt if it is unknown, as for a pipe. Reads a
  // prompt file to its end.
  [[nodiscard]] virtual std::optional<JobCount> count() = 0;
};

// What decides a picture besides its options.
struct Provenance {
  std::string model_name;
  std::string model_digest;  // Bundle::digest()
  std::string dtype;         // of the networks
  // By which other programs know the checkpoint (model_hash()); empty: the beginning of the digest.
  std::string model_hash{};
  std::string refiner_name{};
  std::string refiner_digest{};  // Bundle::digest() of it; empty: without a refiner
};

// Whether a refiner draws steps of the picture.
[[nodiscard]] bool is_refined(const GenerateOptions& options, const Provenance& provenance);

// SHA-256 over everything that decides the picture: equal keys mean equal pictures to within rounding. Independent of
// paths, device, thread count and time.
[[nodiscard]] std::string key_of(const GenerateOptions& options, const Provenance& provenance);

}  // namespace sfumato

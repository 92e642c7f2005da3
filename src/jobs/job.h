// One picture to be made: what decides it, where it was asked for, and where it goes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

struct Job {
  GenerateOptions options{};       // complete and checked; the prompt has no {a|b} and no __wildcard__ left
  std::filesystem::path output{};  // a .png file, or "-" for standard output; empty until the run names it
  std::string output_template{};   // what a line says of its own --output; empty: the run's
  std::uint64_t index = 0;         // counts from 0 in the order of the source; a bad line takes a number too, so that
                                   // the others keep theirs when it is mended
  std::uint64_t line = 0;          // of the prompt file, from 1; 0: asked for on the command line
  std::string origin{};            // "prompts.txt:17", for messages; empty: the command line
  std::vector<std::pair<std::string, std::string>> axes{};  // what varies, slowest first: {"seed", "7"}
};

// "prompts.txt:17", or "picture 4" for what was asked for on the command line.
[[nodiscard]] std::string place_of(const Job& job);

// A line that asks for nothing that can be made.
struct BadLine {
  std::string message{};  // one printable line, begins with where it is: "prompts.txt:17: --steps: ..."
  std::uint64_t index = 0;
  std::uint64_t line = 0;
};

using Item = std::variant<Job, BadLine>;

struct JobCount {
  std::uint64_t jobs = 0;
  std::uint64_t bad_lines = 0;
};

// Where jobs come from, one after the other: memory does not grow with their number.
class JobStream {
 public:
  virtual ~JobStream() = default;

  // The next one; nothing at the end. Throws Error for what ends the run: the file cannot be read any further.
  [[nodiscard]] virtual std::optional<Item> next() = 0;

  // How many next() gives in all, whatever it has given already; nothing if that cannot be known, as of a stream. A
  // prompt file is read through for it.
  [[nodiscard]] virtual std::optional<JobCount> count() = 0;
};

// What decides the picture besides its options.
struct Provenance {
  std::string model_name;
  std::string model_digest;  // SHA-256 of the bundle
  std::string dtype;         // of the networks
};

// SHA-256 over everything that decides the picture: equal keys mean the same picture to within rounding. Knows no path,
// device, thread count or time.
[[nodiscard]] std::string key_of(const GenerateOptions& options, const Provenance& provenance);

}  // namespace sfumato

// The options that decide a picture, one row each: what names them, how they are written, and where they are kept.
// Command line, prompt files, sweeps, names of files and what a PNG says of itself all go by this table, so that a new
// option is a new row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "sfumato/options.h"

namespace sfumato {

class JobValues;

struct JobOption {
  // text: may have anything in it, so it is no list. numbers: one value is a list. file: a path, as it was said; a
  // folder stands for the pictures in it. flag: true or false, and as a flag it takes no value: --exact-steps,
  // --no-exact-steps. All but the first two can be swept with commas.
  enum class Kind { text, whole, real, name, numbers, file, flag };

  std::string_view name;       // in JSON, metadata and names of files: cfg_scale; as a flag --cfg-scale
  std::string_view letter{};   // of its short flag, or nothing
  std::string_view aliases{};  // what other programs call it: separated by spaces, with '_'
  Kind kind;
  std::string_view argument;  // in --help: N, X, NAME
  std::string_view help{};    // one line of --help
  // Takes the value from its text. Throws Error(usage) "--cfg-scale: ...", with the value and what is wanted.
  void (*set)(JobValues& values, const std::string& text);
  // The value; null: there is none, and the model decides.
  Json (*get)(const GenerateOptions& options);
  // Not so: a word for other options (size), or for several pictures.
  bool stored = true;
  // Not so: it follows from the others, and is only told (steps_done, the digest of a file). Nobody says it.
  bool is_flag = true;
  // Not so: it is told beside what decides the picture, and has no part in its key (the path of a file).
  bool decides = true;
  // The value, as text, that says nothing: it is left out of JSON, so that pictures from before the option existed
  // keep their keys.
  std::string_view neutral = "\1";
  // The words it takes, if it takes no others: "ddim, pndm".
  std::string (*choices)() = nullptr;
  // The options without one of which it has no effect, separated by spaces.
  std::string_view needs{};
  // Chooses the value if it was not said, when all that was said is known; nullptr: the default stays.
  void (*derive_default)(GenerateOptions& options, const GenerateOptions& defaults) = nullptr;
};

// In the order in which JSON has them.
[[nodiscard]] std::span<const JobOption> job_options();

// The option with that name or alias, '-' and '_' being the same; nullptr if there is none.
[[nodiscard]] const JobOption* find_job_option(std::string_view name);

// The option that "no_exact_steps" says is not so; nullptr if it is none.
[[nodiscard]] const JobOption* find_negated_option(std::string_view name);

// A value as it is written on the command line.
[[nodiscard]] std::string text_of(const Json& value);
// A value of JSON as that text. Throws Error(usage) if it is of the wrong type: 7 is a number, "7" is none.
[[nodiscard]] std::string text_from_json(const JobOption& option, const Json& value);

// Options while they are being put together: defaults under what is said, and what was said on a command line under
// what a line of a prompt file says.
class JobValues {
 public:
  // The values that hold where nothing is said: the model's, or those of a picture that is taken up again.
  explicit JobValues(const GenerateOptions& defaults) : options_(defaults), defaults_(defaults) {}

  // Throws Error(usage). Within one layer the more special word must be said later: size, then width.
  void say(const JobOption& option, const std::string& text);

  // With the values that follow from the others. Not checked against the model: check().
  [[nodiscard]] GenerateOptions resolved() const;

  // For the rows: the value that is being said, and that a second option is said along with it.
  GenerateOptions& options() { return options_; }
  void mark(std::string_view name);

  // The options that were said, a bit for each row that is stored.
  [[nodiscard]] std::uint64_t said() const { return said_; }

  int batch_count = 1;  // so many pictures, with seeds that count up; not an option of one picture

 private:
  GenerateOptions options_;
  GenerateOptions defaults_;
  std::uint64_t said_ = 0;  // a bit for each row
};

// The options of a picture under their names, as in the `sfumato` chunk and in --json events.
[[nodiscard]] JsonObject options_json(const GenerateOptions& options);
// Those of them that decide it, for keys.
[[nodiscard]] JsonObject deciding_options_json(const GenerateOptions& options);

// What options_json() wrote, over the defaults for what it does not say. Keys that are no options are not looked at.
// Throws Error(usage) for a value that is not one.
[[nodiscard]] GenerateOptions options_from_json(const JsonObject& object, const GenerateOptions& defaults);

}  // namespace sfumato

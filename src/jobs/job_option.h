// One row of the table of options that decide a picture (jobs/job_options.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "sfumato/options.h"

namespace sfumato {

class JobValues;

struct JobOption {
  // text: any text, so a comma does not separate values. whole, real: a number. name: a word. numbers: one value is a
  // list of numbers. file: a path. flag: true or false; on the command line --exact-steps or --no-exact-steps.
  // Commas separate several values of all kinds but text and numbers.
  enum class Kind { text, whole, real, name, numbers, file, flag };

  std::string_view name;       // in JSON, metadata and names of files: cfg_scale; as a flag --cfg-scale
  std::string_view letter{};   // of the short flag; empty if there is none
  std::string_view aliases{};  // other programs' names, with '_', separated by spaces
  Kind kind;
  std::string_view argument;  // in --help: N, X, NAME
  std::string_view help{};    // one line of --help
  std::string_view group{};   // heading of --help; set on the first row of the group
  // Parses the text into the options. Throws Error(usage) that begins with "`cfg_scale`: " and names the value and what
  // is expected.
  void (*set)(JobValues& values, const std::string& text);
  // The value; null if it is unset and the model decides.
  Json (*get)(const GenerateOptions& options);
  bool stored = true;   // false: it sets other options (size) or the number of pictures (batch_count)
  bool is_flag = true;  // false: derived from other options or files and only reported (steps_done, init_img_sha256)
  bool in_key = true;   // false: reported next to what decides the picture, but not part of its key (a path)
  // The value, as text, that is left out of JSON. New rows have one, so that existing pictures keep their keys.
  std::optional<std::string_view> default_text{};
  // The complete list of its words, "ddim, pndm"; nullptr if there is none.
  std::string (*choices)() = nullptr;
  // Names of options, separated by spaces: without one of them the option has no effect.
  std::string_view needs{};
  // Derives the value from the explicit ones where it is not explicit itself; nullptr: the default stays.
  void (*derive_default)(GenerateOptions& options, const GenerateOptions& defaults) = nullptr;
  // A1111's key for the value in its `parameters` text; empty if there is none, or if it needs more than its text.
  std::string_view a1111_key{};
  // false: which values are valid depends on other options, so a line of a prompt file may still make it valid.
  bool checked_alone = true;
  // A folder is one value. false: it stands for the image files in it.
  bool takes_folder = false;
};

}  // namespace sfumato

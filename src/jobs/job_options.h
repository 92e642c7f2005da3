// The table of options that decide a picture: how they are named, parsed, written and stored, one row an option.
// Command line, prompt files, sweeps, names of files and metadata read this table, so a new option is a new row.
#pragma once

#include <span>
#include <string_view>

#include "jobs/job_option.h"

namespace sfumato {

// All rows, in the order in which JSON has them.
[[nodiscard]] std::span<const JobOption> job_options();

// The option with that name or alias; '-' and '_' are the same. nullptr if it is unknown.
[[nodiscard]] const JobOption* find_job_option(std::string_view name);

// The option that "no_exact_steps" sets to false; nullptr if the name does not negate an option.
[[nodiscard]] const JobOption* find_negated_option(std::string_view name);

}  // namespace sfumato

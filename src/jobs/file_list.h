// The files that a value of a file option names.
#pragma once

#include <string>
#include <vector>

#include "jobs/job_option.h"

namespace sfumato {

// Splits the text at commas into paths, in order. A path may contain commas: if a file has the whole text as its name,
// it is that one file; else the shortest piece up to a comma that exists is the next path. "-" is standard input.
// A folder stands for the PNG and JPEG files in it, known by their first bytes and sorted by name, without hidden
// files, subfolders and the masks (fox_mask.png) of other files in it (fox.png); an option that takes_folder keeps the
// folder. Throws Error(input_missing) that begins with the option if a file does not exist.
[[nodiscard]] std::vector<std::string> files_named(const JobOption& option, const std::string& text);

}  // namespace sfumato

// The files that a value of --init-img, --mask or --segmap names.
#pragma once

#include <string>
#include <vector>

#include "jobs/job_options.h"

namespace sfumato {

// Paths separated by commas, in their order. A path may have commas itself: if there is a file of the whole name, it is
// that one, and else the shortest piece up to a comma that is there is the next. A folder stands for the PNGs and JPEGs
// in it, known by their first bytes and sorted by name, without hidden ones, those in folders below it, and masks named
// fox_mask.png that lie beside fox.png; only for --mask it stays a folder, in which the mask of each picture is looked
// up (jobs/input_files.h). "-" is standard input. Throws Error(input_missing) that begins with the flag if something is
// not there.
[[nodiscard]] std::vector<std::string> files_named(const JobOption& option, const std::string& text);

}  // namespace sfumato

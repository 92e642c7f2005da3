// Jobs of a run that would write the same file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/hash_index.h"
#include "jobs/job.h"
#include "output/output_name.h"

namespace sfumato {

// Finds equal names, in at most 32 bytes per job.
class TakenNames {
 public:
  // The index of the job that has the name already; nullopt if it is free, and `index` has it from now on.
  [[nodiscard]] std::optional<std::uint64_t> take(std::string_view name, std::uint64_t index);
  // Whether a part of the name, which would be a folder, is the name of a picture: "a.png" in "a.png/b.png".
  [[nodiscard]] bool has_picture_as_folder(std::string_view name) const;

 private:
  HashIndex indices_;
};

// Throws Error(usage) if two jobs would get one name: "two jobs would write a-cat-42.png (prompts.txt:4 and
// prompts.txt:9)". first and again: the same jobs twice; the second stream is read only for the message. Bad lines are
// skipped.
void check_names(JobStream& first, JobStream& again, const OutputNames& names,
                 const std::function<const Provenance&(const Job&)>& provenance_of);

}  // namespace sfumato

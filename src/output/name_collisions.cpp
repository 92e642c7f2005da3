#include "output/name_collisions.h"

#include <functional>
#include <variant>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {

std::optional<std::uint64_t> TakenNames::take(std::string_view name, std::uint64_t index) {
  std::uint64_t& owner = indices_[std::hash<std::string_view>{}(name)];
  if (owner != 0) return owner - 1;
  owner = index + 1;
  return std::nullopt;
}

bool TakenNames::has_picture_as_folder(std::string_view name) const {
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos; slash = name.find('/', slash + 1)) {
    if (indices_.contains(std::hash<std::string_view>{}(name.substr(0, slash)))) return true;
  }
  return false;
}

void check_names(JobStream& first, JobStream& again, const OutputNames& names,
                 const std::function<const Provenance&(const Job&)>& provenance_of) {
  TakenNames taken;
  while (const std::optional<Item> item = first.next()) {
    const Job* job = std::get_if<Job>(&*item);
    if (job == nullptr || (names.is_unique() && job->output_template.empty())) continue;
    const std::string name = names.name_of(*job, key_of(job->options, provenance_of(*job)));
    const std::optional<std::uint64_t> other = taken.take(name, job->index);
    if (!other) continue;
    while (const std::optional<Item> earlier = again.next()) {
      const Job* owner = std::get_if<Job>(&*earlier);
      if (owner == nullptr || owner->index != *other) continue;
      throw Error(ErrorKind::usage, "`output`: two jobs would write " + printable(names.path_of(name).string(), 400) +
                                        " (" + place_of(*owner) + " and " + place_of(*job) +
                                        "). Put {index} or {seed} into the name.");
    }
  }
}

}  // namespace sfumato

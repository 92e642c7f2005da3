#include "run/loaded_models.h"

#include <algorithm>

#include "base/memory.h"

namespace sfumato {

LoadedModels::Loaded LoadedModels::get(const ModelRef& model, bool is_alone) {
  const std::string& digest = models_.provenance(model).model_digest;
  const auto known = std::ranges::find(entries_, digest, &Entry::digest);
  if (known != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, known);
    return {.generator = entries_.front().generator, .is_new = false};
  }
  const auto fits = [&] { return available_memory() > models_.bytes(model) / 4 * 5; };
  while (!entries_.empty() && (is_alone || !fits())) entries_.pop_back();
  entries_.push_front({.digest = digest, .generator = models_.load(model)});
  return {.generator = entries_.front().generator, .is_new = true};
}

void LoadedModels::drop(const std::string& digest) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.digest == digest; });
}

}  // namespace sfumato

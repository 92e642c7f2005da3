#include "output/recorded_keys.h"

#include "output/journal.h"
#include "output/peer_journals.h"

namespace sfumato {

std::optional<std::string> RecordedKeys::key_of(const std::filesystem::path& picture) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(picture, error).lexically_normal();
  for (std::filesystem::path folder = path.parent_path();; folder = folder.parent_path()) {
    if (std::filesystem::is_directory(folder / kStateFolder, error)) {
      const Keys& keys = keys_in(folder);
      const auto found = keys.find(path.lexically_relative(folder).string());
      return found == keys.end() ? std::nullopt : std::optional(found->second);
    }
    if (!folder.has_relative_path()) return std::nullopt;
  }
}

const RecordedKeys::Keys& RecordedKeys::keys_in(const std::filesystem::path& folder) {
  const auto [place, is_new] = folders_.try_emplace(folder);
  if (!is_new) return place->second;
  Keys& keys = place->second;
  const auto take = [&keys](const JobId&, const JournalEntry& entry) {
    if (entry.event == JournalEntry::Event::done) keys[entry.file] = entry.job.substr(0, entry.job.find('+'));
  };
  const PeerJournals journals(folder / kStateFolder, {}, take, PeerJournals::Torn::leave);
  return keys;
}

}  // namespace sfumato

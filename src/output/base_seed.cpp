#include "output/base_seed.h"

#include <charconv>
#include <optional>
#include <random>

#include "base/sha256.h"
#include "base/shown_path.h"
#include "output/journal.h"
#include "output/state_file.h"

namespace sfumato {
namespace {

constexpr std::size_t kNameDigits = 16;

// .sfumato/seed.DIGEST, with 16 digits of the command's digest. Content: a decimal number and a line end.
std::string name_for(const std::string& command) { return "seed." + sha256(command).substr(0, kNameDigits); }

std::optional<std::uint64_t> read_seed(const std::filesystem::path& folder, const std::string& name) {
  const std::optional<std::string> text = read_state_file(folder, name);
  if (!text) return std::nullopt;
  std::uint64_t seed = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), seed);
  if (failure != std::errc() || *end != '\n') {
    throw Error(ErrorKind::bad_data, shown_path(folder / kStateFolder / name) +
                                         ": is not a seed. Remove it; the run then draws its random seeds anew.");
  }
  return seed;
}

}  // namespace

std::uint64_t random_seed() {
  std::random_device device;
  return device();
}

std::uint64_t base_seed(const std::filesystem::path& folder, const std::string& command) {
  const std::string name = name_for(command);
  if (const std::optional<std::uint64_t> seed = read_seed(folder, name)) return *seed;
  const std::uint64_t drawn = random_seed();
  if (write_state_file(folder, name, std::to_string(drawn) + "\n")) return drawn;
  return read_seed(folder, name).value_or(drawn);  // another process was first
}

void forget_base_seed(const std::filesystem::path& folder, const std::string& command) {
  remove_state_file(folder, name_for(command));
}

}  // namespace sfumato

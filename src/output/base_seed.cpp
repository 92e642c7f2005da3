#include "output/base_seed.h"

#include <charconv>
#include <optional>
#include <random>
#include <span>

#include "base/printable.h"
#include "base/read_file.h"
#include "base/sha256.h"
#include "output/journal.h"
#include "output/publish.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxBytes = 32;
constexpr std::size_t kNameDigits = 16;

// .sfumato/seed.DIGEST, with 16 digits of the command's digest. Content: a decimal number and a line end.
std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& command) {
  return folder / kStateFolder / ("seed." + sha256(command).substr(0, kNameDigits));
}

std::optional<std::uint64_t> read_seed(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxBytes);
  const std::string text(bytes.begin(), bytes.end());
  std::uint64_t seed = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (failure != std::errc() || *end != '\n') {
    throw Error(ErrorKind::bad_data, printable(path.string(), 400) +
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
  const std::filesystem::path path = file_of(folder, command);
  if (const std::optional<std::uint64_t> seed = read_seed(path)) return *seed;
  check_folder(path.parent_path());
  const std::uint64_t drawn = random_seed();
  const std::string text = std::to_string(drawn) + "\n";
  try {
    publish(path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), /*overwrite=*/false);
    return drawn;
  } catch (const NameTaken&) {
    return read_seed(path).value_or(drawn);  // another process was first
  }
}

void forget_base_seed(const std::filesystem::path& folder, const std::string& command) {
  std::error_code ignored;
  std::filesystem::remove(file_of(folder, command), ignored);
}

}  // namespace sfumato

#include "cli/commands.h"

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

constexpr auto kCommands = std::to_array<Command>({
    {"import", &import_command},
    {"model", &model_command},
    {"status", &status_command},
});

}  // namespace

const Command* find_command(std::string_view word) {
  const auto found = std::ranges::find(kCommands, word, &Command::name);
  return found == kCommands.end() ? nullptr : &*found;
}

}  // namespace sfumato

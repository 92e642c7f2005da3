#include "cli/commands.h"

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

constexpr auto kCommands = std::to_array<Command>({
    {.name = "explain", .run = &explain_command},
    {.name = "import", .run = &import_command},
    {.name = "inspect", .run = &inspect_command},
    {.name = "model", .run = &model_command},
    {.name = "status", .run = &status_command},
    {.name = "verify", .run = &verify_command},
});

}  // namespace

const Command* find_command(std::string_view word) {
  const auto found = std::ranges::find(kCommands, word, &Command::name);
  return found == kCommands.end() ? nullptr : &*found;
}

}  // namespace sfumato

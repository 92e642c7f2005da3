#include "cli/commands.h"

#include <algorithm>
#include <array>

#include "base/console.h"

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

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? nullptr : &*found;
}

ExitCode print_text(std::string_view text) {
  standard_output().lines(text);
  standard_output().check();
  return ExitCode::ok;
}

}  // namespace sfumato

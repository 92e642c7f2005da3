// Any bytes as scheduler_config.json. Its numbers are those of a schedule.
#include "fuzz.h"
#include "import/recognise/scheduler_config.h"

void sfumato::fuzz(std::string_view input) {
  const auto read = result_of({ErrorKind::bad_data},
                              [&] { return read_scheduler_config(input, "scheduler_config.json", std::nullopt); });
  if (!read) return;
  if (const auto& edm = read->noise.edm) {
    check(edm->sigma_data > 0 && edm->sigma_min > 0 && edm->sigma_min < edm->sigma_max, "EDM noise");
  } else {
    check(read->noise.train_steps > 0 && read->noise.beta_start > 0 && read->noise.beta_end < 1, "a schedule");
  }
  for (const std::string& note : read->notes) check(is_harmless(note), note);
}

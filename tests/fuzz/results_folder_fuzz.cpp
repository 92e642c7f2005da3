// Any bytes as the journal, the index and the records of a stranger's results folder, in which a run goes on. Files
// outside the folder stay as they are, and nothing is added there.
#include "fuzz.h"
#include "image/png.h"
#include "metadata/metadata.h"
#include "output/base_seed.h"
#include "output/folder_dtype.h"
#include "output/folder_status.h"
#include "output/results_folder.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVictim = "a thesis";
constexpr std::initializer_list<ErrorKind> kRefusals = {ErrorKind::bad_data, ErrorKind::cannot_create,
                                                        ErrorKind::io_error, ErrorKind::input_missing};

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void fill_folder(std::string_view input) {
  static const std::vector<std::uint8_t> png =
      encode_png({.width = 8, .height = 8, .rgb = std::vector<std::uint8_t>(192, 200)},
                 metadata({.prompt = "a fox", .width = 8, .height = 8}, {.model_digest = std::string(64, 'a')}));
  for (const fs::directory_entry& entry : fs::directory_iterator(scratch())) fs::remove_all(entry.path());
  fs::create_directories("run/.sfumato");
  write_file("victim.txt", kVictim);
  write_file("run/1.png", {reinterpret_cast<const char*>(png.data()), png.size()});
  write_file("run/.sfumato/journal.host.1.1.jsonl", next_piece(input, "\n%\n"));
  write_file("run/.sfumato/dtype." + std::string(16, 'a'), next_piece(input, "\n%\n"));
  const std::string seed = "run/.sfumato/seed.2d711642b726b044";  // of the command "x"
  write_file(seed, next_piece(input, "\n%\n"));
  if (!input.empty()) write_file("run/index.jsonl", input);
}

void go_on() {
  const std::string digest(64, 'a'), key(64, 'b');
  ResultsFolder folder("run", digest, /*nested=*/true, /*new_model=*/false);
  const JobId job = *job_id(key);
  if (const std::optional<std::string> file = folder.find(job, key)) check(fs::exists(fs::path("run") / *file), *file);
  for (const std::string& note : folder.take_notes()) check(is_harmless(note), note);
  folder.write_index();
}

}  // namespace
}  // namespace sfumato

void sfumato::fuzz(std::string_view input) {
  scratch();
  fill_folder(input);
  const auto done = [](const auto& action) {
    (void)result_of(kRefusals, [&] {
      action();
      return true;
    });
  };
  done([] { (void)status_of("run"); });
  done([] { (void)base_seed("run", "x"); });
  done([] { (void)recorded_dtype("run", std::string(64, 'a')); });
  done(&go_on);
  check(content_of("victim.txt") == kVictim, "a file outside the folder");
  check(std::distance(fs::directory_iterator("."), {}) == 2, "a new file outside the folder");
}

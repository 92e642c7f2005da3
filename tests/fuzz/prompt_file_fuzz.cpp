// Any bytes as a prompt file. Every job is valid, and its name stays in the folder of the run.
#include "fuzz.h"
#include "jobs/prompt_jobs.h"
#include "output/output_name.h"
#include "text/prompt.h"

namespace sfumato {
namespace {

constexpr int kMaxItems = 100;  // looked at; a line may have 10^9

void check_jobs(const std::string& file) {
  PromptJobs jobs({.from_file = file, .wildcards = "."}, 0);
  const OutputNames names("out/{index}-{prompt}-{seed}.png", /*several=*/true);
  for (int i = 0; i < kMaxItems; ++i) {
    const std::optional<Item> item = jobs.next();
    if (!item) return;
    if (const auto* bad = std::get_if<BadLine>(&*item)) {
      check(is_harmless(bad->message) && bad->message.size() <= kMaxMessage, bad->message);
      continue;
    }
    const Job& job = std::get<Job>(*item);
    sfumato::check(job.options, 8);
    const auto name = result_of({ErrorKind::usage}, [&] { return names.name_of(job, std::string(64, '0')); });
    if (!name) continue;
    for (const std::filesystem::path& part : std::filesystem::path(*name)) check(part != "..", *name);
    check(name->front() != '/' && name->ends_with(".png"), *name);
  }
}

}  // namespace
}  // namespace sfumato

void sfumato::fuzz(std::string_view input) {
  scratch();
  const std::string file = choice(input, 2) == 1 ? "p.jsonl" : "p.txt";
  write_file(file, without_slashes(input));
  (void)result_of({ErrorKind::usage, ErrorKind::bad_data, ErrorKind::input_missing}, [&] {
    check_jobs(file);
    return true;
  });
}

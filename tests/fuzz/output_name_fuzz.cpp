// Any bytes as --output, as the own name of a job and as its prompt. Pictures stay in the folder.
#include "fuzz.h"
#include "output/output_name.h"

void sfumato::fuzz(std::string_view input) {
  scratch();
  const bool several = choice(input, 2) == 1;
  const std::string output(next_piece(input, "\n"));
  Job job{.output_template = std::string(next_piece(input, "\n"))};
  job.options.prompt = input;
  job.options.init.image.path = input;
  const auto names = result_of({ErrorKind::usage}, [&] { return OutputNames(output, several); });
  if (!names || names->is_stdout()) return;
  const auto name = result_of({ErrorKind::usage}, [&] { return names->name_of(job, std::string(64, 'a')); });
  if (!name) return;
  check(name->ends_with(".png") && name->front() != '/', *name);
  for (const std::filesystem::path& part : std::filesystem::path(*name)) {
    check(part != ".." && part != ".sfumato" && part.string().size() <= 255, *name);
  }
  check(names->path_of(*name).string().find(*name) != std::string::npos, "a path without the name");
}

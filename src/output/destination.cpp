#include "output/destination.h"

#include <utility>

#include "base/console.h"
#include "base/printable.h"
#include "base/temporary_name.h"
#include "jobs/options_json.h"
#include "output/picture_size.h"
#include "output/publish.h"
#include "output/writable.h"

namespace sfumato {
namespace {

bool is_taken(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

bool is_picture_of(const std::filesystem::path& path, const Assignment& assignment) {
  try {
    const ImageIdentity identity = identity_of(path);
    return identity.key == assignment.key && size_in(identity.values) == size_of_picture(assignment.job.options);
  } catch (const Error&) {
    return false;
  }
}

std::filesystem::path next_free(const std::filesystem::path& path) {
  std::filesystem::path candidate = path;
  for (int n = 2; is_taken(candidate); ++n) {
    candidate = path.parent_path() / (path.stem().string() + "-" + std::to_string(n) + ".png");
  }
  return candidate;
}

// Refuses to replace a file that the picture starts from.
void refuse_input(const Job& job) {
  for (const InputFile* file : {&job.options.init.image, &job.options.inpaint.mask, &job.options.map.segmap}) {
    std::error_code error;
    if (file->path.empty() || !std::filesystem::equivalent(job.output, file->path, error)) continue;
    throw Error(ErrorKind::usage, "`overwrite`: " + printable(job.output.string(), 400) +
                                      " is what the picture starts from. Give another `output`.");
  }
}

}  // namespace

Destination::Destination(const OutputNames& names, const std::string& model_digest, const Options& options)
    : names_(names), options_(options) {
  if (names.is_stdout() || names.is_one_file()) return;
  if (!options.several && !is_taken(names.folder() / kStateFolder)) return;
  folder_.emplace(names.folder(), model_digest, names.is_nested(), options.new_model, options.more_models);
}

std::optional<std::filesystem::path> Destination::find(Assignment& assignment) {
  Job& job = assignment.job;
  const std::string name = names_.is_stdout() ? "-" : names_.name_of(job, assignment.key);
  job.output = names_.path_of(name);
  if (names_.is_stdout()) return std::nullopt;
  if (options_.overwrite) refuse_input(job);
  if (folder_) {
    std::optional<std::string> file;
    if (!options_.overwrite) file = folder_->find(assignment.id, assignment.key, size_of_picture(job.options));
    if (file) return names_.path_of(*file);
    check_picture_name(names_.folder(), name, options_.overwrite);
    return std::nullopt;
  }
  if (!names_.is_given() && !options_.overwrite) job.output = next_free(job.output);
  if (!options_.overwrite && is_picture_of(job.output, assignment)) return job.output;
  check_publishable(job.output, options_.overwrite);
  return std::nullopt;
}

std::filesystem::path Destination::finish(const Assignment& assignment, std::span<const std::uint8_t> png) {
  const Job& job = assignment.job;
  if (folder_) {
    const std::string name = names_.name_of(job, assignment.key);
    try {
      return names_.path_of(folder_->finish(assignment.id,
                                            {.key = assignment.key,
                                             .name = name,
                                             .line = job.line,
                                             .model = assignment.model,
                                             .values = options_json(job.options),
                                             .overwrite = options_.overwrite},
                                            png));
    } catch (const Error&) {
      check_picture_name(names_.folder(), name, options_.overwrite);
      throw;
    }
  }
  if (names_.is_stdout()) {
    standard_output().bytes(png);
    standard_output().check();
  } else {
    remove_stale_temporaries(folder_of(job.output));
    static_cast<void>(publish(job.output, png, options_.overwrite));
    if (std::string note = naming_note(folder_of(job.output)); !note.empty()) details_.push_back(std::move(note));
  }
  return job.output;
}

std::vector<std::string> Destination::take_details() {
  return folder_ ? folder_->take_details() : std::exchange(details_, {});
}

}  // namespace sfumato

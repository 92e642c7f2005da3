#include "model/bundle.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "base/printable.h"
#include "model/digest.h"
#include "model/known_files.h"
#include "model/model_json.h"

namespace sfumato {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(ExitCode::bad_bundle, printable(path.string(), 400) + ": " + what);
}

void check_no_other_files(const std::filesystem::path& folder, const std::map<std::string, FileDescription>& expected) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name != kModelJson && !expected.contains(name)) {
      fail(entry->path(), "is not listed in model.json. Take it out of the bundle.");
    }
  }
  if (error) fail(folder, error.message() + ".");
}

void check_file(const std::filesystem::path& path, const MappedFile& file, const FileDescription& expected) {
  if (file.bytes().size() != static_cast<std::size_t>(expected.size)) {
    fail(path, "has " + std::to_string(file.bytes().size()) + " bytes, model.json says " +
                   std::to_string(expected.size) + ". Copy the bundle again.");
  }
  if (const std::string found = sha256(file.bytes()); found != expected.sha256) {
    fail(path, "is damaged: SHA-256 " + found + ", model.json says " + expected.sha256 + ". Copy the bundle again.");
  }
}

// All files on all cores. The first that is wrong, by name, is the one that is told.
void check_files(const std::filesystem::path& folder, const std::map<std::string, MappedFile, std::less<>>& files,
                 const std::map<std::string, FileDescription>& expected) {
  std::vector<std::packaged_task<void()>> tasks;
  std::vector<std::future<void>> results;
  for (const auto& [name, wanted] : expected) {
    tasks.emplace_back(
        [&, path = folder / name] { check_file(path, files.find(path.filename().string())->second, wanted); });
    results.push_back(tasks.back().get_future());
  }
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) helpers.emplace_back(work);
    work();
  }
  for (std::future<void>& result : results) result.get();
}

}  // namespace

Bundle::Bundle(const std::filesystem::path& folder, bool trust) : folder_(folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw Error(ExitCode::input_missing,
                printable(folder.string(), 400) +
                    ": no such model. --model takes a bundle: a folder with model.json (models/README.md).");
  }
  const std::string where = path_of(kModelJson);
  const MappedFile description(folder / kModelJson, ExitCode::bad_bundle);
  digest_ = sha256(description.bytes());
  ModelDescription read = read_model_json(description.text(), where);
  config_ = std::move(read.config);
  const std::map<std::string, FileDescription>& expected = read.files;
  check_no_other_files(folder, expected);

  for (const auto& [name, size_and_digest] : expected)
    files_.emplace(name, MappedFile(folder / name, ExitCode::bad_bundle));
  check_files(folder, files_, expected);

  std::vector<std::string> risky = {config_.tokenizer.file};
  for (const NetworkFiles* network : networks_of(config_)) risky.push_back(network->graph);
  for (const std::string& name : risky) {
    if (trust || is_known_file(expected.at(name).sha256)) continue;
    fail(folder / name,
         "is not a file that this sfumato knows, and using it means running what it says. "
         "If you trust where the bundle comes from, add --trust.");
  }
}

const MappedFile& Bundle::file(std::string_view name) const { return files_.find(name)->second; }

std::string Bundle::path_of(std::string_view name) const { return printable((folder_ / name).string(), 400); }

}  // namespace sfumato

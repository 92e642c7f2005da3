// Files with expected sizes and digests. They are mapped at once and verified in the background, and each is available
// as soon as it is verified: graphs are parsed while the digests of gigabytes of weights are still computed.
#pragma once

#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/mapped_file.h"
#include "bundle/model_json.h"

namespace sfumato {

class CheckedFiles {
 public:
  // Maps all files and compares their sizes. Throws Error(bad_bundle) for the first, by name, that is missing or has
  // another size.
  CheckedFiles(const std::filesystem::path& folder, const std::map<std::string, FileDescription>& expected);
  ~CheckedFiles();  // abandons files that are not verified yet

  // Waits until the file is verified. Throws Error(bad_bundle) if its digest does not match, or if the file has changed
  // since.
  [[nodiscard]] const MappedFile& file(std::string_view name);
  // Waits for all files. Throws for the first damaged one, by name.
  void check_all() const;
  // Throws Error(bad_bundle) if a file has changed since it was mapped, so that what was computed from it may be wrong.
  // A file whose status alone has changed, as by chmod or a new hard link, is verified again. Costs a system call per
  // file.
  void check_unchanged();

 private:
  struct Entry {
    std::filesystem::path path;
    MappedFile file;
    std::string sha256;
    std::promise<void> promise;
    std::shared_future<void> checked;
  };

  void work();
  void check(const Entry& entry) const;
  void check_unchanged(Entry& entry);

  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<Entry*> order_;  // of verification
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> abandoned_ = false;
  std::mutex changing_;                // held while a change is accepted
  std::vector<std::jthread> workers_;  // last member: they use all others
};

}  // namespace sfumato

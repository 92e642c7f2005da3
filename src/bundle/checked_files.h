// Files with expected sizes and digests. They are mapped at once and verified in the background, and each is available
// as soon as it is verified: graphs are parsed while the digests of gigabytes of weights are still computed.
#pragma once

#include <atomic>
#include <filesystem>
#include <future>
#include <map>
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

  // Waits until the file is verified. Throws Error(bad_bundle) if its digest does not match.
  [[nodiscard]] const MappedFile& file(std::string_view name) const;
  // Waits for all files. Throws for the first damaged one, by name.
  void check_all() const;

 private:
  struct Entry {
    std::filesystem::path path;
    MappedFile file;
    std::string sha256;
    std::promise<void> promise;
    std::shared_future<void> checked;
  };

  void work();
  void check(Entry& entry) const;

  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<Entry*> order_;  // of verification
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> abandoned_ = false;
  std::vector<std::jthread> workers_;  // last member: they use all others
};

}  // namespace sfumato

// Files of a folder whose sizes and digests are stated: mapped at once, checked in the background, and handed out once
// they are found to be right. So a graph is parsed while the digests of gigabytes of weights are still being computed.
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
  // Maps all files and compares their sizes. Throws Error(bad_bundle) for the first, by name, that is not there or has
  // another size.
  CheckedFiles(const std::filesystem::path& folder, const std::map<std::string, FileDescription>& stated);
  ~CheckedFiles();  // gives up what is not checked yet

  // Waits until the file has been checked. Throws Error(bad_bundle) if its digest is another.
  [[nodiscard]] const MappedFile& file(std::string_view name) const;
  // Waits for all files. Throws for the first, by name, that is damaged.
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
  std::vector<Entry*> order_;  // in which they are checked
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> given_up_ = false;
  std::vector<std::jthread> workers_;  // last: they use all of the above
};

}  // namespace sfumato

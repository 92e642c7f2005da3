// Making a folder appear, whole or not at all.
#pragma once

#include <filesystem>

namespace sfumato {

class StagingFolder {
 public:
  // A new, empty folder beside `target`. Throws Error(cannot_create) if it cannot be made, or if `target` is there
  // already and may not be replaced: without `overwrite` nothing is, with it only a bundle or an empty folder.
  StagingFolder(const std::filesystem::path& target, bool overwrite);
  // Takes everything away that was not published.
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Gives the folder its name in one step; what bore it before is then removed. The files in it are synced by whoever
  // wrote them. Throws Error(cannot_create) if something has come there meanwhile, Error(io_error) if it fails.
  void publish();

 private:
  std::filesystem::path target_;
  bool overwrite_;
  std::filesystem::path path_;
};

}  // namespace sfumato

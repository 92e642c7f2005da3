// Making a folder appear under its name whole or not at all.
#pragma once

#include <filesystem>

#include "base/file_descriptor.h"
#include "base/name_giver.h"

namespace sfumato {

class StagingFolder {
 public:
  // Creates an empty folder next to `target`, locked while this object lives, and removes those that killed processes
  // left there (base/temporary_name.h). Throws Error(cannot_create) if it cannot be created, or if `target` exists and
  // may not be replaced: without `overwrite` nothing is, with it only what check_replaceable() admits.
  // First puts a bundle back that a killed process had moved out of the way and not replaced. calls: for tests.
  StagingFolder(const std::filesystem::path& target, bool overwrite, const NamingCalls& calls = system_naming_calls());
  // Removes everything that was not published.
  ~StagingFolder();
  StagingFolder(const StagingFolder&) = delete;
  StagingFolder& operator=(const StagingFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Renames the folder to `target` in one step and removes what had that name. File systems that cannot exchange two
  // folders need two steps: the old one waits in a folder .sfumato-...old, from where the next StagingFolder puts it
  // back if the process is killed in between. The files must be synced already. Throws Error(cannot_create) if the name
  // has been taken meanwhile, Error(io_error) if renaming fails.
  void publish();

 private:
  void replace_in_two_steps();

  std::filesystem::path target_;
  bool overwrite_;
  const NamingCalls& calls_;
  std::filesystem::path path_;
  FileDescriptor lock_;
  bool has_old_ = false;            // path_ is now the bundle that was replaced
  std::filesystem::path holder_{};  // the folder that holds it, if that took two steps
  FileDescriptor holder_lock_{};
};

}  // namespace sfumato

// Names that are claimed by an empty file, on file systems that can give a name to a file only by replacing another one
// (base/name_giver.h).
//
// A claim of NAME is two files: a record .sfumato-HOST-PID.START-N.claim that holds NAME, and then, created by O_EXCL,
// NAME itself, empty. If the process is killed, the record tells that the empty file is nobody's.
#pragma once

#include <filesystem>
#include <string>

#include "base/file_descriptor.h"

namespace sfumato {

class NameClaim {
 public:
  // Claims a name in an open folder, which must outlive this. A claim of a dead process is taken away; one of a living
  // process is waited for, up to 5 s.
  NameClaim(int folder, const std::filesystem::path& name);
  // Takes the claim away; the claimed file only if it was not fulfilled. Keeps errno.
  ~NameClaim();
  NameClaim(const NameClaim&) = delete;
  NameClaim& operator=(const NameClaim&) = delete;

  // 0: the name is this object's. Otherwise errno of what failed, EEXIST if the name is taken.
  [[nodiscard]] int error() const { return error_; }
  // The name has its file now.
  void fulfil() { is_fulfilled_ = true; }

 private:
  [[nodiscard]] bool record();

  int folder_;
  std::string name_;
  FileDescriptor record_{};
  std::string record_name_{};
  int error_ = 0;
  bool is_fulfilled_ = false;
};

// Takes away the claim of a dead process: its record, and the claimed file if it is empty. Of several processes that do
// this at once one succeeds; the others return false.
[[nodiscard]] bool remove_claim(const std::filesystem::path& folder, const std::string& record);

}  // namespace sfumato

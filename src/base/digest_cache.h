// SHA-256 digests of large files, kept between runs: computing one takes about a second for a gigabyte. A file is
// recognised by device, inode, size and mtime.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/file_stamp.h"

namespace sfumato {

class DigestCache {
 public:
  // $XDG_CACHE_HOME/sfumato/digests, otherwise ~/.cache/sfumato/digests; empty if neither is named by the environment.
  [[nodiscard]] static std::filesystem::path users_folder();

  // folder: made with the first digest; one small file a digest. Empty: nothing is kept.
  explicit DigestCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // nullopt if it is not known, or if its entry is damaged or was written by another version of this program.
  [[nodiscard]] std::optional<std::string> find(const FileIdentity& file) const;
  // Several processes may keep the same digest. Returns false if the folder cannot be written: the digest will be
  // computed again.
  bool keep(const FileIdentity& file, const std::string& sha256) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const FileIdentity& file) const;

  std::filesystem::path folder_;
};

}  // namespace sfumato

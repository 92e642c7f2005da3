// Giving a file its name in one step without ever replacing another file, on any file system.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace sfumato {

// How a file system gives a name that must be free.
enum class NamingWay {
  rename,  // renameat2 with RENAME_NOREPLACE
  link,    // linkat, which never replaces a file, then unlinkat: NFS, some FUSE
  claim,   // neither: rclone, s3fs, gcsfuse. The name is claimed by an empty file, which rename then replaces
};

// The system's calls, with its results and errno. A test puts others here.
struct NamingCalls {
  int (*rename_no_replace)(int from_folder, const char* from, int to_folder, const char* to);
  int (*link)(int from_folder, const char* from, int to_folder, const char* to);
  int (*exchange)(const char* one, const char* other);  // of two paths
};
[[nodiscard]] const NamingCalls& system_naming_calls();

// Whether errno says that the file system, or the kernel, does not have the call at all.
[[nodiscard]] bool is_missing_call(int error);

class NameGiver {
 public:
  explicit NameGiver(const NamingCalls& calls = system_naming_calls()) : calls_(calls) {}

  // Renames a file between open folders. Returns false with errno, EEXIST if the name is taken. Tries the ways in their
  // order, and remembers for each file system which one it has.
  [[nodiscard]] bool give(int from_folder, const std::filesystem::path& from, int to_folder,
                          const std::filesystem::path& to);

  // The way by which names were given on the file system of that folder; nullopt before the first.
  [[nodiscard]] std::optional<NamingWay> way_in(const std::filesystem::path& folder);

 private:
  [[nodiscard]] std::optional<NamingWay> known(dev_t device);
  void remember(dev_t device, NamingWay way);

  const NamingCalls& calls_;
  std::mutex mutex_;
  std::unordered_map<dev_t, NamingWay> ways_;
};

// That of this process.
[[nodiscard]] NameGiver& name_giver();

}  // namespace sfumato

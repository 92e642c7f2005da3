#include "base/name_giver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/name_claim.h"

namespace sfumato {
namespace {

bool has_no_links(int error) {
  return is_missing_call(error) || error == EPERM || error == EMLINK || error == EACCES || error == EXDEV;
}

dev_t device_of(int folder) {
  struct stat status{};
  return fstat(folder, &status) == 0 ? status.st_dev : 0;
}

bool claim_and_rename(int from_folder, const char* from, int to_folder, const std::filesystem::path& to) {
  NameClaim claim(to_folder, to);
  errno = claim.error();
  if (errno != 0 || renameat(from_folder, from, to_folder, to.c_str()) != 0) return false;
  claim.fulfil();
  return true;
}

}  // namespace

const NamingCalls& system_naming_calls() {
  static constexpr NamingCalls kCalls = {
      .rename_no_replace = [](int from_folder, const char* from, int to_folder,
                              const char* to) { return renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE); },
      .link = [](int from_folder, const char* from, int to_folder,
                 const char* to) { return linkat(from_folder, from, to_folder, to, 0); },
      .exchange = [](const char* one,
                     const char* other) { return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE); },
  };
  return kCalls;
}

bool is_missing_call(int error) { return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP; }

bool NameGiver::give(int from_folder, const std::filesystem::path& from, int to_folder,
                     const std::filesystem::path& to) {
  const dev_t device = device_of(to_folder);
  const NamingWay first = known(device).value_or(NamingWay::rename);
  const auto settle = [&](NamingWay way, bool given) {
    if (given || errno == EEXIST) remember(device, way);
    return given;
  };
  if (first == NamingWay::rename) {
    const bool given = calls_.rename_no_replace(from_folder, from.c_str(), to_folder, to.c_str()) == 0;
    if (given || !is_missing_call(errno)) return settle(NamingWay::rename, given);
  }
  if (first != NamingWay::claim) {
    const bool given = calls_.link(from_folder, from.c_str(), to_folder, to.c_str()) == 0;
    if (given) unlinkat(from_folder, from.c_str(), 0);
    if (given || !has_no_links(errno)) return settle(NamingWay::link, given);
  }
  return settle(NamingWay::claim, claim_and_rename(from_folder, from.c_str(), to_folder, to));
}

std::optional<NamingWay> NameGiver::way_in(const std::filesystem::path& folder) {
  struct stat status{};
  return stat(folder.c_str(), &status) == 0 ? known(status.st_dev) : std::nullopt;
}

std::optional<NamingWay> NameGiver::known(dev_t device) {
  const std::lock_guard lock(mutex_);
  const auto found = ways_.find(device);
  return found == ways_.end() ? std::nullopt : std::optional(found->second);
}

void NameGiver::remember(dev_t device, NamingWay way) {
  const std::lock_guard lock(mutex_);
  ways_[device] = way;
}

NameGiver& name_giver() {
  static NameGiver giver;
  return giver;
}

}  // namespace sfumato

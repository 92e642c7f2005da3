#include "base/mapped_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/address_space.h"
#include "base/crash.h"
#include "base/shown_path.h"
#include "base/signals.h"

namespace sfumato {

// A node of a list that only grows: a signal handler may walk it at any time. Nodes are used again.
struct MappedFile::Mapping {
  std::atomic<const std::byte*> begin = nullptr;
  std::atomic<std::size_t> size = 0;  // 0: not in use
  char path[512] = "";                // for messages
  Mapping* next = nullptr;

  static std::atomic<Mapping*> first;

  static Mapping* add(std::span<const std::byte> bytes, const std::filesystem::path& path);
  void remove() { size = 0; }
};

std::atomic<MappedFile::Mapping*> MappedFile::Mapping::first = nullptr;

MappedFile::Mapping* MappedFile::Mapping::add(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  Mapping* node = first;
  while (node != nullptr && node->size != 0) node = node->next;
  const bool is_new = node == nullptr;
  if (is_new) node = new Mapping;  // never freed: a handler may be reading it
  const std::string name = printable(path.string(), sizeof node->path - 4);
  std::memcpy(node->path, name.c_str(), std::min(name.size() + 1, sizeof node->path));
  node->begin = bytes.data();
  node->size = bytes.size();
  if (is_new) {
    node->next = first;
    first = node;
  }
  return node;
}

namespace {

int status_of_loss = 0;

void leave_if_lost(const void* address) {
  if (const char* path = MappedFile::path_at(address)) {
    leave_with_error(status_of_loss, path, "was cut short, or cannot be read any more, while it was in use");
  }
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, ErrorKind kind, Links links)
    : path_(path), kind_(kind), file_(open_file(path, kind, links)) {
  const std::optional<FileIdentity> identity = identity_of_file(file_.get());
  if (!identity) throw Error(kind, shown_path(path) + ": " + std::strerror(errno) + ".");
  identity_ = *identity;
  const auto size = static_cast<std::size_t>(identity_.stamp.bytes);
  if (size == 0) return;
  void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_.get(), 0);
  if (address == MAP_FAILED) {
    const int error = errno;
    check_address_space(shown_path(path), size);
    throw Error(kind, shown_path(path) + ": " + std::strerror(error) + ".");
  }
  bytes_ = {static_cast<const std::byte*>(address), size};
  mapping_ = Mapping::add(bytes_, path);
}

MappedFile::~MappedFile() {
  if (mapping_ != nullptr) mapping_->remove();
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      kind_(other.kind_),
      file_(std::move(other.file_)),
      identity_(other.identity_),
      bytes_(std::exchange(other.bytes_, {})),
      mapping_(std::exchange(other.mapping_, nullptr)) {}

void MappedFile::leave_memory(std::span<const std::byte> part) const {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto first = static_cast<std::size_t>(part.data() - bytes_.data());
  const std::size_t begin = (first + page - 1) / page * page;
  const std::size_t end = (first + part.size()) / page * page;
  // madvise takes no pointer to const; a private mapping that was never written to loses nothing.
  if (begin < end) (void)madvise(const_cast<std::byte*>(bytes_.data()) + begin, end - begin, MADV_DONTNEED);
}

void MappedFile::read(std::span<const std::byte> part, std::span<std::byte> copy) const {
  const std::ptrdiff_t begin = part.data() - bytes_.data();
  for (std::size_t done = 0; done < part.size();) {
    const ssize_t count = pread(file_.get(), copy.data() + done, part.size() - done,
                                static_cast<off_t>(begin + static_cast<std::ptrdiff_t>(done)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      throw Error(kind_, shown_path(path_) + ": " +
                             (count == 0 ? "was cut short while it was read" : std::strerror(errno)) + ".");
    }
    done += static_cast<std::size_t>(count);
  }
}

MappedFile::Change MappedFile::change() const {
  const FileIdentity now = identity_of_file(file_.get()).value_or(FileIdentity{});
  if (now == identity_) return Change::none;
  return now.stamp == identity_.stamp ? Change::status : Change::content;
}

const char* MappedFile::path_at(const void* address) {
  const auto* byte = static_cast<const std::byte*>(address);
  for (const Mapping* node = Mapping::first; node != nullptr; node = node->next) {
    const std::byte* begin = node->begin;
    if (byte >= begin && byte < begin + node->size) return node->path;
  }
  return nullptr;
}

void MappedFile::accept_change() { identity_ = identity_of_file(file_.get()).value_or(FileIdentity{}); }

void end_on_lost_mappings(int status) {
  status_of_loss = status;
  set_bus_error_report(&leave_if_lost);
  report_crashes();
}

}  // namespace sfumato

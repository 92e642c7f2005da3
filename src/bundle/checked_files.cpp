#include "bundle/checked_files.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/shown_path.h"

namespace sfumato {
namespace {

constexpr std::size_t kSmall = std::size_t{4} << 20;   // bytes; such files are verified before all larger ones
constexpr std::size_t kPiece = std::size_t{16} << 20;  // bytes between checks of abandoned_

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::bad_bundle, shown_path(path) + ": " + what + ". Copy the bundle again.");
}

}  // namespace

CheckedFiles::CheckedFiles(const std::filesystem::path& folder,
                           const std::map<std::string, FileDescription>& expected) {
  for (const auto& [name, description] : expected) {
    const std::filesystem::path path = folder / name;
    MappedFile file(path, ErrorKind::bad_bundle);
    if (file.bytes().size() != static_cast<std::size_t>(description.size)) {
      fail(path, "has " + std::to_string(file.bytes().size()) + " bytes, model.json states " +
                     std::to_string(description.size));
    }
    Entry entry{.path = path, .file = std::move(file), .sha256 = description.sha256, .promise = {}, .checked = {}};
    entry.checked = entry.promise.get_future().share();
    entries_.emplace(name, std::move(entry));
  }
  for (auto& [name, entry] : entries_) order_.push_back(&entry);
  // Small files (graphs) first, because they are needed first; then the largest, so that all cores end together.
  std::ranges::stable_sort(order_, [](const Entry* a, const Entry* b) {
    const std::size_t x = a->file.bytes().size(), y = b->file.bytes().size();
    return (x <= kSmall) != (y <= kSmall) ? x <= kSmall : x > y;
  });
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    workers_.emplace_back([this] { work(); });
  }
}

CheckedFiles::~CheckedFiles() { abandoned_ = true; }

void CheckedFiles::work() {
  for (std::size_t i = next_++; i < order_.size(); i = next_++) {
    Entry& entry = *order_[i];
    try {
      check(entry);
      entry.promise.set_value();
    } catch (...) {
      entry.promise.set_exception(std::current_exception());
    }
  }
}

void CheckedFiles::check(const Entry& entry) const {
  Sha256 sum;
  for (std::span<const std::byte> rest = entry.file.bytes(); !rest.empty() && !abandoned_;) {
    const std::span<const std::byte> piece = rest.first(std::min(rest.size(), kPiece));
    sum.add(piece);
    rest = rest.subspan(piece.size());
  }
  if (const std::string found = sum.digest(); found != entry.sha256) {
    fail(entry.path, "is damaged: SHA-256 " + found + ", model.json states " + entry.sha256);
  }
}

const MappedFile& CheckedFiles::file(std::string_view name) {
  Entry& entry = entries_.find(name)->second;
  entry.checked.get();
  check_unchanged(entry);
  return entry.file;
}

void CheckedFiles::check_unchanged(Entry& entry) {
  const std::lock_guard lock(changing_);
  const MappedFile::Change change = entry.file.change();
  if (change == MappedFile::Change::content) {
    fail(entry.path, "has changed while it was in use, so the pictures that are being made are given up");
  }
  if (change == MappedFile::Change::none) return;
  entry.file.accept_change();
  check(entry);
}

void CheckedFiles::check_unchanged() {
  for (auto& [name, entry] : entries_) check_unchanged(entry);
}

void CheckedFiles::check_all() const {
  for (const auto& [name, entry] : entries_) entry.checked.get();
}

}  // namespace sfumato

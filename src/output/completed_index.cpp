#include "output/completed_index.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/bad_data.h"
#include "base/folder.h"
#include "base/read_file.h"
#include "base/sha256.h"
#include "base/shown_path.h"
#include "base/signals.h"
#include "image/read_png.h"
#include "output/picture_size.h"

namespace sfumato {
namespace {

std::uint64_t first_bits(std::string_view sha256) {
  std::uint64_t bits = 0;
  std::from_chars(sha256.data(), sha256.data() + std::min<std::size_t>(sha256.size(), 16), bits, 16);
  return bits;
}

// A file that the system does not give is not damaged: it must not be moved aside, nor made again.
[[noreturn]] void fail_to_read(const std::filesystem::path& path, int error) {
  throw Error(ErrorKind::input_missing, shown_path(path) + ": cannot be read: " + std::strerror(error) + ".");
}

// Of what an open file holds.
std::uint64_t digest_of(int descriptor, const std::filesystem::path& path) {
  std::vector<std::byte> piece(std::size_t{1} << 18);
  Sha256 digest;
  for (;;) {
    const ssize_t count = read(descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_to_read(path, errno);
    if (count == 0) return first_bits(digest.digest());
    digest.add(std::span(piece).first(static_cast<std::size_t>(count)));
  }
}

std::string text_at(const JsonObject& object, std::string_view key) {
  for (const auto& [name, value] : object) {
    if (name != key) continue;
    const auto* text = std::get_if<std::string>(&value.value);
    return text == nullptr ? "" : *text;
  }
  return "";
}

ImageIdentity identity_in(const std::vector<std::uint8_t>& bytes, const std::string& where) {
  ImageIdentity identity;
  const PngTexts png = decode_png_texts(bytes, where, TrailingBytes::refuse);
  for (const PngText& text : png.texts) {
    if (text.keyword != "sfumato") continue;
    Json json = parse_json(text.text, where, ErrorKind::bad_data);
    if (auto* values = std::get_if<JsonObject>(&json.value)) identity.values = std::move(*values);
  }
  const ImageSize size{.width = png.width, .height = png.height};
  const std::optional<ImageSize> said = size_in(identity.values);
  if (said && *said != ImageSize{} && *said != size) {
    throw_bad_data(where, "the picture has " + shown(size) + " pixels, not the " + shown(*said) + " of its values");
  }
  if (said) identity.key = text_at(identity.values, "key");
  identity.model_digest = text_at(identity.values, "model_digest");
  identity.dtype = text_at(identity.values, "dtype");
  identity.sha256 = sha256(std::as_bytes(std::span(bytes)));
  return identity;
}

}  // namespace

ImageIdentity identity_of(const std::filesystem::path& picture) {
  return identity_in(read_file(picture, kMaxImageBytes), picture.string());
}

ImageIdentity identity_of(const Folder& folder, const std::filesystem::path& name) {
  const std::filesystem::path path = folder.path() / name;
  const FileDescriptor file = folder.open_file(name);
  if (!file) {
    throw Error(ErrorKind::input_missing, shown_path(path) + ": " + folder.reason_for(name, errno) + ".");
  }
  return identity_in(read_stream(file.get(), kMaxImageBytes, path.string()), path.string());
}

void CompletedIndex::add(const JobId& job, const JournalEntry& entry, bool claimed) {
  const Picture picture{.file = entry.file,
                        .stamp = entry.stamp,
                        .digest = first_bits(entry.sha256),
                        .claimed = claimed,
                        .size = size_in(entry.values)};
  const auto [begin, end] = pictures_.equal_range(job);
  for (auto known = begin; known != end; ++known) {
    if (known->second.file != entry.file) continue;
    known->second.claimed |= claimed;
    known->second.stamp = picture.stamp;
    known->second.digest = picture.digest;
    known->second.size = picture.size;
    return;
  }
  pictures_.emplace(job, picture);
}

bool CompletedIndex::belongs_to_other_job(const std::string& file, const JobId& job) const {
  JobId other = job;
  for (other.occurrence = 1; other.occurrence <= job.occurrence || knows(other); ++other.occurrence) {
    if (other == job) continue;
    const auto [begin, end] = pictures_.equal_range(other);
    if (std::any_of(begin, end, [&](const auto& known) { return known.second.file == file; })) return true;
  }
  return false;
}

CompletedIndex::State CompletedIndex::look_at(const Picture& picture, const std::string& key,
                                              std::optional<ImageSize> size, JournalEntry& changed) const {
  if (size && picture.size && *size != *picture.size) return State::other;
  errno = 0;
  const std::optional<FileStamp> stamp = folder_.stamp_of(picture.file);
  if (!stamp && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == EIO)) {
    fail_to_read(folder_.path() / picture.file, errno);
  }
  if (!stamp) return State::other;
  if (*stamp == picture.stamp) return picture.damaged ? State::damaged : State::unchanged;
  try {
    ImageIdentity identity = identity_of(folder_, picture.file);
    // Another program may have compressed the file again: then its key and its checksums decide. Without a key every
    // byte has to be as it was.
    if (identity.key.empty() ? first_bits(identity.sha256) != picture.digest : identity.key != key) return State::other;
    const std::optional<ImageSize> wanted = size ? size : picture.size;
    if (!identity.key.empty() && wanted && wanted != size_in(identity.values)) return State::damaged;
    changed = {.event = JournalEntry::Event::done,
               .file = picture.file,
               .stamp = *stamp,
               .sha256 = std::move(identity.sha256),
               .values = std::move(identity.values)};
    return State::changed;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bad_data) return State::damaged;
    if (!folder_.stamp_of(picture.file)) return State::other;  // it has just been removed
    throw;
  }
}

CompletedIndex::Result CompletedIndex::find(const JobId& job, const std::string& key, std::optional<ImageSize> size) {
  Result result;
  const auto [begin, end] = pictures_.equal_range(job);
  for (auto known = begin; known != end;) {
    Picture& picture = known->second;
    picture.claimed = true;
    JournalEntry changed;
    const State state = look_at(picture, key, size, changed);
    if (state == State::unchanged || state == State::changed) {
      if (state == State::changed) {
        result.rewritten = first_bits(changed.sha256) != picture.digest;
        picture.stamp = changed.stamp;
        result.changed = std::move(changed);
      }
      result.file = picture.file;
      return result;
    }
    if (state == State::damaged) result.damaged = picture.file;
    known = pictures_.erase(known);
  }
  return result;
}

void CompletedIndex::check_digests(const OnChecked& on_checked) {
  std::vector<Picture*> known;
  for (auto& [job, picture] : pictures_) {
    if (picture.digest != 0) known.push_back(&picture);
  }
  std::ranges::sort(known, {}, &Picture::file);
  std::size_t checked = 0;
  for (Picture* picture : known) {
    throw_if_interrupted();
    on_checked(checked++, known.size());
    const FileDescriptor file = folder_.open_file(picture->file);
    if (file && stamp_of(file.get()) == picture->stamp) {
      picture->damaged = digest_of(file.get(), folder_.path() / picture->file) != picture->digest;
    }
  }
  on_checked(checked, known.size());
}

std::size_t CompletedIndex::import_existing(bool nested, const OnExisting& on_existing) {
  std::unordered_set<std::string_view> known;
  for (const auto& [job, picture] : pictures_) known.insert(picture.file);
  std::vector<std::string> unknown;
  const auto look = [&](const std::filesystem::directory_entry& entry) {
    std::string file = entry.path().lexically_relative(folder_.path()).string();
    if (entry.path().extension() == ".png" && !known.contains(file)) unknown.push_back(std::move(file));
  };
  std::error_code error;
  if (nested) {
    for (std::filesystem::recursive_directory_iterator entry(folder_.path(), error), end; !error && entry != end;
         entry.increment(error)) {
      look(*entry);
    }
  } else {
    for (std::filesystem::directory_iterator entry(folder_.path(), error), end; !error && entry != end;
         entry.increment(error)) {
      look(*entry);
    }
  }
  std::ranges::sort(unknown);  // of two pictures with one key the first name is the first occurrence
  std::size_t unreadable = 0;
  for (const std::string& file : unknown) {
    try {
      const std::optional<FileStamp> stamp = folder_.stamp_of(file);
      if (stamp) on_existing(file, identity_of(folder_, file), *stamp);
    } catch (const Error&) {
      ++unreadable;
    }
  }
  return unreadable;
}

bool CompletedIndex::take_for_index(const JobId& job, const JournalEntry& entry) {
  const auto [begin, end] = pictures_.equal_range(job);
  for (auto known = begin; known != end; ++known) {
    Picture& picture = known->second;
    if (picture.file != entry.file || picture.stamp != entry.stamp || picture.indexed) continue;
    picture.indexed = true;
    return folder_.stamp_of(picture.file).has_value();
  }
  return false;
}

std::size_t CompletedIndex::unclaimed() const {
  std::size_t count = 0;
  for (const auto& [job, picture] : pictures_) count += !picture.claimed && folder_.stamp_of(picture.file) ? 1 : 0;
  return count;
}

}  // namespace sfumato

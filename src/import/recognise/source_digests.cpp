#include "import/recognise/source_digests.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/sha256.h"
#include "base/signals.h"

namespace sfumato {
namespace {

constexpr std::size_t kPiece = std::size_t{4} << 20;  // bytes

std::string digest_of(const MappedFile& file, const std::function<void(std::uint64_t)>& on_bytes) {
  Sha256 sum;
  std::vector<std::byte> buffer(std::min(kPiece, file.bytes().size()));
  for (std::span<const std::byte> rest = file.bytes(); !rest.empty();) {
    const std::span<const std::byte> piece = rest.first(std::min(rest.size(), kPiece));
    file.read(piece, std::span(buffer).first(piece.size()));
    sum.add(std::span(buffer).first(piece.size()));
    rest = rest.subspan(piece.size());
    on_bytes(piece.size());
    throw_if_interrupted();
  }
  return sum.digest();
}

// "unet/diffusion_pytorch_model.safetensors"
std::string name_in_folder(const WeightFile& file) {
  return (file.path.parent_path().filename() / file.path.filename()).string();
}

}  // namespace

std::vector<std::string> source_digests(const Checkpoint& checkpoint, const DigestCache& cache,
                                        const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
  std::vector<std::string> digests;
  std::uint64_t all = 0, done = 0;
  for (const WeightFile& file : checkpoint.files) {
    digests.push_back(cache.find(file.mapped.identity()).value_or(""));
    if (digests.back().empty()) all += file.mapped.bytes().size();
  }
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (!digests[i].empty()) continue;
    const MappedFile& file = checkpoint.files[i].mapped;
    digests[i] = digest_of(file, [&](std::uint64_t bytes) { on_progress(done += bytes, all); });
    if (file.change() == MappedFile::Change::none) cache.keep(file.identity(), digests[i]);
  }
  return digests;
}

std::string source_digest(const Checkpoint& checkpoint, const std::vector<std::string>& digests) {
  if (checkpoint.own_files == 1) return digests.front();
  std::vector<std::pair<std::string, std::string>> lines;  // name, digest
  for (std::size_t i = 0; i < checkpoint.own_files; ++i) {
    lines.emplace_back(name_in_folder(checkpoint.files[i]), digests[i]);
  }
  std::ranges::sort(lines);
  std::string text;
  for (const auto& [name, digest] : lines) text += digest + "  " + name + "\n";
  return sha256(text);
}

}  // namespace sfumato

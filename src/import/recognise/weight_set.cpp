#include "import/recognise/weight_set.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/json.h"
#include "base/printable.h"
#include "base/shown_path.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxIndex = std::size_t{16} << 20;  // bytes

// Files by their variant; "" is the plain one.
struct Candidates {
  std::map<std::string, std::filesystem::path> files;
  std::map<std::string, std::filesystem::path> indices;
  bool pickles = false;
};

// The variant in "diffusion_pytorch_model" + X + ".safetensors", where X is "" or ".VARIANT"; nullopt for shards and
// other names.
std::optional<std::string> variant_in(std::string_view name, std::string_view begin, std::string_view end) {
  if (!name.starts_with(begin) || !name.ends_with(end) || name.size() < begin.size() + end.size()) return std::nullopt;
  const std::string_view middle = name.substr(begin.size(), name.size() - begin.size() - end.size());
  if (middle.empty()) return "";
  if (middle.front() != '.' || middle.find("-of-") != std::string_view::npos) return std::nullopt;
  return std::string(middle.substr(1));
}

Candidates list_candidates(const std::filesystem::path& folder, const std::string& stem) {
  Candidates candidates;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (const auto variant = variant_in(name, stem, ".safetensors")) candidates.files.emplace(*variant, entry->path());
    if (const auto variant = variant_in(name, stem + ".safetensors.index", ".json"))
      candidates.indices.emplace(*variant, entry->path());
    candidates.pickles |= name.ends_with(".bin");
  }
  if (error) throw Error(ErrorKind::input_missing, shown_path(folder) + ": " + error.message() + ".");
  return candidates;
}

std::string choose(const Candidates& candidates, const std::string& requested, const std::filesystem::path& folder) {
  std::set<std::string> variants;
  for (const auto& [variant, path] : candidates.files) variants.insert(variant);
  for (const auto& [variant, path] : candidates.indices) variants.insert(variant);
  std::string list;
  for (const std::string& variant : variants)
    list += (list.empty() ? "" : ", ") + (variant.empty() ? "none" : printable(variant));
  if (!requested.empty() && variants.contains(requested)) return requested;
  if (variants.contains("")) return "";
  if (variants.contains("fp16")) return "fp16";
  if (variants.size() == 1) return *variants.begin();
  if (!variants.empty())
    throw Error(ErrorKind::input_missing, shown_path(folder) + ": choose one of its `variant`: " + list + ".");
  if (candidates.pickles) {
    throw Error(ErrorKind::bad_data, shown_path(folder) +
                                         ": has only pickles (.bin), which are programs and never read here. "
                                         "Take the model's .safetensors files.");
  }
  throw Error(ErrorKind::input_missing, shown_path(folder) + ": has no .safetensors file.");
}

// The shard of each tensor.
std::map<std::string, std::string> read_index(const std::filesystem::path& path) {
  const std::string where = shown_path(path);
  const MappedFile file(path, ErrorKind::input_missing, Links::follow);
  const Json json = parse_json(file.text(), where, ErrorKind::bad_data, {.bytes = kMaxIndex, .depth = 8});
  JsonReader reader(json, where, ErrorKind::bad_data);
  JsonReader map = reader.object("weight_map");
  std::map<std::string, std::string> shards;
  for (const std::string& tensor : map.keys()) {
    const std::string& shard = map.string(tensor);
    if (shard.empty() || shard.front() == '.' || shard.find('/') != std::string::npos ||
        shard.find('\0') != std::string::npos) {
      map.fail(tensor, "\"" + printable(shard) + "\" is not the name of a file in this folder");
    }
    shards.emplace(tensor, shard);
  }
  return shards;
}

void open_shards(const std::filesystem::path& index, std::deque<WeightFile>& files) {
  const std::map<std::string, std::string> shard_of = read_index(index);
  std::set<std::string> names;
  for (const auto& [tensor, shard] : shard_of) names.insert(shard);
  std::size_t found = 0;
  for (const std::string& name : names) {
    files.push_back(open_weights(index.parent_path() / name));
    for (const StoredTensor& tensor : files.back().tensors) {
      const auto shard = shard_of.find(tensor.name);
      if (shard == shard_of.end() || shard->second != name) {
        throw Error(ErrorKind::bad_data, files.back().where + ": holds " + printable(tensor.name) + ", which " +
                                             shown_path(index) + " does not list. Download both again.");
      }
      ++found;
    }
  }
  if (found != shard_of.size()) {
    throw Error(ErrorKind::bad_data, shown_path(index) + ": lists " + std::to_string(shard_of.size()) +
                                         " tensors, its shards hold " + std::to_string(found) +
                                         ". Download them again.");
  }
}

}  // namespace

VariantFound open_weight_set(const std::filesystem::path& folder, const std::string& stem, const std::string& variant,
                             std::deque<WeightFile>& files) {
  const Candidates candidates = list_candidates(folder, stem);
  const std::string chosen = choose(candidates, variant, folder);
  if (const auto file = candidates.files.find(chosen); file != candidates.files.end()) {
    files.push_back(open_weights(file->second));
  } else {
    open_shards(candidates.indices.find(chosen)->second, files);
  }
  return chosen == variant ? VariantFound::yes : VariantFound::no;
}

}  // namespace sfumato

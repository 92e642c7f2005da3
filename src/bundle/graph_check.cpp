#include "bundle/graph_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "base/printable.h"
#include "bundle/graph_code.h"
#include "bundle/graph_pickle.h"
#include "bundle/zip_archive.h"

namespace sfumato {
namespace {

constexpr std::string_view kCode = "code/";
// What torch.jit.save writes besides code, and the folder of the storages of each pickle.
constexpr auto kPickles = std::to_array<std::string_view>({"data", "constants", "traced_inputs"});
constexpr auto kMarks = std::to_array<std::string_view>(
    {"version", "byteorder", ".data/version", ".data/serialization_id", ".format_version", ".storage_alignment"});

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "__torch__.torch.nn" of code/__torch__/torch/nn.py; nullopt for other names.
std::optional<std::string> module_of(std::string_view record) {
  constexpr std::string_view kRoot = "code/__torch__", kEnd = ".py";
  if (!record.starts_with(kRoot) || !record.ends_with(kEnd)) return std::nullopt;
  std::string module(record.substr(kCode.size(), record.size() - kCode.size() - kEnd.size()));
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '/'; };
  if (!std::ranges::all_of(module, plain)) return std::nullopt;
  std::ranges::replace(module, '/', '.');
  return module;
}

class Archive {
 public:
  Archive(std::string_view archive, const std::string& where) : where_(where), records_(read_zip(archive, where)) {
    // LibTorch takes the folder of the first record for that of all.
    const std::string_view first = records_.front().name;
    const std::string_view folder = first.substr(0, first.find('/') + 1);
    for (const ZipRecord& record : records_) {
      if (folder.empty() || !record.name.starts_with(folder)) refuse(record.name, "lies outside the archive's folder");
      by_name_.emplace(record.name.substr(folder.size()), record.bytes);
    }
  }

  void check() const {
    ClassNames classes;
    for (const auto& [name, bytes] : by_name_) {
      if (const std::optional<std::string> module = module_of(name)) add_classes(bytes, *module, classes);
    }
    for (const auto& [name, bytes] : by_name_) check_record(name, bytes, classes);
  }

 private:
  [[noreturn]] void refuse(std::string_view record, const std::string& what) const {
    refuse_graph(place(record), "it " + what);
  }
  [[nodiscard]] std::string place(std::string_view record) const { return where_ + ": " + printable(record, 200); }

  void check_record(std::string_view name, std::string_view bytes, const ClassNames& classes) const {
    constexpr std::string_view kDebug = ".debug_pkl";
    if (module_of(name)) return check_graph_code(bytes, classes, place(name));
    if (name.ends_with(kDebug) && module_of(name.substr(0, name.size() - kDebug.size()))) {  // lines of the source
      return check_graph_pickle(bytes, {}, [](std::string_view) { return std::nullopt; }, place(name));
    }
    if (std::ranges::find(kMarks, name) != kMarks.end()) return;
    for (const std::string_view pickle : kPickles) {
      if (!name.starts_with(pickle)) continue;
      const std::string_view rest = name.substr(pickle.size());
      if (rest.starts_with('/') && is_digits(rest.substr(1))) return;
      if (rest != ".pkl") continue;
      // torch.jit.load does not read traced_inputs.pkl, and torch.jit.save leaves its storages empty.
      const StorageSize sizes = [&](std::string_view key) {
        return size_of(std::string(pickle) + "/" + std::string(key));
      };
      return check_graph_pickle(bytes, classes, pickle == "traced_inputs" ? StorageSize() : sizes, place(name));
    }
    refuse(name, "is a record that torch.jit.save does not write");
  }

  [[nodiscard]] std::optional<std::size_t> size_of(std::string_view record) const {
    const auto found = by_name_.find(record);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second.size());
  }

  const std::string& where_;
  std::vector<ZipRecord> records_;
  std::map<std::string_view, std::string_view> by_name_;  // without the archive's folder, in order
};

}  // namespace

void check_graph(std::string_view archive, const std::string& where) { Archive(archive, where).check(); }

}  // namespace sfumato

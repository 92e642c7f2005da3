#include "cli/import_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/printable.h"
#include "import/recognise/prediction_type.h"
#include "jobs/flag_words.h"

namespace sfumato {
namespace {

constexpr std::size_t kMostGroups = 12;

std::string decimals(const char* format, double value) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

std::size_t all_parameters(const Imported& imported) {
  std::size_t count = 0;
  for (const auto& [kind, parameters] : imported.parameters) count += parameters;
  return count;
}

std::size_t all_unused(const Imported& imported) {
  std::size_t count = 0;
  for (const auto& [group, tensors] : imported.unused) count += tensors;
  return count;
}

// "12 position ids, 3 marks"
std::string groups(const Imported& imported) {
  std::vector<std::pair<std::string, std::size_t>> sorted(imported.unused.begin(), imported.unused.end());
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<std::string, std::size_t>::second);
  std::string text;
  for (std::size_t i = 0; i < sorted.size() && i < kMostGroups; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(sorted[i].second) + " " + printable(sorted[i].first);
  }
  if (sorted.size() > kMostGroups) text += " and " + std::to_string(sorted.size() - kMostGroups) + " more groups";
  return text;
}

std::string stored_as(const DefaultStorage& storage) {
  if (!storage.dtype) return "each tensor in its own dtype";
  const std::string_view name = *storage.dtype == StoredDtype::f32    ? "float32"
                                : *storage.dtype == StoredDtype::bf16 ? "bfloat16"
                                                                      : "float16";
  return std::string(name) + (storage.why.empty() ? "" : ", " + storage.why);
}

}  // namespace

void print_import(Console& err, const Checkpoint& checkpoint, const Imported& imported, const DefaultStorage& storage,
                  double seconds) {
  const std::string_view title =
      checkpoint.distilled != nullptr ? checkpoint.distilled->title : info_of(checkpoint.family).title;
  err.message(std::string(title) +
              (checkpoint.inpainting         ? " for inpainting, "
               : checkpoint.instruct_pix2pix ? " for editing pictures (InstructPix2Pix), "
                                             : ", ") +
              decimals("%.1f", static_cast<double>(all_parameters(imported)) / 1e6) + " million parameters; " +
              std::to_string(imported.matched) + " tensors matched, 0 missing, " +
              std::to_string(all_unused(imported)) + " unused" +
              (imported.unused.empty() ? "" : ": " + groups(imported)));
  for (const std::string& note : checkpoint.schedule.notes) err.message(with_flags(note));
  if (imported.model.config.license == "LicenseRef-unknown") {
    err.message("licence: unknown; --license writes it into the bundle");
  }
  err.message(decimals("%.1f MB", static_cast<double>(imported.bytes) / 1e6) + " of weights in " +
              decimals("%.1f s", seconds) + ", stored as " + stored_as(storage));
}

Json import_json(const Checkpoint& checkpoint, const Imported& imported, const std::filesystem::path& output,
                 double seconds) {
  JsonObject parameters;
  for (const auto& [kind, count] : imported.parameters) {
    parameters.emplace_back(std::string(name_of(kind)), Json{static_cast<std::int64_t>(count)});
  }
  JsonObject unused;
  for (const auto& [group, count] : imported.unused) unused.emplace_back(group, Json{static_cast<std::int64_t>(count)});
  JsonArray notes;
  for (const std::string& note : checkpoint.schedule.notes) notes.push_back({with_flags(note)});
  const NoiseScheduleConfig& noise = imported.model.config.noise_schedule;
  return {JsonObject{{"event", {std::string("imported")}},
                     {"path", {output.string()}},
                     {"checkpoint", {checkpoint.where}},
                     {"family", {imported.model.config.family}},
                     {"name", {imported.model.config.name}},
                     {"license", {imported.model.config.license}},
                     {"prediction_type", {std::string(name_of(noise.prediction_type))}},
                     {"parameters", {std::move(parameters)}},
                     {"matched", {static_cast<std::int64_t>(imported.matched)}},
                     {"missing", {std::int64_t{0}}},
                     {"unused", {std::move(unused)}},
                     {"notes", {std::move(notes)}},
                     {"bytes", {static_cast<std::int64_t>(imported.bytes)}},
                     {"seconds", {std::round(seconds * 1000) / 1000}}}};
}

}  // namespace sfumato

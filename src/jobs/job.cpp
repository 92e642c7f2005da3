#include "jobs/job.h"

#include "base/json.h"
#include "base/sha256.h"
#include "jobs/options_json.h"

namespace sfumato {
namespace {

constexpr std::int64_t kKeyVersion = 1;  // raised when the same options give another picture

}  // namespace

bool is_refined(const GenerateOptions& options, const Provenance& provenance) {
  return !provenance.refiner_digest.empty() && options.refiner_switch < 1;
}

std::string key_of(const GenerateOptions& options, const Provenance& provenance) {
  JsonObject job = {
      {"key_version", {kKeyVersion}}, {"model", {provenance.model_digest}}, {"dtype", {provenance.dtype}}};
  if (is_refined(options, provenance)) job.emplace_back("refiner", Json{provenance.refiner_digest});
  for (auto& entry : key_options_json(options)) job.push_back(std::move(entry));
  return sha256(dump_json({std::move(job)}));
}

std::string place_of(const Job& job) {
  return job.origin.empty() ? "picture " + std::to_string(job.index + 1) : job.origin;
}

}  // namespace sfumato

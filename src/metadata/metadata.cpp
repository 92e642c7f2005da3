#include "metadata/metadata.h"

#include <cmath>
#include <limits>
#include <sstream>

#include "base/printable.h"
#include "jobs/a1111_names.h"
#include "jobs/options_json.h"
#include "sfumato/version.h"

namespace sfumato {
namespace {

// A1111 quotes a value that its parser would split.
std::string quoted(const std::string& value) {
  return value.find_first_of(",:\n") == std::string::npos ? value : dump_json({value});
}

// A1111's setting of that name, without its default. A1111 has no name for ComfyUI's rule.
std::string emphasis(Weighting weighting) {
  switch (weighting) {
    case Weighting::a1111:
      return "";
    case Weighting::no_norm:
      return ", Emphasis: No norm";
    case Weighting::comfy:
      return ", Emphasis: ComfyUI";
    case Weighting::ignore:
      return ", Emphasis: Ignore";
    case Weighting::none:
      return ", Emphasis: None";
  }
  return "";
}

// A1111's names for an initial image and its mask. It has none for other fits, exact steps and maps.
std::string inputs(const GenerateOptions& o) {
  if (o.init.image.path.empty()) return "";
  std::string text = ", Denoising strength: " + text_of({o.init.strength});
  if (o.init.image_cfg_scale != InitImageOptions{}.image_cfg_scale) {
    text += ", Image CFG scale: " + text_of({o.init.image_cfg_scale});
  }
  text += ", Init image hash: " + o.init.image.sha256.substr(0, 10);
  if (o.inpaint.mask.path.empty()) return text;
  if (o.inpaint.blur != 0) text += ", Mask blur: " + text_of({o.inpaint.blur});
  if (o.inpaint.invert) text += ", Mask mode: Inpaint not masked";
  if (o.inpaint.area == InpaintArea::mask) text += ", Inpaint area: Only masked";
  return text;
}

// A1111's names for what changes the noise levels and the noise, without its defaults.
std::string sampling(const GenerateOptions& o) {
  std::string text;
  if (o.rho) text += ", Schedule rho: " + text_of({*o.rho});
  if (o.discard_penultimate) text += ", Discard penultimate sigma: True";
  if (o.churn.amount != 0) text += ", Sigma churn: " + text_of({o.churn.amount});
  if (o.churn.tmin != 0) text += ", Sigma tmin: " + text_of({o.churn.tmin});
  if (!std::isinf(o.churn.tmax)) text += ", Sigma tmax: " + text_of({o.churn.tmax});
  if (o.s_noise != 1) text += ", Sigma noise: " + text_of({o.s_noise});
  return text;
}

std::string parameters(const GenerateOptions& o, const Provenance& provenance) {
  std::string text = o.prompt + "\n";
  if (!o.negative_prompt.empty()) text += "Negative prompt: " + o.negative_prompt + "\n";
  text += "Steps: " + std::to_string(o.steps);
  text += ", Sampler: " + std::string(a1111_sampler(o.sampling_method));
  if (o.sigmas.empty() && o.timesteps.empty()) text += ", Schedule type: " + std::string(a1111_schedule(o.scheduler));
  text += ", CFG scale: " + text_of({o.cfg_scale});
  text += ", Seed: " + std::to_string(o.seed);
  text += ", Size: " + std::to_string(o.width) + "x" + std::to_string(o.height);
  text += ", Model hash: " +
          (provenance.model_hash.empty() ? provenance.model_digest.substr(0, 10) : provenance.model_hash);
  text += ", Model: " + quoted(provenance.model_name);
  if (uses_eta(o.sampling_method)) text += ", Eta: " + text_of({o.eta});
  text += sampling(o);
  if (o.cfg_rescale != 0) text += ", CFG Rescale: " + text_of({o.cfg_rescale});
  if (o.clip_skip != 1) text += ", Clip skip: " + std::to_string(o.clip_skip);
  text += emphasis(o.weighting);
  text += inputs(o);
  if (is_refined(o, provenance)) {
    text += ", Refiner: " + quoted(provenance.refiner_name + " [" + provenance.refiner_digest.substr(0, 10) + "]") +
            ", Refiner switch at: " + text_of({o.refiner_switch});
  }
  return text + ", RNG: " + (o.rng == Rng::philox ? "NV" : "CPU") + ", Version: sfumato " + std::string(kVersion);
}

// Escapes control characters other than line ends: they are not allowed in a PNG's text, nor safe on a terminal.
std::string without_controls(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    result += printable(line, std::numeric_limits<std::size_t>::max()) + "\n";
  }
  result.pop_back();  // the last line, which has the values, ends without one
  return result;
}

}  // namespace

std::vector<PngText> metadata(const GenerateOptions& options, const Provenance& provenance) {
  JsonObject record = {{"version", {std::string(kVersion)}},
                       {"key", {key_of(options, provenance)}},
                       {"model", {provenance.model_name}},
                       {"model_digest", {provenance.model_digest}},
                       {"dtype", {provenance.dtype}}};
  if (!provenance.model_hash.empty()) record.emplace_back("model_hash", Json{provenance.model_hash});
  if (is_refined(options, provenance)) {
    record.emplace_back("refiner", Json{provenance.refiner_name});
    record.emplace_back("refiner_digest", Json{provenance.refiner_digest});
  }
  for (auto& entry : options_json(options)) record.push_back(std::move(entry));
  return {{.keyword = "parameters", .text = without_controls(parameters(options, provenance))},
          {.keyword = "sfumato", .text = dump_json({std::move(record)})}};
}

}  // namespace sfumato

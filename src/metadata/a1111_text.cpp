#include "metadata/a1111_text.h"

#include <algorithm>
#include <cctype>

#include "api/sampler_info.h"
#include "base/json.h"
#include "base/utf8.h"
#include "jobs/a1111_names.h"
#include "jobs/job_values.h"
#include "jobs/options_json.h"
#include "metadata/record_limits.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kNegative = "Negative prompt:";
constexpr std::size_t kFewestPairs = 3;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

bool is_key_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ' ' || c == '-' || c == '/' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// A quoted value is a JSON string; if it is not a valid one, it is taken literally.
std::string unquoted(std::string_view quoted) {
  try {
    const Json value = parse_json(quoted, "", ErrorKind::bad_data);
    if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  } catch (const Error&) {
  }
  return std::string(quoted);
}

// The position after the closing quote of the string that starts at `begin`; npos if it is not closed.
std::size_t end_of_quotes(std::string_view line, std::size_t begin) {
  for (std::size_t i = begin + 1; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// The first kMaxRecordPairs "Key: value," pairs of a line; other text is skipped up to its comma.
std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view line) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::size_t pos = 0;
  while (pos < line.size() && pairs.size() < kMaxRecordPairs) {
    std::size_t colon = pos;
    while (colon < line.size() && is_key_character(line[colon])) ++colon;
    const std::string_view key = trimmed(line.substr(pos, colon - pos));
    if (key.size() < 2 || colon == line.size() || line[colon] != ':') {
      const std::size_t comma = line.find(',', pos);
      if (comma == std::string_view::npos) break;
      pos = comma + 1;
      continue;
    }
    std::size_t begin = colon + 1;
    while (begin < line.size() && line[begin] == ' ') ++begin;
    std::size_t end =
        line[begin < line.size() ? begin : colon] == '"' ? end_of_quotes(line, begin) : std::string_view::npos;
    if (end != std::string_view::npos && (end == line.size() || line[end] == ',')) {
      pairs.emplace_back(key, unquoted(line.substr(begin, end - begin)));
    } else {
      end = std::min(line.find(',', begin), line.size());
      pairs.emplace_back(key, trimmed(line.substr(std::min(begin, line.size()), end - std::min(begin, end))));
    }
    pos = end + 1;
  }
  return pairs;
}

// stable-diffusion.cpp adds this after its values; it is not a pair.
constexpr std::string_view kJsonOfSdCpp = ", SDCPP: {";

// Undoes reading UTF-8 as Latin-1, where each byte became a character; returns other text unchanged.
std::string latin1_undone(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
    } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size()) {
      bytes += static_cast<char>((lead & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
    } else {
      return text;
    }
  }
  return invalid_utf8_at(bytes) ? text : bytes;
}

// The option that a key names; empty if there is none.
std::string_view option_named(std::string_view key) {
  const auto found = std::ranges::find(job_options(), key, &JobOption::a1111_key);
  return key.empty() || found == job_options().end() ? "" : found->name;
}

// Whether the text is a valid value of the option.
bool is_valid(std::string_view option, const std::string& text) {
  const JobOption* row = find_job_option(option);
  if (row == nullptr) return false;
  try {
    JobValues(GenerateOptions{}).set(*row, text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// The random numbers that a value of "RNG" means; nullopt: none that this program has.
std::optional<Rng> rng_named(std::string_view text) {
  if (text == "CPU" || text == "cpu") return Rng::cpu;
  if (text == "GPU" || text == "NV" || text == "cuda") return Rng::philox;
  return std::nullopt;
}

class Translator {
 public:
  Translator(ImageRecord& record, bool enlarged, bool sd_cpp)
      : record_(record), enlarged_(enlarged), is_sd_cpp_(sd_cpp) {}

  void value(std::string_view option, const std::string& text, const std::string& key) {
    if (is_valid(option, text)) {
      record_.values.push_back({.name = std::string(option), .text = text, .origin = "parameters: " + key});
    } else {
      record_.unmapped.emplace_back(key, text);
    }
  }

  // "DPM++ 2M", "DPM++ 2M Karras", and stable-diffusion.cpp's "euler_a discrete".
  void sampler(const std::string& text) {
    const std::size_t space = text.rfind(' ');
    if ((is_sd_cpp_ || !sampler_named(text)) && space != std::string::npos && scheduler_named(text.substr(space + 1))) {
      value("sampling_method", text.substr(0, space), "Sampler");
      value("scheduler", text.substr(space + 1), "Sampler");
    } else {
      value("sampling_method", text, "Sampler");
    }
  }

  void pair(const std::string& key, const std::string& text) {
    if (key == "Sampler") return sampler(text);
    if (key == "Schedule type" && text == "Automatic") {
      is_automatic_ = true;
      return;
    }
    if (key == "Model hash") {
      has_model_hash_ = true;
      record_.model_hash = text;
      return;
    }
    if (const std::optional<Rng> rng = rng_named(text); key == "RNG" && rng) {
      return value("rng", std::string(name_of(*rng)), key);
    }
    if (key == "Discard penultimate sigma") return value("discard_penultimate", text == "True" ? "true" : "false", key);
    if (key == "Mask mode") return value("mask_invert", text == "Inpaint not masked" ? "true" : "false", key);
    // For an enlarged picture (hires fix) it is the strength of the second pass.
    if (key == "Denoising strength" && !enlarged_) return value("strength", text, key);
    if (key == "Model") {
      record_.model = text;
    } else if (key == "Refiner") {
      record_.refiner = text;
    } else if (key == "Version") {
      version(text);
    } else if (text != "inf" && text != "nan") {
      const std::string_view option = option_named(key);
      if (option.empty()) {
        record_.unmapped.emplace_back(key, text);
      } else {
        value(option, text, key);
      }
    }
  }

  // What the program does without saying it.
  void add_unsaid() {
    const SamplerInfo* const sampler = sampler_of_record();
    // Before 1.3 it wrote no version.
    const bool is_a1111 = record_.program == "AUTOMATIC1111" || (record_.program.empty() && has_model_hash_);
    if (sampler != nullptr && is_automatic_) add("scheduler", std::string(name_of(sampler->a1111.automatic)));
    if (sampler != nullptr && sampler->sde_noise && record_.program != "sfumato" && !is_sd_cpp_) {
      add("sde_noise", "brownian");
    }
    if (is_sd_cpp_) add_unsaid_of_sd_cpp(sampler);
    if (!is_a1111) return;
    add("rng", "philox");  // a GPU's, which A1111 leaves out
    if (sampler == nullptr) return;
    if (sampler->a1111.discards_penultimate) add("discard_penultimate", "true");
    if (sampler->default_eta && *sampler->default_eta != sampler->a1111.eta) add("eta", text_of({sampler->a1111.eta}));
  }

  void version(const std::string& text) {
    constexpr std::string_view kOwn = "sfumato ";
    if (text.starts_with(kOwn)) {
      record_.program = "sfumato";
      record_.version = text.substr(kOwn.size());
    } else if (text == "ComfyUI" || text == "stable-diffusion.cpp") {
      record_.program = text;
    } else {
      record_.program = "AUTOMATIC1111";
      record_.version = text;
    }
  }

 private:
  [[nodiscard]] ImageRecord::Value* find(std::string_view option) const {
    const auto found = std::ranges::find(record_.values, option, &ImageRecord::Value::name);
    return found == record_.values.end() ? nullptr : &*found;
  }

  // The value of an option that the text does not have.
  void add(std::string_view option, const std::string& text) {
    if (find(option) != nullptr) return;
    record_.values.push_back({.name = std::string(option), .text = text, .origin = "parameters: Sampler"});
  }

  [[nodiscard]] const SamplerInfo* sampler_of_record() const {
    const ImageRecord::Value* const named = find("sampling_method");
    const std::optional<SamplerWords> words = named == nullptr ? std::nullopt : sampler_named(named->text);
    return words ? &info_of(words->method) : nullptr;
  }

  // Its discrete scheduler is k-diffusion's, its beta ComfyUI's; a sampler with _bt draws from a Brownian tree.
  void add_unsaid_of_sd_cpp(const SamplerInfo* sampler) {
    if (ImageRecord::Value* const scheduler = find("scheduler")) {
      if (scheduler->text == "discrete") scheduler->text = "normal";
      if (scheduler->text == "beta") scheduler->text = "beta_timesteps";
    }
    if (sampler != nullptr && sampler->sde_noise) {
      add("sde_noise", find("sampling_method")->text.ends_with("_bt") ? "brownian" : "independent");
    }
  }

  ImageRecord& record_;
  bool enlarged_;
  bool is_sd_cpp_;
  bool has_model_hash_ = false;
  bool is_automatic_ = false;  // A1111 chose the scheduler
};

}  // namespace

A1111Text split_a1111_text(std::string_view text) {
  A1111Text result;
  text = trimmed(text);
  const std::size_t last_line = text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1;
  result.pairs = pairs_of(text.substr(last_line));
  if (result.pairs.size() < kFewestPairs) {
    result.pairs.clear();
  } else {
    text = trimmed(text.substr(0, last_line));
  }
  // The prompt ends before the line that begins the negative prompt, which goes on to the end.
  const std::size_t begin = text.starts_with(kNegative) ? 0 : text.find("\n" + std::string(kNegative));
  if (begin == std::string_view::npos) {
    result.prompt = text;
  } else {
    result.prompt = trimmed(text.substr(0, begin));
    result.negative_prompt = trimmed(text.substr(text.find(kNegative, begin) + kNegative.size()));
  }
  return result;
}

std::optional<ImageRecord> record_of_a1111_text(const std::string& original) {
  const bool sd_cpp = original.find("Version: stable-diffusion.cpp") != std::string::npos;
  std::string text = sd_cpp ? latin1_undone(original) : original;
  if (const std::size_t json = text.rfind(kJsonOfSdCpp); sd_cpp && json != std::string::npos) text.resize(json);
  const A1111Text parts = split_a1111_text(text);
  if (parts.pairs.empty()) return std::nullopt;
  ImageRecord record;
  const auto is_hires = [](const auto& pair) { return pair.first.starts_with("Hires"); };
  Translator translator(record, std::ranges::any_of(parts.pairs, is_hires), sd_cpp);
  translator.value("prompt", parts.prompt, "prompt");
  translator.value("negative_prompt", parts.negative_prompt, "Negative prompt");
  for (const auto& [key, value] : parts.pairs) translator.pair(key, value);
  translator.add_unsaid();
  if (parts.pairs.size() == kMaxRecordPairs) {
    record.warnings.emplace_back("parameters",
                                 "only its first " + std::to_string(kMaxRecordPairs) + " values are read");
  }
  return record;
}

}  // namespace sfumato

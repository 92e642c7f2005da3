#include "run/output_name.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kOneShotName = "{prompt:40}-{seed}.png";
constexpr std::string_view kFolderName = "{index:05}-{seed}.png";
constexpr std::size_t kMaxField = 80;       // bytes of text a field puts into a name
constexpr int kMaxPadding = 20;             // digits
constexpr std::size_t kMaxNameBytes = 255;  // NAME_MAX of Linux

[[noreturn]] void refuse(const std::string& output, const std::string& what) {
  throw Error(ExitCode::usage, "--output: " + printable(output) + ": " + what);
}

// Letters and digits of ASCII, '.', '_'; everything else becomes one '-'; none at the ends, no dot in front.
std::string plain(std::string_view text, std::size_t limit) {
  std::string result;
  for (const char c : text) {
    const bool kept = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    if (kept && result.size() < limit) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!kept && !result.empty() && result.back() != '-' && result.size() < limit) {
      result += '-';
    }
  }
  const std::size_t begin = result.find_first_not_of(".-");
  const std::size_t end = result.find_last_not_of(".-");
  return begin == std::string::npos ? "picture" : result.substr(begin, end - begin + 1);
}

std::string number(double value) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << value;
  return text.str();
}

std::string padded(std::size_t value, int width) {
  std::string digits = std::to_string(value);
  const auto wanted = static_cast<std::size_t>(width);
  return digits.size() < wanted ? std::string(wanted - digits.size(), '0') + digits : digits;
}

// The value of `name` in {name} or {name:argument}; nothing if there is no such field.
std::optional<std::string> field(std::string_view name, std::optional<int> argument, const GenerateOptions& o,
                                 std::size_t index) {
  if (name == "index") return padded(index, argument.value_or(0));
  if (name == "prompt") return plain(o.prompt, static_cast<std::size_t>(argument.value_or(kMaxField)));
  if (argument) return std::nullopt;
  if (name == "seed") return std::to_string(o.seed);
  if (name == "steps") return std::to_string(o.steps);
  if (name == "cfg_scale") return number(o.cfg_scale);
  if (name == "sampling_method") return plain(name_of(o.sampling_method), kMaxField);
  return std::nullopt;
}

std::string expand(const std::string& text, const GenerateOptions& o, std::size_t index) {
  std::string result;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    result += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) refuse(text, "'{' without '}'.");
    const std::string_view inside = rest.substr(open + 1, close - open - 1);
    const std::size_t colon = inside.find(':');
    std::optional<int> argument;
    if (colon != std::string_view::npos) {
      const std::string_view digits = inside.substr(colon + 1);
      int value = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      const int highest = inside.starts_with("index") ? kMaxPadding : static_cast<int>(kMaxField);
      if (error != std::errc() || end != digits.data() + digits.size() || value < 1 || value > highest) {
        refuse(text,
               "{" + printable(inside) + "}: a number from 1 to " + std::to_string(highest) + " is wanted after ':'.");
      }
      argument = value;
    }
    const std::optional<std::string> value = field(inside.substr(0, colon), argument, o, index);
    if (!value) {
      refuse(text, "{" + printable(inside) +
                       "} is not known; {index} {index:05} {seed} {prompt} {prompt:40} {steps} {cfg_scale} "
                       "{sampling_method} are.");
    }
    result += *value;
    rest.remove_prefix(close + 1);
  }
  return result;
}

// The template that `output` stands for.
std::string template_of(const std::string& output, bool several) {
  std::error_code error;
  if (output.empty()) return std::string(kOneShotName);
  if (output.ends_with('/')) return output + std::string(kFolderName);
  if (output.find('{') == std::string::npos && std::filesystem::is_directory(output, error))
    return output + "/" + std::string(kFolderName);
  if (!output.ends_with(".png"))
    refuse(output, "pictures are PNG files: end the name in .png, or in / to name a folder.");
  if (std::filesystem::path(output).filename().string().starts_with('-'))
    refuse(output, "a name that begins with '-' looks like a flag.");
  if (!several || output.find('{') != std::string::npos) return output;
  return output.substr(0, output.size() - 4) + "-{seed}.png";
}

std::filesystem::path next_free(const std::filesystem::path& path) {
  std::filesystem::path candidate = path;
  std::error_code error;
  for (int n = 2; std::filesystem::exists(std::filesystem::symlink_status(candidate, error)); ++n) {
    candidate = path.parent_path() / (path.stem().string() + "-" + std::to_string(n) + ".png");
  }
  return candidate;
}

}  // namespace

std::vector<std::filesystem::path> output_names(const std::string& output, std::span<const GenerateOptions> pictures) {
  if (output == "-") {
    if (pictures.size() > 1)
      refuse(output, "standard output takes one picture, not " + std::to_string(pictures.size()) + ".");
    return {"-"};
  }
  const std::string text = template_of(output, pictures.size() > 1);
  std::vector<std::filesystem::path> names;
  std::map<std::filesystem::path, std::size_t> taken;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    std::filesystem::path name = expand(text, pictures[i], i + 1);
    if (output.empty()) name = next_free(name);
    if (name.filename().string().size() > kMaxNameBytes) refuse(output, "the name is longer than 255 bytes.");
    const auto [other, is_new] = taken.emplace(name, i + 1);
    if (!is_new) {
      refuse(output, "pictures " + std::to_string(other->second) + " and " + std::to_string(i + 1) + " would both be " +
                         printable(name.string()) + ". Put {index} or {seed} into the name.");
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace sfumato

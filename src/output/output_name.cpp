#include "output/output_name.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "base/printable.h"
#include "jobs/job_options.h"
#include "jobs/options_json.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kOneShotName = "{prompt:40}-{seed}.png";
constexpr std::string_view kNameFromPicture = "{init:40}-{prompt:40}-{seed}.png";
constexpr std::string_view kModelFirst = "{model:40}-";
constexpr std::string_view kFolderName = "{index:05}-{seed}.png";
constexpr std::size_t kMaxField = 80;       // bytes of text that a field adds to a name
constexpr int kMaxPadding = 20;             // digits
constexpr std::size_t kMaxNameBytes = 255;  // NAME_MAX of Linux

[[noreturn]] void refuse(std::string_view output, const std::string& what) {
  throw Error(ErrorKind::usage, "`output`: " + printable(output) + ": " + what);
}

// Keeps ASCII letters, in lower case, digits, '.' and '_'; each run of other characters becomes one '-'. No '-' or '.'
// at the ends.
std::string plain(std::string_view text, std::size_t limit) {
  std::string result;
  for (const char c : text) {
    const bool allowed = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    if (allowed && result.size() < limit) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!allowed && !result.empty() && result.back() != '-' && result.size() < limit) {
      result += '-';
    }
  }
  const std::size_t begin = result.find_first_not_of(".-");
  const std::size_t end = result.find_last_not_of(".-");
  return begin == std::string::npos ? "picture" : result.substr(begin, end - begin + 1);
}

std::string padded(std::uint64_t value, int width) {
  std::string digits = std::to_string(value);
  const auto length = static_cast<std::size_t>(width);
  return digits.size() < length ? std::string(length - digits.size(), '0') + digits : digits;
}

// {name} or {name:argument}
struct Field {
  std::string_view name;
  std::optional<int> argument;
};

Field parse_field(std::string_view inside, std::string_view output) {
  const std::size_t colon = inside.find(':');
  Field field{.name = inside.substr(0, colon), .argument = std::nullopt};
  if (colon == std::string_view::npos) return field;
  const std::string_view digits = inside.substr(colon + 1);
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool pads = field.name == "index" || field.name == "line";
  const int highest = pads ? kMaxPadding : static_cast<int>(kMaxField);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 1 || value > highest) {
    refuse(output,
           "{" + printable(inside) + "}: a number from 1 to " + std::to_string(highest) + " is expected after ':'.");
  }
  field.argument = value;
  return field;
}

// A number keeps its sign and point; text is reduced by plain().
std::string value_of(const Job& job, std::string_view key, const Field& field, std::string_view output) {
  if (field.name == "index") return padded(job.index + 1, field.argument.value_or(0));
  if (field.name == "line") return padded(job.line, field.argument.value_or(0));
  const auto limit = static_cast<std::size_t>(field.argument.value_or(kMaxField));
  if (field.name == "key") return std::string(key.substr(0, limit));
  if (field.name == "model") return plain(job.model_name, limit);
  if (field.name == "vae") {
    return job.model.vae.empty() ? "none" : plain(std::filesystem::path(job.model.vae).stem().string(), limit);
  }
  if (field.name == "init") return plain(std::filesystem::path(job.options.init.image.path).stem().string(), limit);
  const JobOption* option = find_job_option(field.name);
  if (option == nullptr) {
    refuse(output,
           "{" + printable(field.name) +
               "} is not known; {index} {index:05} {line} {key:8} {init} {model} {vae} and every option of a picture "
               "are: {seed} "
               "{prompt} {prompt:40} {steps} {cfg_scale} {sampler}...");
  }
  const Json value = option->get(job.options);
  if (std::holds_alternative<std::nullptr_t>(value.value)) {
    if (option->stored) return "none";  // for this job, as the strength of one that starts from noise
    refuse(output, "{" + printable(field.name) + "}: this option has no value of its own.");
  }
  const std::string text = text_of(value);
  const bool negative = !std::holds_alternative<std::string>(value.value) && text.starts_with('-');
  return (negative ? "-" : "") + plain(text, limit);
}

// Replaces each field of a template by value_of_field() of it.
std::string expand(std::string_view text, const std::function<std::string(const Field&)>& value_of_field) {
  std::string result;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t open = rest.find('{');
    result += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) refuse(text, "'{' without '}'.");
    result += value_of_field(parse_field(rest.substr(open + 1, close - open - 1), text));
    rest.remove_prefix(close + 1);
  }
  return result;
}

// The template that `output` stands for.
std::string template_of(const std::string& output, bool several, bool from_pictures, bool of_models) {
  std::error_code error;
  if (output.empty()) {
    return std::string(of_models ? kModelFirst : "") + std::string(from_pictures ? kNameFromPicture : kOneShotName);
  }
  if (output.ends_with('/')) return output + std::string(kFolderName);
  if (output.find('{') == std::string::npos && std::filesystem::is_directory(output, error)) {
    return output + "/" + std::string(kFolderName);
  }
  if (!output.ends_with(".png")) {
    refuse(output, "pictures are PNG files: end the name in .png, or in / to name a folder.");
  }
  if (!several || output.find('{') != std::string::npos) return output;
  return output.substr(0, output.size() - 4) + "-{seed}.png";
}

// Refuses a name that leads out of the folder, or that file systems do not take.
void check_inside(std::string_view output, const std::string& name) {
  const std::filesystem::path path = name;
  if (path.is_absolute()) refuse(output, "is outside the folder of the run.");
  if (name.find('\0') != std::string::npos) refuse(output, "a NUL in the name.");
  for (const std::filesystem::path& part : path) {
    const std::string text = part.string();
    if (text == "..") refuse(output, "\"..\" leads out of the folder of the run.");
    if (text == ".sfumato") refuse(output, ".sfumato is the run's own.");
    if (text.size() > kMaxNameBytes) refuse(output, "the name is longer than 255 bytes.");
  }
  const std::string file = path.filename().string();
  if (file.starts_with('-')) refuse(output, "a name that begins with '-' looks like a flag.");
}

}  // namespace

OutputNames::OutputNames(const std::string& output, bool several, bool from_pictures, bool of_models)
    : output_(output), stdout_(output == "-"), given_(!output.empty()) {
  if (stdout_) {
    if (several) refuse(output, "standard output takes one picture, not several.");
    one_file_ = true;
    return;
  }
  const std::string text = template_of(output, several, from_pictures, of_models);
  // The folder ends where the first field begins.
  const std::size_t slash = text.substr(0, text.find('{')).rfind('/');
  folder_ = slash == std::string::npos ? "." : slash == 0 ? "/" : text.substr(0, slash);
  template_ = slash == std::string::npos ? text : text.substr(text.find_first_not_of('/', slash));
  one_file_ = !several && (!given_ || template_.find('{') == std::string::npos);
  static_cast<void>(name_of(Job{}, std::string(64, '0')));  // throws for an invalid template
}

bool OutputNames::is_unique() const {
  bool unique = false;
  static_cast<void>(expand(template_, [&unique](const Field& field) {
    unique = unique || field.name == "index";
    return std::string();
  }));
  return unique;
}

std::string OutputNames::name_of(const Job& job, std::string_view key) const {
  std::string text = template_;
  if (!job.output_template.empty()) {
    text = job.output_template;
    if (text.ends_with('/')) text += kFolderName;
    if (!text.ends_with(".png"))
      refuse(text, "pictures are PNG files: end the name in .png, or in / to name a folder.");
  }
  std::string name = expand(text, [&](const Field& field) { return value_of(job, key, field, text); });
  check_inside(job.output_template.empty() ? output_ : text, name);
  return std::filesystem::path(name).lexically_normal().string();
}

std::filesystem::path OutputNames::path_of(std::string_view name) const {
  if (stdout_) return "-";
  return folder_ == "." ? std::filesystem::path(name) : folder_ / name;
}

}  // namespace sfumato

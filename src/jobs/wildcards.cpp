#include "jobs/wildcards.h"

#include "base/printable.h"
#include "jobs/line_reader.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxOpen = 32;
constexpr std::uint64_t kMaxLines = 1'000'000;

LineReader opened(const std::filesystem::path& path, const std::string& wildcard) {
  try {
    return LineReader(path.string(), LineReader::Source::file);
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, wildcard + ": " + error.what());
  }
}

}  // namespace

Wildcards::Wildcards(std::filesystem::path folder, bool combinatorial)
    : folder_(std::move(folder)),
      combinatorial_(combinatorial),
      rules_{.combinatorial = combinatorial,
             .wildcard = [this](const std::string& name, const std::string& where) { return group(name, where); }} {}

PromptText Wildcards::parse(const std::string& prompt, const std::string& where) {
  return parse_prompt(prompt, where, rules_);
}

std::filesystem::path Wildcards::path_of(const std::string& name, const std::string& where) const {
  const std::string wildcard = where + ": __" + printable(name) + "__";
  const auto refuse_outside = [&] {
    throw Error(ErrorKind::usage,
                wildcard + ": is outside the folder of wildcards, " + printable(folder_.string(), 300) + ".");
  };
  if (name.find("..") != std::string::npos) refuse_outside();
  std::error_code error;
  const std::filesystem::path path = folder_ / (name + ".txt");
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  if (error) {
    throw Error(ErrorKind::usage,
                wildcard + ": " + printable(path.string(), 300) + ": " + error.message() +
                    ". Write the file, name its folder with `wildcards`, or write \\__ for underscores.");
  }
  const std::filesystem::path inside = target.lexically_relative(std::filesystem::canonical(folder_, error));
  if (error || inside.empty() || *inside.begin() == "..") refuse_outside();
  return target;
}

std::shared_ptr<const PromptGroup> Wildcards::group(const std::string& name, const std::string& where) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  const std::string wildcard = where + ": __" + printable(name) + "__";
  if (open_.contains(name)) throw Error(ErrorKind::usage, wildcard + ": includes itself.");
  if (open_.size() >= kMaxOpen) {
    throw Error(ErrorKind::usage,
                wildcard + ": wildcards include one another more than " + std::to_string(kMaxOpen) + " deep.");
  }
  // A faulty file is closed too, so that the next prompt that uses it gets the same message.
  struct Closed {
    std::set<std::string>& open;
    const std::string& name;
    ~Closed() { open.erase(name); }
  };
  open_.insert(name);
  const Closed closed{.open = open_, .name = name};
  return known_[name] = read(name, where, wildcard);
}

// wildcard: "WHERE: __name__", for messages.
std::shared_ptr<const PromptGroup> Wildcards::read(const std::string& name, const std::string& where,
                                                   const std::string& wildcard) {
  LineReader lines = opened(path_of(name, where), wildcard);
  auto group = std::make_shared<PromptGroup>();
  while (const std::optional<Line> line = lines.next()) {
    const std::string place = wildcard + ", line " + std::to_string(line->number);
    if (!line->fault.empty()) throw Error(ErrorKind::usage, place + ": " + line->fault);
    const std::string text = stripped(line->text);
    if (text.empty() || text.starts_with('#')) continue;
    if (group->alternatives.size() >= kMaxLines) {
      throw Error(ErrorKind::usage, wildcard + ": more than " + std::to_string(kMaxLines) + " lines.");
    }
    group->add(parse(text, place), combinatorial_, place);
  }
  if (group->alternatives.empty()) throw Error(ErrorKind::usage, wildcard + ": the file has no lines to choose from.");
  return group;
}

}  // namespace sfumato

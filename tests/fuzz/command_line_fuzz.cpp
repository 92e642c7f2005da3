// Any lines as the arguments of the program, with a stub for the model. It ends in one of its ways: an exit code, or an
// Error with one harmless line; whatever it prints for people is harmless, and its JSON is JSON.
//
// Every run begins in the same folder, with a bundle, a prompt file, wildcards and a picture. Arguments cannot lead out
// of it, and numbers have two digits at most, so that no list of pictures is long.
#include <cctype>
#include <iostream>
#include <sstream>
#include <vector>

#include "base/json.h"
#include "bundle/tiny_model.h"
#include "cli/commands.h"
#include "fuzz.h"
#include "image/png.h"
#include "metadata/metadata.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxArguments = 24;
constexpr std::size_t kMaxDigits = 2;

bool stays_inside(std::string_view argument) {
  if (argument.find("..") != std::string_view::npos && argument.find('/') != std::string_view::npos) return false;
  if (argument.find('\0') != std::string_view::npos) return false;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const auto is_word = [&](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '}'; };
    if (argument[i] == '/' && (i == 0 || !is_word(argument[i - 1]))) return false;
    digits = std::isdigit(static_cast<unsigned char>(argument[i])) != 0 ? digits + 1 : 0;
    if (digits > kMaxDigits) return false;
  }
  return argument != "..";
}

std::vector<std::string> arguments_in(std::string_view input) {
  std::vector<std::string> arguments;
  while (!input.empty() && arguments.size() < kMaxArguments) {
    const std::string_view argument = next_piece(input, "\n");
    if (stays_inside(argument)) arguments.emplace_back(argument);
  }
  return arguments;
}

void fill_folder() {
  static const int is_set = setenv("SFUMATO_MODELS", scratch().c_str(), /*overwrite=*/1);
  check(is_set == 0, "the environment");
  for (const fs::directory_entry& entry : fs::directory_iterator(scratch())) fs::remove_all(entry.path());
  fs::create_directories("wildcards");
  fs::create_directory("default");
  for (const auto& [name, content] : kTinyFiles) write_file(fs::path("default") / name, content);
  write_file("default/model.json", tiny_description(kTinyFiles));
  write_file("wildcards/colour.txt", "red\nblue\n");
  write_file("p.txt", "a fox --seed 1..2\n{\"prompt\": \"a cat\", \"seed\": 3}\n--bad\n");
  static const std::vector<std::uint8_t> png = [] {
    const Image image{.width = 8, .height = 8, .rgb = std::vector<std::uint8_t>(192, 200)};
    return encode_png(image, metadata({.prompt = "a \x1b fox", .width = 8, .height = 8}, {.model_name = "tiny"}));
  }();
  write_file("a.png", {reinterpret_cast<const char*>(png.data()), png.size()});
}

// The program's main() without signals.
void run(const std::vector<std::string>& words) {
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  const Command* command = arguments.empty() ? nullptr : find_command(arguments.front());
  const auto code = result_of(
      {ErrorKind::usage, ErrorKind::bad_data, ErrorKind::input_missing, ErrorKind::cannot_create, ErrorKind::io_error,
       ErrorKind::stopped_early, ErrorKind::failed_fast, ErrorKind::bad_bundle},
      [&] { return command == nullptr ? generate_command(arguments) : command->run(std::span(arguments).subspan(1)); });
  check(!code || static_cast<int>(*code) < 126, "an exit code");
}

}  // namespace
}  // namespace sfumato

void sfumato::fuzz(std::string_view input) {
  fill_folder();
  const std::vector<std::string> arguments = arguments_in(input);
  std::ostringstream out, err;
  std::streambuf* const cout = std::cout.rdbuf(out.rdbuf());
  std::streambuf* const cerr = std::cerr.rdbuf(err.rdbuf());
  run(arguments);
  std::cout.rdbuf(cout);
  std::cerr.rdbuf(cerr);
  check(is_harmless(err.str()), err.str());
  const bool is_json = std::ranges::find(arguments, "--json") != arguments.end();
  if (!is_json) return;
  const std::string printed = out.str();
  std::string_view text = printed;
  while (!text.empty() && text.front() == '{') (void)parse_json(next_piece(text, "\n"), "x", ErrorKind::internal);
}

// draw MODEL PROMPT SEED STEPS OUTPUT.ppm: one picture from a prompt, through the C++ interface of sfumato.
// The interface ends at the pixels; a binary PPM file needs no library to write.
#include <sfumato/generator.h>
#include <sfumato/version.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

template <typename Number>
Number number(const char* text) {
  Number value{};
  const char* end = text + std::strlen(text);
  const auto [last, error] = std::from_chars(text, end, value);
  if (error != std::errc{} || last != end) throw std::invalid_argument(std::string(text) + ": is not a number.");
  return value;
}

void write_ppm(const sfumato::Image& image, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  file << "P6\n" << image.width << ' ' << image.height << "\n255\n";
  file.write(reinterpret_cast<const char*>(image.rgb.data()), static_cast<std::streamsize>(image.rgb.size()));
  if (!file.flush()) throw std::runtime_error(path + ": cannot be written.");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "draw (sfumato " << sfumato::kVersion << "): usage: draw MODEL PROMPT SEED STEPS OUTPUT.ppm\n";
    return 64;
  }
  try {
    const auto model = sfumato::open_model(argv[1]);
    const sfumato::Generator generator(model, {.device = "cpu"});
    sfumato::GenerateOptions options = sfumato::default_options(*model);
    options.prompt = argv[2];
    options.seed = number<std::uint64_t>(argv[3]);
    options.steps = number<int>(argv[4]);
    write_ppm(generator.generate(options), argv[5]);
  } catch (const std::exception& error) {  // sfumato::Error is one of these; its kind() tells what is wrong.
    std::cerr << "draw: " << error.what() << '\n';
    return 1;
  }
}

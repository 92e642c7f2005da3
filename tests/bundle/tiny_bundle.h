// A bundle of a few bytes: a valid model.json around files that hold whatever a test wants.
#pragma once

#include <stdexcept>
#include <string>

#include "bundle/tiny_model.h"
#include "test_folder.h"

namespace sfumato {

// Writes the files and model.json into the test's own folder.
inline std::filesystem::path tiny_bundle(const Files& files, const std::string& description) {
  const std::filesystem::path folder = test_folder();
  for (const auto& [name, content] : files) write_file(folder / name, content);
  write_file(folder / "model.json", description);
  return folder;
}

inline std::filesystem::path tiny_bundle(const Files& files = kTinyFiles) {
  return tiny_bundle(files, tiny_description(files));
}

// `text` with `from` replaced wherever it is. A test whose `from` is not there tests nothing, so that throws.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("not in the text: " + from);
  for (; at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

}  // namespace sfumato

// Which job each picture of a results folder is of, as its journals say.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace sfumato {

class RecordedKeys {
 public:
  // The key of the job that the picture was made for, from the journals of the nearest folder above it that has some;
  // nullopt if they do not know the name.
  [[nodiscard]] std::optional<std::string> key_of(const std::filesystem::path& picture);

 private:
  using Keys = std::unordered_map<std::string, std::string>;  // by file, relative to the folder

  [[nodiscard]] const Keys& keys_in(const std::filesystem::path& folder);

  std::map<std::filesystem::path, Keys> folders_;
};

}  // namespace sfumato

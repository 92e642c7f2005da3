// index.jsonl: what is in a folder of pictures, one line of JSON each, for scripts and tables.
//
//   {"file":"00001-42.png","key":"93ba...","line":17,"prompt":"a cat","seed":42,...}
//
// It is derived: the pictures and the journal are the truth, and each run writes it anew at its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace sfumato {

struct IndexEntry {
  std::filesystem::path file;  // relative to the folder, with '/'
  std::string key;             // of the job
  std::uint64_t line = 0;      // of the prompt file; 0: asked for on the command line, and left out
  JsonObject values;           // the rest: options_json(), and what else is known
};

// Writes the index line by line, so that memory does not grow with it, into a temporary file that takes its name in one
// step: index.jsonl is always whole.
class IndexFile {
 public:
  // Throws Error(cannot_create) if the folder cannot be written to, or has an index.jsonl that no such run wrote: that
  // is somebody else's and stays.
  explicit IndexFile(const std::filesystem::path& folder);
  ~IndexFile();  // without finish() nothing has happened
  IndexFile(const IndexFile&) = delete;
  IndexFile& operator=(const IndexFile&) = delete;

  void add(const IndexEntry& entry);
  // Throws Error(io_error) if anything could not be written.
  void finish();

 private:
  void flush();

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  std::string pending_;  // lines that are not in the file yet
  int descriptor_ = -1;
};

}  // namespace sfumato

// index.jsonl: the pictures of a folder, one line of JSON each, for scripts and tables.
//
//   {"file":"00001-42.png","key":"93ba...","line":17,"prompt":"a cat","seed":42,...}
//
// It is derived from the pictures and the journals, and every run writes it anew at its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/folder.h"
#include "base/json.h"
#include "base/temporary_file.h"

namespace sfumato {

struct IndexEntry {
  std::filesystem::path file;  // relative to the folder, with '/'
  std::string key;             // of the job
  std::uint64_t line = 0;      // of the prompt file, from 1; 0: from the command line, and left out
  JsonObject values;           // the rest: options_json() and more
};

// Writes line by line, in constant memory, into a temporary file that is renamed at the end: index.jsonl is always
// complete.
class IndexFile {
 public:
  // Throws Error(cannot_create) if the folder cannot be written to, or has an index.jsonl of another program, which
  // stays.
  explicit IndexFile(const Folder& folder);

  // Throw Error(io_error) if writing fails. Without finish() the earlier index stays.
  void add(const IndexEntry& entry);
  void finish();

 private:
  void flush();

  std::filesystem::path target_;
  TemporaryFile file_;
  std::string pending_;  // lines that are not in the file yet
};

}  // namespace sfumato

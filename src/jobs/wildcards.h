// Wildcards: __name__ in a prompt stands for the lines of a file.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "jobs/prompt_grammar.h"

namespace sfumato {

// __colour__ is colour.txt in the folder, __animals/cats__ is animals/cats.txt. Each line is an alternative and may
// contain braces and wildcards; blank lines and lines that begin with # are skipped. Each file is read once.
class Wildcards {
 public:
  // combinatorial: a wildcard stands for all its lines instead of one line that the seed chooses.
  Wildcards(std::filesystem::path folder, bool combinatorial);

  [[nodiscard]] bool combinatorial() const { return combinatorial_; }

  // Parses a prompt. Throws Error(usage) that begins with `where`, also for a wildcard whose file is missing, empty,
  // outside the folder or includes itself; Error(bad_data) or Error(input_missing) as LineReader for a file that it
  // cannot read.
  [[nodiscard]] PromptText parse(const std::string& prompt, const std::string& where);

 private:
  std::shared_ptr<const PromptGroup> group(const std::string& name, const std::string& where);
  [[nodiscard]] std::shared_ptr<const PromptGroup> read(const std::string& name, const std::string& where,
                                                        const std::string& wildcard);
  [[nodiscard]] std::filesystem::path path_of(const std::string& name, const std::string& where) const;

  std::filesystem::path folder_;
  bool combinatorial_;
  PromptRules rules_;
  std::map<std::string, std::shared_ptr<const PromptGroup>> known_;
  std::set<std::string> open_;  // files that are being read, each included by another
};

}  // namespace sfumato

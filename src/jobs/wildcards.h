// The files that __name__ in a prompt means.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "jobs/prompt_grammar.h"

namespace sfumato {

// __colour__ is colour.txt in the folder, __animals/cats__ animals/cats.txt: a line is an alternative, with braces and
// wildcards of its own; blank lines and those that begin with # are none. Each file is read once.
class Wildcards {
 public:
  // combinatorial: a wildcard stands for all its lines, not for a choice among them.
  Wildcards(std::filesystem::path folder, bool combinatorial);

  [[nodiscard]] bool combinatorial() const { return combinatorial_; }

  // Parses a prompt. Throws Error(usage) that begins with `where`, also for a wildcard without file, without lines,
  // outside the folder, or that comes back to itself.
  [[nodiscard]] PromptText parse(const std::string& prompt, const std::string& where);

 private:
  std::shared_ptr<const PromptGroup> group(const std::string& name, const std::string& where);
  [[nodiscard]] std::filesystem::path path_of(const std::string& name, const std::string& where) const;

  std::filesystem::path folder_;
  bool combinatorial_;
  PromptRules rules_;
  std::map<std::string, std::shared_ptr<const PromptGroup>> known_;
  std::set<std::string> opened_;  // those that are being read: one in another
};

}  // namespace sfumato

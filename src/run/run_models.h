// The models of a run, by what its jobs call them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs/job.h"
#include "sfumato/generator.h"

namespace sfumato {

class RunModels {
 public:
  virtual ~RunModels() = default;

  // model: Job::model. What decides its pictures besides their options; the reference stays
  // valid. Throws Error if there is no such model, or if it is damaged.
  [[nodiscard]] virtual const Provenance& provenance(const ModelRef& model) = 0;
  // Loads its networks. Throws as Generator does.
  [[nodiscard]] virtual Generator load(const ModelRef& model) = 0;
  // Bytes of its weights as they are stored.
  [[nodiscard]] virtual std::uint64_t bytes(const ModelRef& model) = 0;
  // Digests of all that the command line names and that can be opened, the run's own first.
  [[nodiscard]] virtual std::vector<std::string> digests() = 0;
  // Whether no job can name another than the run's own.
  [[nodiscard]] virtual bool is_one() const = 0;
  // Whether the command line lists several. If not, a failure of the run's own ends the run.
  [[nodiscard]] virtual bool has_list() const = 0;
};

}  // namespace sfumato

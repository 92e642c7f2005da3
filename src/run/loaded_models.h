// The models of a run whose networks are in memory.
#pragma once

#include <list>
#include <string>

#include "run/run_models.h"

namespace sfumato {

class LoadedModels {
 public:
  // models must outlive it.
  explicit LoadedModels(RunModels& models) : models_(models) {}

  struct Loaded {
    Generator& generator;  // until the next get() or drop()
    bool is_new;           // it was not in memory
  };
  // Loads the model unless it is here. First others go: all if `is_alone`, otherwise the longest unused, as long as
  // memory does not suffice. Throws as RunModels::load().
  [[nodiscard]] Loaded get(const ModelRef& model, bool is_alone);
  // digest: Provenance::model_digest.
  void drop(const std::string& digest);

 private:
  struct Entry {
    std::string digest;
    Generator generator;
  };

  RunModels& models_;
  std::list<Entry> entries_;  // the last one used first
};

}  // namespace sfumato

// What a prompt becomes for the U-Net.
#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace sfumato {

struct Conditioning {
  at::Tensor context;  // [1, L, D] float32: token embeddings for cross-attention; L is a multiple of the tokenizer's
                       // max_tokens, D the conditioning width
  at::Tensor pooled;   // [1, P] float32: of the whole prompt; undefined unless the model has a pooled width
};

// Conditioning from a fraction of the steps on: 0 is the first step, 0.5 half of them.
struct ConditioningSpan {
  double from = 0;
  Conditioning conditioning;
};

// Conditioning along the steps of a picture; one Conditioning converts to the schedule that never changes.
class ConditioningSchedule {
 public:
  ConditioningSchedule() : ConditioningSchedule(Conditioning{}) {}
  ConditioningSchedule(Conditioning conditioning)  // NOLINT(google-explicit-constructor)
      : spans_{{.from = 0, .conditioning = std::move(conditioning)}} {}
  // spans: ascending, the first from 0. Their pooled tensors have one shape, as have their contexts in all but L.
  explicit ConditioningSchedule(std::vector<ConditioningSpan> spans) : spans_(std::move(spans)) {}

  // progress: the fraction of the steps that is done, 0 or more.
  [[nodiscard]] const Conditioning& at(double progress) const {
    const auto next = std::ranges::upper_bound(spans_, progress, {}, &ConditioningSpan::from);
    return std::prev(next)->conditioning;
  }

 private:
  std::vector<ConditioningSpan> spans_;
};

}  // namespace sfumato

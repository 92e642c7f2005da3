// Runs samplers of many pictures together: gathers what they wait for, evaluates it as one batch, and lets them go on.
#pragma once

#include <cstddef>
#include <functional>
#include <list>

#include "diffusion/denoiser.h"
#include "diffusion/inpaint_blend.h"
#include "diffusion/sampler_coroutine.h"
#include "diffusion/sigmas.h"

namespace sfumato {

// One picture on its way through the denoise loop.
struct Task {
  SamplerCoroutine sampling;
  SigmaTable table;
  Guidance guidance;
  InpaintBlend blend{};
  std::function<bool()> on_evaluation;  // after each estimate: whether the picture goes on, else it is dropped; what it
                                        // throws ends the run
  std::function<void(at::Tensor)>
      on_finished;  // latents [1, C, h, w] float32: unit variance, as the VAE's encoder gives them, scaled
};

class Engine {
 public:
  // batch_size: how many pictures share one run of the network, at least 1. With 1 no picture ever depends on its
  // neighbours. on_smaller_batch: told when memory did not hold a batch, with how many pictures share one from then on.
  Engine(
      const Denoiser& denoiser, const NoiseSchedule& schedule, std::size_t batch_size,
      std::function<void(std::size_t)> on_smaller_batch = [](std::size_t) {})
      : denoiser_(denoiser),
        schedule_(schedule),
        batch_size_(batch_size),
        on_smaller_batch_(std::move(on_smaller_batch)) {}

  void add(Task task);
  [[nodiscard]] bool idle() const { return tasks_.empty(); }
  // How many tasks it takes to fill a batch; more only wait.
  [[nodiscard]] bool full() const { return tasks_.size() >= batch_size_; }
  // Answers the pending requests of the oldest tasks, at most batch_size that may share one, with one run of the
  // network. If memory does not hold so many, half as many share a run from the next round on; a single one that it
  // does not hold throws Error(stopped_early).
  void round();

 private:
  const Denoiser& denoiser_;
  const NoiseSchedule& schedule_;
  std::size_t batch_size_;
  std::function<void(std::size_t)> on_smaller_batch_;
  std::list<Task> tasks_;  // oldest first; none has ended
};

}  // namespace sfumato

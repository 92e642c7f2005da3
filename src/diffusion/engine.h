// Runs the samplers of many pictures together: gathers their requests, evaluates them as one batch, hands out the
// answers.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>

#include "diffusion/denoiser.h"
#include "diffusion/inpaint_blend.h"
#include "diffusion/sampler_coroutine.h"
#include "diffusion/sigmas.h"
#include "sfumato/error.h"

namespace sfumato {

// One stage of a job in the denoise loop.
struct Task {
  SamplerCoroutine sampling;
  SigmaTable table;
  Guidance guidance;
  InpaintBlend blend{};
  const Denoiser* denoiser = nullptr;  // of the stage's own model; nullptr: the engine's
  bool hands_over = false;  // the next stage goes on at the table's last level: its latents are noisy, so not blended
};

// A later stage: makes its task from the latents of the stage before it, [1, C, h, w] float32, unit variance. A task
// whose sampler asks for no estimate hands its x on. Throws Error if it cannot start.
using Stage = std::function<Task(const at::Tensor& latents)>;

// A job: a task, and the stages that follow it. It ends with on_finished, on_failed, or on_evaluation's false.
struct DenoiseJob {
  Task task;  // the one that is running
  std::deque<Stage> later{};
  // After each estimate, [1, C, h, w] float32, unit variance: whether the job goes on, else it is dropped.
  std::function<bool(const at::Tensor& denoised)> on_evaluation;
  // The last stage's latents [1, C, h, w] float32: unit variance, as the VAE's encoder gives them, scaled.
  std::function<void(const at::Tensor& latents)> on_finished;
  // Memory does not suffice for this job alone (stopped_early), or a later stage cannot start.
  std::function<void(const Error& error)> on_failed;
};

class Engine {
 public:
  // batch_size: how many jobs share one run of the network, at least 1. With 1 no picture ever depends on its
  // neighbours. on_smaller_batch: called with the new batch size when memory did not suffice for a batch.
  Engine(
      const Denoiser& denoiser, const NoiseSchedule& schedule, std::size_t batch_size,
      std::function<void(std::size_t)> on_smaller_batch = [](std::size_t) {})
      : denoiser_(denoiser),
        schedule_(schedule),
        batch_size_(batch_size),
        on_smaller_batch_(std::move(on_smaller_batch)) {}

  void add(DenoiseJob job);
  [[nodiscard]] bool idle() const { return jobs_.empty(); }
  // Whether there are enough jobs to fill a batch; more would only wait.
  [[nodiscard]] bool full() const { return jobs_.size() >= batch_size_; }
  // Answers the pending requests of the oldest jobs, at most batch_size of one denoiser that may share a batch, with
  // one run of the network. If memory does not suffice, half as many share a run from the next round on; a single job
  // fails alone. Throws what the callbacks throw, and the network's other errors.
  void round();

 private:
  [[nodiscard]] bool run_stages(DenoiseJob& job);
  [[nodiscard]] bool take(DenoiseJob& job, Estimate estimate);

  const Denoiser& denoiser_;
  const NoiseSchedule& schedule_;
  std::size_t batch_size_;
  std::function<void(std::size_t)> on_smaller_batch_;
  std::list<DenoiseJob> jobs_;  // oldest first; each waits for an estimate
};

}  // namespace sfumato

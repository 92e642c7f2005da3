#include "diffusion/engine.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace sfumato {
namespace {

// From x = latents + sigma * noise at the last sigma to latents in the model's sense: diffusers' samples are divided by
// sqrt(1 + sigma^2) all along. Changes nothing where a sampler ends at 0.
at::Tensor latents_of(const Task& task) {
  const double sigma = task.table.sigmas.back();
  const at::Tensor latents = task.sampling.result() / std::sqrt(1 + sigma * sigma);
  return task.hands_over ? latents : task.blend.blend_clean(latents);
}

// The fraction of the table's steps that is done at a level, or between two levels.
double progress_at(const SigmaTable& table, double sigma) {
  const auto steps = std::max(static_cast<double>(table.sigmas.size()) - 1, 1.0);
  const auto below = std::ranges::upper_bound(table.sigmas, sigma, std::ranges::greater());
  return static_cast<double>(std::max<std::ptrdiff_t>(below - table.sigmas.begin() - 1, 0)) / steps;
}

}  // namespace

void Engine::add(DenoiseJob job) {
  if (run_stages(job)) jobs_.push_back(std::move(job));
}

// Goes on to the first stage that waits for an estimate. Returns false when the job has ended.
bool Engine::run_stages(DenoiseJob& job) {
  while (job.task.sampling.pending() == nullptr) {
    const at::Tensor latents = latents_of(job.task);
    if (job.later.empty()) {
      job.on_finished(latents);
      return false;
    }
    try {
      job.task = job.later.front()(latents);
    } catch (const Error& error) {
      job.on_failed(error);
      return false;
    }
    job.later.pop_front();
  }
  return true;
}

bool Engine::take(DenoiseJob& job, Estimate estimate) {
  const at::Tensor denoised = estimate.denoised;
  job.task.sampling.answer(std::move(estimate));
  return job.on_evaluation(denoised) && run_stages(job);
}

void Engine::round() {
  std::vector<std::list<DenoiseJob>::iterator> chosen;
  std::vector<Evaluation> batch;
  const Denoiser* denoiser = nullptr;  // of the oldest job
  for (auto job = jobs_.begin(); job != jobs_.end() && batch.size() < batch_size_; ++job) {
    const Task& task = job->task;
    const Denoiser* const own = task.denoiser != nullptr ? task.denoiser : &denoiser_;
    if (denoiser == nullptr) denoiser = own;
    if (own != denoiser) continue;
    const DenoiseRequest& request = *task.sampling.pending();
    const Evaluation evaluation{.x = task.blend.blend_noised(request.x, request.sigma),
                                .sigma = request.sigma,
                                .timestep = timestep_at(task.table, schedule_, request),
                                .progress = progress_at(task.table, request.sigma),
                                .guidance = &task.guidance};
    if (!batch.empty() && !may_share_batch(batch.front(), evaluation)) continue;
    batch.push_back(evaluation);
    chosen.push_back(job);
  }
  std::vector<Estimate> estimates;
  std::optional<Error> out_of_memory;
  try {
    estimates = denoiser->denoise(batch);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::stopped_early) throw;
    out_of_memory = error;
  }
  if (out_of_memory) {  // handled here, where nothing holds the memory of the attempt any more
    if (batch.size() > 1) {
      batch_size_ = batch.size() / 2;
      return on_smaller_batch_(batch_size_);
    }
    const DenoiseJob failed = std::move(*chosen.front());
    jobs_.erase(chosen.front());
    return failed.on_failed(*out_of_memory);
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    DenoiseJob& job = *chosen[i];
    estimates[i].denoised = job.task.blend.blend_clean(estimates[i].denoised);
    if (!take(job, std::move(estimates[i]))) jobs_.erase(chosen[i]);
  }
}

}  // namespace sfumato

#include "diffusion/engine.h"

#include <ATen/TensorOperators.h>

#include <cmath>

#include "sfumato/error.h"

namespace sfumato {
namespace {

// From x = latents + sigma * noise at the last sigma to what the model means by latents there: diffusers' samples are
// divided by sqrt(1 + sigma^2) all along. Nothing to do where a sampler ends at 0.
at::Tensor latents_of(const Task& task) {
  const double sigma = task.table.sigmas.back();
  return task.blend.blend_clean(task.sampling.result() / std::sqrt(1 + sigma * sigma));
}

}  // namespace

void Engine::add(Task task) { tasks_.push_back(std::move(task)); }

void Engine::round() {
  std::vector<std::list<Task>::iterator> chosen;
  std::vector<Evaluation> batch;
  for (auto task = tasks_.begin(); task != tasks_.end() && batch.size() < batch_size_; ++task) {
    const DenoiseRequest& request = *task->sampling.pending();
    const Evaluation evaluation{.x = task->blend.blend_noised(request.x, request.sigma),
                                .sigma = request.sigma,
                                .timestep = timestep_at(task->table, schedule_, request),
                                .guidance = &task->guidance};
    if (!batch.empty() && !may_share_batch(batch.front(), evaluation)) continue;
    batch.push_back(evaluation);
    chosen.push_back(task);
  }
  std::vector<at::Tensor> denoised;
  try {
    denoised = denoiser_.denoise(batch);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::stopped_early || batch.size() == 1) throw;
  }
  if (denoised.empty()) {  // here, where nothing holds the memory of the attempt any more
    batch_size_ = batch.size() / 2;
    return on_smaller_batch_(batch_size_);
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    Task& task = *chosen[i];
    task.sampling.answer(task.blend.blend_clean(denoised[i]));
    const bool goes_on = task.on_evaluation();
    if (goes_on && task.sampling.pending() != nullptr) continue;
    if (goes_on) task.on_finished(latents_of(task));
    tasks_.erase(chosen[i]);
  }
}

}  // namespace sfumato

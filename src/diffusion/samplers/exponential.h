// Multistep exponential integrators of the denoised estimate besides DPM-Solver++. samplers.h says what all samplers
// have in common.
#pragma once

#include <vector>

#include "diffusion/sampler_coroutine.h"
#include "diffusion/sampler_noise.h"

namespace sfumato {

// UniPC of order 2 with B(h) = exp(h) - 1 in data prediction (Zhao et al. 2023, arXiv:2302.04867, algorithms 5 and 6).
SamplerCoroutine sample_unipc(at::Tensor x, std::vector<double> sigmas);

// The multistep form of RES (Zhang et al. 2023, arXiv:2308.02157) of second order, as ComfyUI's res_multistep.
SamplerCoroutine sample_res_multistep(at::Tensor x, std::vector<double> sigmas);

// ER-SDE-Solver-3 (Cui et al. 2023, arXiv:2309.06169) with its default noise, as ComfyUI's er_sde.
SamplerCoroutine sample_er_sde(at::Tensor x, std::vector<double> sigmas, Noise noise);

// SA-Solver with a predictor and a corrector of second order (Xue et al. 2023, arXiv:2309.05019): diffusers'
// SASolverScheduler with its defaults, fresh noise at timesteps 200 to 800. timesteps: the network's, one per step. The
// table ends above 0. The last step of the whole table is of first order; ends: whether that is the last step here.
SamplerCoroutine sample_sa_solver(at::Tensor x, std::vector<double> sigmas, std::vector<double> timesteps, bool ends,
                                  Noise noise);

}  // namespace sfumato

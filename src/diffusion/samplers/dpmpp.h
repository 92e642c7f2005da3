// DPM-Solver++ (Lu et al. 2022, arXiv:2211.01095): exponential integrators of the denoised estimate. samplers.h says
// what all samplers have in common.
#pragma once

#include <vector>

#include "diffusion/sampler_coroutine.h"
#include "diffusion/sampler_noise.h"

namespace sfumato {

// DPM-Solver++(2S) (arXiv:2211.01095, algorithm 1, r = 1/2) with ancestral noise: k-diffusion's
// sample_dpmpp_2s_ancestral. diffusers' DPMSolverSinglestepScheduler is another method of that name: it adds no noise
// and takes levels in pairs; with eta 0 both agree where levels are equally spaced in lambda.
SamplerCoroutine sample_dpmpp_2s(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// The stochastic two-stage solver of k-diffusion's sample_dpmpp_sde with r = 1/2. As there, the noise of the half step
// and of the whole step is of one Brownian path: torchsde's (SdeNoise::brownian, diffusers' DPMSolverSDEScheduler too),
// or of two plain draws per step (SdeNoise::independent), another sample of the same distribution.
SamplerCoroutine sample_dpmpp_sde(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095, algorithm 2) with a share eta of fresh noise. eta 0: the solver
// of the probability flow. eta 1: SDE-DPM-Solver++(2M) (the same paper, appendix; diffusers' midpoint form).
SamplerCoroutine sample_dpmpp_2m(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// SDE-DPM-Solver++(2M) in its Heun form: k-diffusion's sample_dpmpp_2m_sde with solver_type heun, diffusers'
// sde-dpmsolver++ with solver_type heun.
SamplerCoroutine sample_dpmpp_2m_heun(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// SDE-DPM-Solver++(3M): k-diffusion's sample_dpmpp_3m_sde.
SamplerCoroutine sample_dpmpp_3m(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

}  // namespace sfumato

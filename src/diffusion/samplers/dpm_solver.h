// DPM-Solver (Lu et al. 2022, arXiv:2206.00927): exponential integrators of the noise estimate. samplers.h says what
// all samplers have in common.
#pragma once

#include <vector>

#include "diffusion/sampler_coroutine.h"
#include "diffusion/sampler_noise.h"

namespace sfumato {

// DPM-Solver-2 (algorithm 1): a second-order step through the geometric mean of two levels, as in k-diffusion's
// sample_dpm_2; with eta 1 its sample_dpm_2_ancestral.
SamplerCoroutine sample_dpm_2(at::Tensor x, std::vector<double> sigmas, double eta, ChurnOptions churn, Noise noise);

// DPM-Solver-fast (section 3.4), k-diffusion's sample_dpm_fast: as many estimates as sigmas has steps, in steps of
// order 3 that are equal in lambda between the ends of sigmas. It ends at the lowest sigma above 0, with its noise:
// mostly the model's.
SamplerCoroutine sample_dpm_fast(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// DPM-Solver-23 with steps chosen by their error, k-diffusion's sample_dpm_adaptive with its defaults (rtol 0.05, atol
// 0.0078): only the ends of sigmas matter. It ends at the lowest sigma above 0, with its noise: mostly the model's.
// After 1000 steps it stops where it is.
SamplerCoroutine sample_dpm_adaptive(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

}  // namespace sfumato

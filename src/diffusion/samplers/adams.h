// Linear multistep methods of Adams and Bashforth, on the slope or on the network's output. samplers.h says what all
// samplers have in common.
#pragma once

#include <vector>

#include "diffusion/prediction.h"
#include "diffusion/sampler_coroutine.h"
#include "diffusion/sigmas.h"

namespace sfumato {

// Linear multistep of order up to four for unequal steps (k-diffusion's sample_lms, Adams and Bashforth). The first
// step has one slope even in the middle of a table; diffusers' LMSDiscreteScheduler takes the coefficients of four
// there and leaves out the slopes it does not have.
SamplerCoroutine sample_lms(at::Tensor x, std::vector<double> sigmas);

// Pseudo linear multistep (Liu et al. 2022, arXiv:2202.09778, eq. 12) with the first step by the improved Euler method
// instead of Runge-Kutta: CompVis' PLMS, diffusers' PNDMScheduler with skip_prk_steps. As there, the network's own
// output F is extrapolated. sigmas has its second level twice (SigmaTable::sigmas); targets: one per step.
SamplerCoroutine sample_pndm(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets,
                             PredictionType type);

// The improved PNDM of Zhang and Chen 2023 (arXiv:2204.13902), as ComfyUI's ipndm: the weights of equal steps, whatever
// the steps are, on slopes; the last step to 0 gives the estimate.
SamplerCoroutine sample_ipndm(at::Tensor x, std::vector<double> sigmas);

// The same with weights for the steps' lengths, as ComfyUI's ipndm_v.
SamplerCoroutine sample_ipndm_v(at::Tensor x, std::vector<double> sigmas);

// DEIS of second order (Zhang and Chen 2023, the polynomial in log rho): diffusers' DEISMultistepScheduler. steps: of
// the whole table; below 15 its last step is of first order. ends: whether that is the last step here.
SamplerCoroutine sample_deis(at::Tensor x, std::vector<double> sigmas, int steps, bool ends);

}  // namespace sfumato

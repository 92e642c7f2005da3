// Heun's method and its relatives. samplers.h says what all samplers have in common.
#pragma once

#include <vector>

#include "diffusion/sampler_coroutine.h"
#include "diffusion/sampler_noise.h"

namespace sfumato {

// Heun's method of second order (Karras et al. 2022, algorithm 2).
SamplerCoroutine sample_heun(at::Tensor x, std::vector<double> sigmas, ChurnOptions churn, Noise noise);

// Heun++ with three slopes, as ComfyUI's heunpp2: each slope counts by its level's share of the first level, so the
// steps are Euler's at low noise. The step before the last has two slopes, the last one.
SamplerCoroutine sample_heunpp2(at::Tensor x, std::vector<double> sigmas, ChurnOptions churn, Noise noise);

// Restart sampling (Xu et al. 2023, arXiv:2306.14878) with Heun's steps, as AUTOMATIC1111's Restart: from 20 steps on
// the levels are karras' between the ends of `sigmas`, and some of the steps go back from about 0.1 to 2 once or twice.
SamplerCoroutine sample_restart(at::Tensor x, std::vector<double> sigmas, Noise noise);

}  // namespace sfumato

"""Writes golden values of the samplers: diffusers' schedulers on a small fixed network, for tests/diffusion/schedulers_test.cpp.

    scripts/golden/make_sampler_golden.py --out tests/golden

Writes samplers.safetensors: a random network (one matrix and tanh), and the final latents of each scheduler from one start, named
METHOD/ETA/PREDICTION/SPACING/SCHEDULER/SNR/STEPS, with Stable Diffusion's noise schedule. Names with the prefix img2img/ or
inpaint/ and the number of skipped steps as suffix start from fixed random image latents, with a binary mask for inpaint/, as in
StableDiffusionImg2ImgPipeline and StableDiffusionInpaintPipeline. Everything runs in float32 in diffusers' code, with three
replacements: a Brownian path of the image's own noise instead of torchsde in DPMSolverSDEScheduler, the quadrature below instead of
scipy's, and dpm++2s_a, written below in float64 after k-diffusion's sample_dpmpp_2s_ancestral.
"""

import argparse
import math
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import diffusers
import numpy as np
import torch
from diffusers.utils import logging
from safetensors.torch import save_file

SHAPE = (1, 2, 4, 4)
SEED = 7
STEPS = (5, 20, 50)
SPACINGS = ("leading", "trailing", "linspace")
PREDICTIONS = ("epsilon", "v_prediction", "sample")
SCHEDULE = {"num_train_timesteps": 1000, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1}
SIGMAS = (14.6, 6.0, 2.5, 1.0, 0.3, 0.0)
MIDDLE_STEPS, STARTS = 12, (1, 2, 7)  # steps of the runs that start in the middle
# When started in the middle, diffusers' LMS uses the coefficients of derivatives it does not have and drops their terms, so step
# lengths are wrong. The program starts with one derivative there too.
WITHOUT_WARM_UP = ("lms",)
# diffusers' SASolverScheduler puts noise of the whole timestep on a picture, not that of the level it begins at.
NOISED_BY_TIMESTEP = ("sa_solver",)
# At a stage between two sigmas diffusers noises the kept area to the lower sigma; the program uses the stage's own.
WITH_STAGES_BETWEEN = ("dpm2", "dpm2_a", "dpm++sde")


def quad(function: Callable[[float], float], low: float, high: float, **_: float) -> tuple[float, float]:
    """Replaces scipy.integrate.quad for the polynomials of LMSDiscreteScheduler: 8-point Gauss is exact up to degree 15."""
    points, weights = np.polynomial.legendre.leggauss(8)
    middle, half = (float(low) + float(high)) / 2, (float(high) - float(low)) / 2
    return half * sum(weight * float(function(middle + half * point)) for point, weight in zip(points, weights)), 0.0


def schedulers_without_scipy_and_torchsde() -> tuple[type, type]:
    sys.modules.setdefault("torchsde", types.ModuleType("torchsde"))
    from diffusers.schedulers import scheduling_dpmsolver_sde, scheduling_lms_discrete
    scheduling_lms_discrete.integrate = types.SimpleNamespace(quad=quad)
    return scheduling_lms_discrete.LMSDiscreteScheduler, scheduling_dpmsolver_sde.DPMSolverSDEScheduler


LMSDiscreteScheduler, DPMSolverSDEScheduler = schedulers_without_scipy_and_torchsde()


class BrownianPath:
    """Replaces diffusers' BrownianTreeNoiseSampler; called with (sigma, middle), then (sigma, next)."""

    def __init__(self, generator: torch.Generator, shape: tuple[int, ...] = SHAPE):
        self.generator = generator
        self.shape = shape
        self.first = None  # the middle sigma and the increment up to it

    def __call__(self, sigma: torch.Tensor, to: torch.Tensor) -> torch.Tensor:
        draw = torch.randn(self.shape, generator=self.generator)
        if self.first is None:
            self.first = to, (sigma - to).sqrt() * draw
            return draw
        middle, increment = self.first
        self.first = None
        return (increment + (middle - to).sqrt() * draw) / (sigma - to).sqrt()


class Network:
    def __init__(self):
        generator = torch.Generator().manual_seed(1)
        size = math.prod(SHAPE)
        self.weights = {
            "weight": torch.randn(size, size, generator=generator) * 0.6 / math.sqrt(size),
            "bias": torch.randn(size, generator=generator) * 0.3,
            "fast": torch.randn(size, generator=generator) * 0.3,
            "slow": torch.randn(size, generator=generator) * 0.3,
        }
        self.picture = torch.randn(SHAPE, generator=generator)
        self.mask = (torch.rand(1, 1, *SHAPE[2:], generator=generator) < 0.6).float()

    def __call__(self, latents: torch.Tensor, timestep: float) -> torch.Tensor:
        w = self.weights
        t = torch.tensor(timestep, dtype=torch.float32)
        time = torch.sin(t * 0.007) * w["fast"] + torch.cos(t * 0.003) * w["slow"]
        return torch.tanh(latents.float().reshape(1, -1) @ w["weight"].T + w["bias"] + time).reshape(SHAPE)


@dataclass
class Method:
    scheduler: type
    options: dict = field(default_factory=dict)
    step: dict = field(default_factory=dict)  # arguments of step(); the first is part of the name
    generator: bool = False
    schedulers: tuple[str, ...] = ("discrete",)
    predictions: tuple[str, ...] = PREDICTIONS
    own_range: bool = False  # karras and exponential ignore the spacing
    zero_snr: bool = False

    @property
    def eta(self) -> float:
        return self.step.get("eta", 1.0 if self.generator else 0.0)


ALL = ("discrete", "karras", "exponential", "beta")
NO_SAMPLE = ("epsilon", "v_prediction")
ENDS_IN_TRAINING = {"set_alpha_to_one": False}
METHODS = {
    "ddim": [Method(diffusers.DDIMScheduler, ENDS_IN_TRAINING | {"clip_sample": False}, {"eta": eta}, generator=True, zero_snr=True)
             for eta in (0.0, 0.5)],
    "pndm": [Method(diffusers.PNDMScheduler, ENDS_IN_TRAINING | {"skip_prk_steps": True}, predictions=NO_SAMPLE)],
    "ddpm": [Method(diffusers.DDPMScheduler, {"clip_sample": False}, generator=True, zero_snr=True)],
    "euler": [Method(diffusers.EulerDiscreteScheduler, schedulers=ALL, zero_snr=True)],
    "euler_a": [Method(diffusers.EulerAncestralDiscreteScheduler, generator=True, predictions=NO_SAMPLE, zero_snr=True)],
    "heun": [Method(diffusers.HeunDiscreteScheduler, schedulers=ALL)],
    "lms": [Method(LMSDiscreteScheduler, schedulers=ALL)],
    "dpm2": [Method(diffusers.KDPM2DiscreteScheduler, schedulers=ALL, predictions=NO_SAMPLE)],
    "dpm2_a": [Method(diffusers.KDPM2AncestralDiscreteScheduler, generator=True, schedulers=ALL, predictions=NO_SAMPLE)],
    "dpm++2m": [Method(diffusers.DPMSolverMultistepScheduler, schedulers=ALL, own_range=True, zero_snr=True)],
    "dpm++2m_sde": [Method(diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}, generator=True, schedulers=ALL,
                           own_range=True, zero_snr=True)],
    "dpm++sde": [Method(DPMSolverSDEScheduler, generator=True, schedulers=ALL, predictions=NO_SAMPLE)],
    "unipc": [Method(diffusers.UniPCMultistepScheduler, schedulers=ALL, own_range=True, zero_snr=True)],
    "lcm": [Method(diffusers.LCMScheduler, generator=True, zero_snr=True)],
    "dpm++2m_sde_heun": [Method(diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"},
                                generator=True, schedulers=ALL, own_range=True)],
    "deis": [Method(diffusers.DEISMultistepScheduler, schedulers=ALL, own_range=True)],
    "sa_solver": [Method(diffusers.SASolverScheduler, generator=True, schedulers=ALL, own_range=True)],
    "tcd": [Method(diffusers.TCDScheduler, {}, {"eta": eta}, generator=True, zero_snr=True) for eta in (0.0, 0.3)],
}


def scheduler_of(method: Method, prediction: str, spacing: str, scheduler: str, zero_snr: bool):
    options = SCHEDULE | method.options | {"prediction_type": prediction, "timestep_spacing": spacing}
    if scheduler in ("karras", "exponential", "beta"):
        options[f"use_{scheduler}_sigmas"] = True
    if zero_snr:
        options["rescale_betas_zero_snr"] = True
    return method.scheduler(**options)


def sample(network: Network, method: Method, scheduler, steps: int | None, start: int | None = None, masked: bool = False) -> torch.Tensor:
    """-> final latents [1, 2, 4, 4], sampled as in StableDiffusionPipeline. start: first step of img2img; masked: inpainting."""
    if steps is None:
        scheduler.set_timesteps(sigmas=list(SIGMAS))
    else:
        scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(SEED)
    noise = torch.randn(SHAPE, generator=generator)
    timesteps = scheduler.timesteps if start is None else scheduler.timesteps[start * scheduler.order:]
    if start is None:
        x = noise * scheduler.init_noise_sigma
    else:
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(start * scheduler.order)
        x = scheduler.add_noise(network.picture, noise, timesteps[:1])
    arguments = dict(method.step)
    if isinstance(scheduler, DPMSolverSDEScheduler):
        scheduler.noise_sampler = BrownianPath(generator)
    elif method.generator:
        arguments["generator"] = generator
    for i, timestep in enumerate(timesteps):
        output = network(scheduler.scale_model_input(x, timestep), float(timestep))
        x = scheduler.step(output, timestep, x, **arguments).prev_sample
        if masked:
            last = i + 1 == len(timesteps)
            kept = network.picture if last else scheduler.add_noise(network.picture, noise, timesteps[i + 1:i + 2])
            x = (1 - network.mask) * kept + network.mask * x
    return x.float()


def sample_dpmpp_2s_ancestral(network: Network, scheduler, steps: int) -> torch.Tensor:
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(SEED)
    sigmas = scheduler.sigmas.double()
    log_sigmas = np.log(np.array(((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod) ** 0.5))

    def denoised(x: torch.Tensor, sigma: float, timestep: float) -> torch.Tensor:
        output = network(x / math.sqrt(1 + sigma**2), timestep).double()
        if scheduler.config.prediction_type == "epsilon":
            return x - sigma * output
        return x / (1 + sigma**2) - sigma / math.sqrt(1 + sigma**2) * output

    x = torch.randn(SHAPE, generator=generator).double() * float(scheduler.init_noise_sigma)
    for i, timestep in enumerate(scheduler.timesteps):
        sigma, following = float(sigmas[i]), float(sigmas[i + 1])
        first = denoised(x, sigma, float(timestep))
        if following == 0:
            return first.float()
        up = min(following, math.sqrt(following**2 * (sigma**2 - following**2) / sigma**2))
        down = math.sqrt(following**2 - up**2)
        t, t_next = -math.log(sigma), -math.log(down)
        h = t_next - t
        s = t + h / 2
        there = math.exp(-s) / sigma * x - math.expm1(-h / 2) * first
        second = denoised(there, math.exp(-s), float(scheduler._sigma_to_t(np.array(math.exp(-s)), log_sigmas)))
        x = down / sigma * x - math.expm1(-h) * second + up * torch.randn(SHAPE, generator=generator)
    return x.float()


def cases(method: Method) -> Iterator[tuple[str, str, str, bool, int]]:
    for prediction in method.predictions:
        for scheduler in method.schedulers:
            own = method.scheduler in (diffusers.LCMScheduler, diffusers.TCDScheduler) or (method.own_range and scheduler != "discrete")
            for spacing in SPACINGS[:1] if own else SPACINGS:
                for steps in STEPS:
                    yield prediction, spacing, scheduler, False, steps
    for prediction in ("v_prediction", "sample") if method.zero_snr else ():
        if prediction in method.predictions:
            for steps in STEPS:
                yield prediction, "trailing", "discrete", True, steps


def begins_wrongly(method: Method, schedule: str, steps: int) -> bool:
    """Where beta's first two levels round to one timestep, diffusers' multistep classes begin at the second level."""
    if not method.own_range or schedule != "beta":
        return False
    scheduler = scheduler_of(method, "epsilon", "leading", schedule, False)
    scheduler.set_timesteps(steps)
    return bool(scheduler.timesteps[0] == scheduler.timesteps[1])


@torch.no_grad()
def golden_values(network: Network) -> dict[str, torch.Tensor]:
    values = {f"network.{name}": tensor for name, tensor in network.weights.items()}
    values |= {"picture": network.picture, "mask": network.mask}
    for name, methods in METHODS.items():
        for method in methods:
            for prediction, spacing, schedule, zero_snr, steps in cases(method):
                if begins_wrongly(method, schedule, steps):
                    continue
                scheduler = scheduler_of(method, prediction, spacing, schedule, zero_snr)
                key = f"{name}/{method.eta}/{prediction}/{spacing}/{schedule}/{'zero' if zero_snr else 'plain'}/{steps}"
                values[key] = sample(network, method, scheduler, steps)
        print(name, flush=True)
    for name, methods in METHODS.items():
        if name in WITHOUT_WARM_UP:
            continue
        method = methods[-1]
        for schedule in method.schedulers:
            if begins_wrongly(method, schedule, MIDDLE_STEPS) or (name in NOISED_BY_TIMESTEP and schedule != "discrete"):
                continue
            for spacing in SPACINGS if schedule == "discrete" else SPACINGS[:1]:
                for start in STARTS:
                    ending = f"{name}/{method.eta}/epsilon/{spacing}/{schedule}/plain/{MIDDLE_STEPS}/{start}"
                    for kind in ("img2img", "inpaint"):
                        if kind == "inpaint" and name in WITH_STAGES_BETWEEN:
                            continue
                        scheduler = scheduler_of(method, "epsilon", spacing, schedule, False)
                        values[f"{kind}/{ending}"] = sample(network, method, scheduler, MIDDLE_STEPS, start, kind == "inpaint")
    for steps in (30, 60):  # numbers of steps that do not divide the train timesteps
        for name in ("ddim", "pndm", "ddpm"):
            method = METHODS[name][-1]
            scheduler = scheduler_of(method, "v_prediction", "trailing", "discrete", False)
            values[f"{name}/{method.eta}/v_prediction/trailing/discrete/plain/{steps}"] = sample(network, method, scheduler, steps)
    euler = METHODS["euler"][0]
    for prediction in NO_SAMPLE:
        for spacing in SPACINGS:
            scheduler = scheduler_of(euler, prediction, spacing, "given", False)
            values[f"euler/0.0/{prediction}/{spacing}/given/plain/{len(SIGMAS) - 1}"] = sample(network, euler, scheduler, None)
            for schedule in ALL:
                for steps in STEPS:
                    scheduler = scheduler_of(euler, prediction, spacing, schedule, False)
                    key = f"dpm++2s_a/1.0/{prediction}/{spacing}/{schedule}/plain/{steps}"
                    values[key] = sample_dpmpp_2s_ancestral(network, scheduler, steps)
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/golden"))
    options = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    values = golden_values(Network())
    broken = [name for name, tensor in values.items() if not tensor.isfinite().all()]
    if broken:
        raise SystemExit(f"not finite: {broken}")
    metadata = {"diffusers": diffusers.__version__, "torch": torch.__version__.split("+")[0], "seed": str(SEED)}
    options.out.mkdir(parents=True, exist_ok=True)
    save_file(values, options.out / "samplers.safetensors", metadata=metadata)
    print(f"{len(values)} tensors")


if __name__ == "__main__":
    main()

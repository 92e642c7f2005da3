"""Writes golden values of what diffusers does not have: k-diffusion's samplers and torchsde's Brownian tree, for
tests/diffusion/kdiffusion_test.cpp.

    pip install --require-hashes --no-deps --target FOLDER -r scripts/requirements/golden.txt
    PYTHONPATH=FOLDER scripts/golden/make_kdiffusion_golden.py --out tests/golden

These packages are needed for this script only. Of k-diffusion only sampling.py is imported, with a replacement for its utils, which need
torchvision. Writes kdiffusion.safetensors:
    sigmas                   the noise levels of all runs, float32
    tree/FROM/TO             increments of one BrownianTree, divided by the root of their time
    SAMPLER/ETA/CHURN        results of k-diffusion's samplers on the network of make_sampler_golden.py, epsilon prediction
    diffusers/...            DPMSolverSDEScheduler with noise_sampler_seed, named as in samplers.safetensors
"""

import argparse
import importlib
import math
import sys
import types
from importlib.util import find_spec
from pathlib import Path

import diffusers
import numpy as np
import torch
import torchsde
from safetensors.torch import save_file

CHURN = {"s_churn": 6.0, "s_tmin": 0.0, "s_tmax": float("inf"), "s_noise": 1.01}
TREE_SPANS = ((14.614643, 11.5), (11.5, 8.1), (8.1, 0.5), (3.0, 2.999), (0.5, 0.0291672), (14.614643, 0.0291672))


def k_diffusion_sampling() -> types.ModuleType:
    package = types.ModuleType("k_diffusion")
    package.__path__ = [str(Path(find_spec("k_diffusion").origin).parent)]
    utils = types.ModuleType("k_diffusion.utils")
    utils.append_dims = lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)]
    sys.modules["k_diffusion"], sys.modules["k_diffusion.utils"] = package, utils
    return importlib.import_module("k_diffusion.sampling")


sampling = k_diffusion_sampling()
import make_sampler_golden as diffusers_golden  # noqa: E402  its neighbour; it replaces torchsde where that is missing

SHAPE, SEED = diffusers_golden.SHAPE, diffusers_golden.SEED


class Denoiser:
    """D(x; sigma) of the network with epsilon prediction, as a model of k-diffusion."""

    def __init__(self, network):
        self.network = network
        scheduler = diffusers.EulerDiscreteScheduler(**diffusers_golden.SCHEDULE)
        self.scheduler = scheduler
        self.log_sigmas = np.log((((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod) ** 0.5).numpy())

    def __call__(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        level = float(sigma.flatten()[0])
        timestep = float(self.scheduler._sigma_to_t(np.array(level), self.log_sigmas))
        return x - level * self.network(x / math.sqrt(1 + level**2), timestep)


def run(network, name: str, sigmas: torch.Tensor, **arguments) -> torch.Tensor:
    generator = torch.Generator().manual_seed(SEED)
    draw = lambda: torch.randn(SHAPE, generator=generator)  # noqa: E731
    x = draw() * sigmas[0]
    original, torch.randn_like = torch.randn_like, lambda _: draw()
    try:
        if name in ("dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde"):
            positive = sigmas[sigmas > 0]
            arguments["noise_sampler"] = sampling.BrownianTreeNoiseSampler(x, positive.min(), positive.max(), seed=SEED)
        function = getattr(sampling, f"sample_{name}")
        if name == "dpm_fast":
            return function(Denoiser(network), x, float(sigmas[-2]), float(sigmas[0]), len(sigmas) - 1, disable=True, **arguments)
        if name == "dpm_adaptive":
            return function(Denoiser(network), x, float(sigmas[-2]), float(sigmas[0]), disable=True, **arguments)
        return function(Denoiser(network), x, sigmas, disable=True, **arguments)
    finally:
        torch.randn_like = original


def sde_of_diffusers(network, prediction: str, spacing: str, schedule: str, steps: int) -> torch.Tensor:
    from diffusers.schedulers import scheduling_dpmsolver_sde
    scheduling_dpmsolver_sde.torchsde = torchsde
    method = diffusers_golden.Method(diffusers_golden.DPMSolverSDEScheduler, {"noise_sampler_seed": SEED})
    scheduler = diffusers_golden.scheduler_of(method, prediction, spacing, schedule, False)
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator) * scheduler.init_noise_sigma
    for timestep in scheduler.timesteps:
        output = network(scheduler.scale_model_input(x, timestep), float(timestep))
        x = scheduler.step(output, timestep, x).prev_sample
    return x.float()


@torch.no_grad()
def golden_values() -> dict[str, torch.Tensor]:
    network = diffusers_golden.Network()
    values = {f"network.{name}": tensor for name, tensor in network.weights.items()}
    low, high = 0.029167151, 14.614643
    ramp = torch.linspace(0, 1, 14, dtype=torch.float64)
    sigmas = torch.cat([(high ** (1 / 5) + ramp * (low ** (1 / 5) - high ** (1 / 5))) ** 5, torch.zeros(1)]).float()
    values["sigmas"] = sigmas
    tree = sampling.BrownianTreeNoiseSampler(torch.zeros(SHAPE), torch.tensor(low), torch.tensor(high), seed=SEED)
    for start, end in TREE_SPANS:
        values[f"tree/{start}/{end}"] = tree(torch.tensor(start), torch.tensor(end))
    for name in ("euler", "heun", "dpm_2"):
        values[f"{name}/0/churn"] = run(network, name, sigmas, **CHURN)
    for name in ("dpm_fast", "dpm_adaptive"):
        for eta in (0.0, 0.6):
            values[f"{name}/{eta}/plain"] = run(network, name, sigmas, eta=eta)
    for steps in (12, 13):  # other remainders of three
        values[f"dpm_fast/0.0/{steps}"] = run(network, "dpm_fast", torch.cat([sigmas[:steps], sigmas[-1:]]))
    for name in ("dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde"):
        for eta in (0.5, 1.0):
            values[f"{name}/{eta}/plain"] = run(network, name, sigmas, eta=eta)
    values["dpmpp_2m_sde_heun/1.0/plain"] = run(network, "dpmpp_2m_sde", sigmas, solver_type="heun")
    values["dpmpp_3m_sde/0.0/plain"] = run(network, "dpmpp_3m_sde", sigmas, eta=0.0)
    values["euler_ancestral/1.0/noise"] = run(network, "euler_ancestral", sigmas, s_noise=0.9)
    for prediction in diffusers_golden.NO_SAMPLE:
        for schedule in ("discrete", "karras"):
            for spacing in ("leading", "linspace"):
                key = f"diffusers/dpm++sde/1.0/{prediction}/{spacing}/{schedule}/plain/20"
                values[key] = sde_of_diffusers(network, prediction, spacing, schedule, 20)
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/golden"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    values = golden_values()
    broken = [name for name, tensor in values.items() if not tensor.isfinite().all()]
    if broken:
        raise SystemExit(f"not finite: {broken}")
    versions = {"torch": torch.__version__.split("+")[0], "diffusers": diffusers.__version__, "seed": str(SEED)}
    options.out.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in values.items()}, options.out / "kdiffusion.safetensors", metadata=versions)
    print(f"{len(values)} tensors")


if __name__ == "__main__":
    main()

"""Writes golden values of a bundle, computed by diffusers and transformers, for tests/golden/golden_test.cpp.

    scripts/golden/make_golden.py --model models/default --out tests/golden

Writes golden.safetensors: for a fixed prompt and seed the tokens, the conditioning, one output of the U-Net, for each sampler of
CASES the final latents and the decoded image, and for each of SMALL_CASES a small image. Everything is computed in float32 by
diffusers' schedulers and modules with the bundle's stored weights, independently of sfumato's program. Run it again when the
default model changes, and review the differences.
"""

import argparse
import json
from pathlib import Path

import diffusers
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg
from safetensors.torch import load_file, save_file

from golden.make_sampler_golden import BrownianPath, DPMSolverSDEScheduler, LMSDiscreteScheduler
from training.latent_networks import autoencoder, unet
from training.networks import Tokenizer, text_encoder

PROMPT = "a smiling cat, 3D style"
NEGATIVE_PROMPT = "a blue background"
SEED = 42
STEPS = 9
CFG_SCALE = 4.0

# tensor name -> (diffusers scheduler, its options in addition to the model's, arguments of step())
CASES = {
    "ddim": (diffusers.DDIMScheduler, {}, {"eta": 0.0}),
    "ddim_eta": (diffusers.DDIMScheduler, {}, {"eta": 0.5}),
    "pndm": (diffusers.PNDMScheduler, {"skip_prk_steps": True}, {}),
    "euler": (diffusers.EulerDiscreteScheduler, {}, {}),
    "euler_karras": (diffusers.EulerDiscreteScheduler, {"use_karras_sigmas": True}, {}),
    "euler_a": (diffusers.EulerAncestralDiscreteScheduler, {}, {}),
    "heun": (diffusers.HeunDiscreteScheduler, {}, {}),
    "heun_karras": (diffusers.HeunDiscreteScheduler, {"use_karras_sigmas": True}, {}),
    "dpmpp_2m": (diffusers.DPMSolverMultistepScheduler, {}, {}),
    "dpmpp_2m_karras": (diffusers.DPMSolverMultistepScheduler, {"use_karras_sigmas": True}, {}),
}
# The same in SMALL_STEPS steps at half the size; without options, with the default model's sigmas.
SMALL_STEPS = 6
SMALL_CASES = {
    "ddim_trailing": (diffusers.DDIMScheduler, {"timestep_spacing": "trailing"}, {}),
    "ddim_linspace": (diffusers.DDIMScheduler, {"timestep_spacing": "linspace"}, {}),
    "pndm_linspace": (diffusers.PNDMScheduler, {"skip_prk_steps": True, "timestep_spacing": "linspace"}, {}),
    "ddpm": (diffusers.DDPMScheduler, {}, {}),
    "euler_exponential": (diffusers.EulerDiscreteScheduler, {"use_exponential_sigmas": True}, {}),
    "lms": (LMSDiscreteScheduler, {}, {}),
    "lms_karras": (LMSDiscreteScheduler, {"use_karras_sigmas": True}, {}),
    "dpm2": (diffusers.KDPM2DiscreteScheduler, {}, {}),
    "dpm2_a_karras": (diffusers.KDPM2AncestralDiscreteScheduler, {"use_karras_sigmas": True}, {}),
    "dpmpp_2m_exponential": (diffusers.DPMSolverMultistepScheduler, {"use_exponential_sigmas": True}, {}),
    "dpmpp_2m_sde_karras": (diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True}, {}),
    "dpmpp_sde": (DPMSolverSDEScheduler, {}, {}),
    "unipc": (diffusers.UniPCMultistepScheduler, {}, {}),
    "unipc_karras": (diffusers.UniPCMultistepScheduler, {"use_karras_sigmas": True}, {}),
    "lcm": (diffusers.LCMScheduler, {}, {}),
    "euler_rescaled": (diffusers.EulerDiscreteScheduler, {}, {}),  # with CFG_RESCALE
}
CFG_RESCALE = 0.7
TAKES_GENERATOR = (diffusers.DDIMScheduler, diffusers.DDPMScheduler, diffusers.EulerAncestralDiscreteScheduler,
                   diffusers.KDPM2AncestralDiscreteScheduler, diffusers.DPMSolverMultistepScheduler, diffusers.LCMScheduler)


class Model:
    """The bundle's weights in float32 modules of diffusers and transformers."""

    def __init__(self, bundle: Path):
        self.config = json.loads((bundle / "model.json").read_text(encoding="utf-8"))
        self.tokenizer = Tokenizer(bundle / self.config["tokenizer"]["file"])
        self.text_encoder = text_encoder().eval()
        self.unet = unet().eval()
        self.vae = autoencoder().eval()
        text = {name.removeprefix("text_model."): tensor for name, tensor in self._weights(bundle, "text_encoder").items()}
        own = self.text_encoder.state_dict()
        prefix = "text_model." if all(name.startswith("text_model.") for name in own) else ""
        self.text_encoder.load_state_dict({prefix + name: tensor for name, tensor in text.items()}, strict=True)
        self.unet.load_state_dict(self._weights(bundle, "unet"), strict=True)
        self.vae.load_state_dict(self._weights(bundle, "vae_encoder") | self._weights(bundle, "vae_decoder"), strict=True)

    def _weights(self, bundle: Path, kind: str) -> dict[str, torch.Tensor]:
        files = self.config["networks"][kind]["weights"]
        return {name: tensor.float() for file in files for name, tensor in load_file(bundle / file).items()}

    def conditioning(self, prompt: str) -> torch.Tensor:
        return self.text_encoder(input_ids=self.tokenizer([prompt])).last_hidden_state  # [1, L, D]

    def scheduler(self, kind: type, options: dict):
        schedule = dict(self.config["noise_schedule"])
        schedule["num_train_timesteps"] = schedule.pop("train_steps")
        if kind not in (diffusers.DDIMScheduler, diffusers.PNDMScheduler):
            del schedule["set_alpha_to_one"]  # the others end at sigma 0
        if kind in (diffusers.DDIMScheduler, diffusers.DDPMScheduler):
            options = options | {"clip_sample": False}
        return kind(**(schedule | options))

    def sample(self, kind: type, options: dict, arguments: dict, steps: int = STEPS, shrink: int = 1, cfg_rescale: float = 0) -> torch.Tensor:
        """-> latents [1, C, h, w], sampled as in StableDiffusionPipeline"""
        scheduler = self.scheduler(kind, options)
        scheduler.set_timesteps(steps)
        generator = torch.Generator("cpu").manual_seed(SEED)
        if kind in TAKES_GENERATOR:
            arguments = arguments | {"generator": generator}
        size = self.config["defaults"]["height"] // self.config["latents"]["downscale"] // shrink
        latents = torch.randn(1, self.config["latents"]["channels"], size, size, generator=generator) * scheduler.init_noise_sigma
        if kind is DPMSolverSDEScheduler:
            scheduler.noise_sampler = BrownianPath(generator, latents.shape)
        words = torch.cat([self.conditioning(NEGATIVE_PROMPT), self.conditioning(PROMPT)])
        for timestep in scheduler.timesteps:
            both = scheduler.scale_model_input(torch.cat([latents] * 2), timestep)
            unwanted, wanted = self.unet(both, timestep, words).sample.chunk(2)
            guided = unwanted + CFG_SCALE * (wanted - unwanted)
            if cfg_rescale > 0:
                guided = rescale_noise_cfg(guided, wanted, cfg_rescale)
            latents = scheduler.step(guided, timestep, latents, **arguments).prev_sample
        return latents

    def encoded_noise(self) -> dict[str, torch.Tensor]:
        """-> random pixels and their latents without scaling factor"""
        pixels = torch.rand(1, 3, 24, 40, generator=torch.Generator("cpu").manual_seed(SEED)) * 2 - 1
        posterior = self.vae.encode(pixels).latent_dist
        return {"source": pixels, "source.mean": posterior.mean, "source.deviation": posterior.std}

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """-> uint8 [H, W, 3], rounded as in diffusers' VaeImageProcessor"""
        pixels = self.vae.decode(latents / self.config["latents"]["scaling_factor"]).sample
        return ((pixels / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)[0].permute(1, 2, 0).contiguous()


@torch.no_grad()
def golden_values(model: Model) -> dict[str, torch.Tensor]:
    conditioning = model.conditioning(PROMPT)
    size = model.config["defaults"]["height"] // model.config["latents"]["downscale"]
    noise = torch.randn(1, model.config["latents"]["channels"], size, size, generator=torch.Generator("cpu").manual_seed(SEED))
    values = {
        "tokens": model.tokenizer([PROMPT])[0].to(torch.int32),
        "conditioning": conditioning,
        "noise": noise,
        "unet": model.unet(noise, torch.tensor([500.0]), conditioning).sample,
    }
    values |= model.encoded_noise()
    for name, case in CASES.items():
        latents = model.sample(*case)
        values[f"latents.{name}"] = latents
        values[f"picture.{name}"] = model.decode(latents)
        print(f"{name}: latents {latents.mean():+.4f} +- {latents.std():.4f}", flush=True)
    for name, case in SMALL_CASES.items():
        latents = model.sample(*case, steps=SMALL_STEPS, shrink=2, cfg_rescale=CFG_RESCALE if name.endswith("rescaled") else 0)
        values[f"small.{name}"] = model.decode(latents.float())
        print(f"{name}: latents {latents.mean():+.4f} +- {latents.std():.4f}", flush=True)
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/default"))
    parser.add_argument("--out", type=Path, default=Path("tests/golden"))
    options = parser.parse_args()
    model = Model(options.model)
    values = golden_values(model)
    metadata = {"model": model.config["name"], "prompt": PROMPT, "negative_prompt": NEGATIVE_PROMPT, "seed": str(SEED),
                "steps": str(STEPS), "cfg_scale": str(CFG_SCALE), "diffusers": diffusers.__version__, "torch": torch.__version__.split("+")[0]}
    options.out.mkdir(parents=True, exist_ok=True)
    save_file(values, options.out / "golden.safetensors", metadata=metadata)


if __name__ == "__main__":
    main()

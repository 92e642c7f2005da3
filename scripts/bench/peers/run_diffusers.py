"""Runs diffusers: a pipeline loaded from its folder, on the CPU, in eager mode. `kind` is a Torch dtype.

    python -m bench.peers.run_diffusers FOLDER bfloat16 SIZE THREADS STEPS OUT
"""

import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionPipeline

from bench.peers.task import CFG_SCALE, NEGATIVE_PROMPT, PROMPT, SEED, say, task


def after_step(_pipeline, _step, _timestep, tensors: dict) -> dict:
    say("step")
    return tensors


def main() -> None:
    wanted = task()
    torch.set_num_threads(wanted.threads)
    pipeline = StableDiffusionPipeline.from_pretrained(wanted.weights, torch_dtype=getattr(torch, wanted.kind), safety_checker=None)
    pipeline.scheduler = EulerDiscreteScheduler.from_config(pipeline.scheduler.config)
    pipeline.unet.to(memory_format=torch.channels_last)  # as the diffusers documentation advises
    pipeline.vae.to(memory_format=torch.channels_last)
    pipeline.set_progress_bar_config(disable=True)
    say("ready")
    picture = pipeline(PROMPT, negative_prompt=NEGATIVE_PROMPT, num_inference_steps=wanted.steps, guidance_scale=CFG_SCALE, width=wanted.size,
                       height=wanted.size, generator=torch.Generator("cpu").manual_seed(SEED), callback_on_step_end=after_step).images[0]
    picture.save(wanted.out)
    say("picture")


if __name__ == "__main__":
    main()

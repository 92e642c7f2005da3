"""Runs stable-diffusion.cpp through its Python package, on the checkpoint file.

    python -m bench.peers.run_sd_cpp CHECKPOINT '{"diffusion_flash_attn": true}' SIZE THREADS STEPS OUT

`kind` is a JSON object with arguments of the package's constructor.
"""

import json

from stable_diffusion_cpp import StableDiffusion

from bench.peers.task import CFG_SCALE, NEGATIVE_PROMPT, PROMPT, SEED, say, task


def main() -> None:
    wanted = task()
    model = StableDiffusion(model_path=wanted.weights, n_threads=wanted.threads, vae_decode_only=True, verbose=False, **json.loads(wanted.kind))
    say("ready")

    def after_step(step: int, steps: int, _seconds: float) -> None:
        if steps == wanted.steps and step > 0:  # the callback also reports other progress than steps
            say("step")

    picture = model.generate_image(PROMPT, negative_prompt=NEGATIVE_PROMPT, cfg_scale=CFG_SCALE, width=wanted.size, height=wanted.size, seed=SEED,
                                   sample_method="euler", sample_steps=wanted.steps, progress_callback=after_step)[0]
    picture.save(wanted.out)
    say("picture")


if __name__ == "__main__":
    main()

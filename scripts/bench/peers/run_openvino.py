"""Runs OpenVINO on networks converted from diffusers (bench/peers/prepare.py), compiled for the shapes of the image.

    python -m bench.peers.run_openvino FOLDER default SIZE THREADS STEPS OUT

`kind` is a precision; with `default` OpenVINO chooses, and the choice is printed on standard error. Torch and transformers are not
imported: token ids and sigmas come from the folder, so that load time is OpenVINO's alone.
"""

import sys
from pathlib import Path

import numpy as np
import openvino
from PIL import Image

from bench.peers.task import CFG_SCALE, SEED, say, task

PRECISIONS = {"default": {}, "float32": {"INFERENCE_PRECISION_HINT": "f32"}, "bfloat16": {"INFERENCE_PRECISION_HINT": "bf16"}}


def compiled(folder: Path, side: int, settings: dict) -> dict:
    shapes = {
        "text_encoder": [[2, 77]],
        "unet": [[2, 4, side, side], [2], [2, 77, 768]],
        "vae_decoder": [[1, 4, side, side]],
    }
    core = openvino.Core()
    networks = {}
    for name, inputs in shapes.items():
        model = core.read_model(folder / f"{name}.xml")
        model.reshape(dict(enumerate(inputs)))
        networks[name] = core.compile_model(model, "CPU", settings)
    return networks


def main() -> None:
    wanted = task()
    folder, side = Path(wanted.weights), wanted.size // 8
    networks = compiled(folder, side, {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": wanted.threads} | PRECISIONS[wanted.kind])
    print("precision:", networks["unet"].get_property("INFERENCE_PRECISION_HINT").to_string(), file=sys.stderr)
    values = np.load(folder / f"values-{wanted.steps}.npz")
    say("ready")

    words = networks["text_encoder"]([values["ids"]])[0]
    sigmas = values["sigmas"]
    latents = np.random.default_rng(SEED).standard_normal((1, 4, side, side), np.float32) * np.hypot(sigmas[0], 1)
    for sigma, following, timestep in zip(sigmas, sigmas[1:], values["timesteps"]):
        scaled = np.repeat(latents / np.hypot(sigma, 1), 2, axis=0).astype(np.float32)
        unwanted, wanted_noise = np.split(networks["unet"]([scaled, np.full(2, timestep, np.float32), words])[0], 2)
        latents = latents + (following - sigma) * (unwanted + CFG_SCALE * (wanted_noise - unwanted))
        say("step")
    pixels = networks["vae_decoder"]([latents.astype(np.float32)])[0][0]
    pixels = ((pixels / 2 + 0.5).clip(0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0)
    Image.fromarray(pixels).save(wanted.out)
    say("picture")


if __name__ == "__main__":
    main()

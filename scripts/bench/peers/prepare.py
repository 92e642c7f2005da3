"""Writes random weights in the shapes of Stable Diffusion 1.5 in each program's format: checkpoint, diffusers folder, OpenVINO networks.

    python -m bench.peers.prepare checkpoint WORK          WORK/checkpoint.safetensors and WORK/diffusers, float16 as published
    python -m bench.peers.prepare openvino WORK STEPS      WORK/openvino; needs a Python with OpenVINO
"""

import json
import subprocess
import sys
from pathlib import Path

from bench.peers.task import NEGATIVE_PROMPT, PROMPT

ROOT = Path(__file__).parents[3]


def checkpoint(work: Path) -> None:
    from check.parity import tokenizer

    subprocess.run([sys.executable, ROOT / "scripts" / "export" / "make_checkpoint.py", "--family", "sd1", "--full", "--dtype", "float16",
                    "--out", work / "checkpoint.safetensors", "--diffusers", work / "diffusers"], check=True)
    tokenizer(pad="<|endoftext|>").save_pretrained(work / "diffusers" / "tokenizer")
    index = work / "diffusers" / "model_index.json"
    parts = {"tokenizer": ["transformers", "CLIPTokenizer"], "scheduler": ["diffusers", "PNDMScheduler"], "safety_checker": [None, None],
             "feature_extractor": [None, None], "image_encoder": [None, None]}
    index.write_text(json.dumps(json.loads(index.read_text()) | parts, indent=2))


def openvino_networks(work: Path) -> None:
    import openvino
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextModel

    class Words(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = CLIPTextModel.from_pretrained(work / "diffusers" / "text_encoder", dtype=torch.float32)

        def forward(self, ids):
            return self.encoder(ids).last_hidden_state

    class Noise(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.unet = UNet2DConditionModel.from_pretrained(work / "diffusers" / "unet", torch_dtype=torch.float32)

        def forward(self, latents, timestep, words):
            return self.unet(latents, timestep, words, return_dict=False)[0]

    class Pixels(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.vae = AutoencoderKL.from_pretrained(work / "diffusers" / "vae", torch_dtype=torch.float32)

        def forward(self, latents):
            return self.vae.decode(latents / self.vae.config.scaling_factor, return_dict=False)[0]

    inputs = {
        "text_encoder": (Words, (torch.zeros(2, 77, dtype=torch.int64),)),
        "unet": (Noise, (torch.randn(2, 4, 64, 64), torch.ones(2), torch.randn(2, 77, 768))),
        "vae_decoder": (Pixels, (torch.randn(1, 4, 64, 64),)),
    }
    with torch.inference_mode():
        for name, (network, examples) in inputs.items():
            model = openvino.convert_model(network().eval(), example_input=examples)
            openvino.save_model(model, work / "openvino" / f"{name}.xml")  # OpenVINO saves weights as float16 by default


def openvino_values(work: Path, steps: int) -> None:
    """Writes the inputs other than networks: token ids of the prompts, sigmas and timesteps of the Euler scheduler."""
    import numpy as np
    from diffusers import EulerDiscreteScheduler
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(work / "diffusers" / "tokenizer")
    ids = tokenizer([NEGATIVE_PROMPT, PROMPT], padding="max_length", max_length=77, truncation=True).input_ids
    scheduler = EulerDiscreteScheduler.from_pretrained(work / "diffusers" / "scheduler")
    scheduler.set_timesteps(steps)
    np.savez(work / "openvino" / f"values-{steps}.npz", ids=np.asarray(ids, np.int64), sigmas=scheduler.sigmas.numpy(),
             timesteps=scheduler.timesteps.numpy())


def main() -> None:
    what, work = sys.argv[1], Path(sys.argv[2])
    if what == "checkpoint":
        return checkpoint(work)
    if not (work / "openvino" / "vae_decoder.xml").is_file():
        openvino_networks(work)
    openvino_values(work, int(sys.argv[3]))


if __name__ == "__main__":
    main()

"""Pixel for pixel: the program beside diffusers' pipelines, with the same weights, on a small model of each family.

    scripts/parity.py                                     # all families and samplers, as a table
    scripts/parity.py --family sdxl --sampler euler --check

For each family random weights are made in diffusers' own modules, saved as diffusers saves a pipeline, and imported with
`sfumato import`. Both programs draw the same prompt and seed with the same sampler; the table gives the largest and the mean
difference of a pixel's values, in steps of 1/255. In float32 both compute in float32; in bfloat16 the program keeps latents in
float32, diffusers does not, and methods that draw fresh noise are left out, because diffusers draws it in bfloat16. The random
decoder is scaled so that pictures have contrast. --check fails if a float32 picture differs by more than 1/255 anywhere.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import diffusers
import numpy as np
import torch
from PIL import Image

from export_graphs import export
from make_tokenizer_golden import clip_tokenizer
from stable_diffusion import families

ROOT = Path(__file__).parents[1]
PROMPT, NEGATIVE_PROMPT = "a photo of a red fox in the snow, 35mm", "blurry"
SEED, STEPS, CFG_SCALE, WIDTH, HEIGHT = 7, 12, 5.0, 96, 64
CONTRAST = 0.4  # standard deviation of pixels in [-1, 1]

# As the checkpoints of each family are published.
SCHEDULES = {
    "sd1": {"prediction_type": "epsilon", "set_alpha_to_one": False},
    "sd2": {"prediction_type": "v_prediction", "set_alpha_to_one": False},
    "sdxl": {"prediction_type": "epsilon"},
}
SCHEDULE = {"num_train_timesteps": 1000, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
            "timestep_spacing": "leading", "steps_offset": 1}
PUBLISHED = {"sd1": diffusers.PNDMScheduler, "sd2": diffusers.DDIMScheduler, "sdxl": diffusers.EulerDiscreteScheduler}

KARRAS, EXPONENTIAL = {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}
# sampling method, scheduler, diffusers' class, its options, whether it draws fresh noise. lms is not here, because diffusers' asks for
# scipy; dpm++sde draws other noise, and dpm++2s_a is not diffusers'.
CASES = [
    ("ddim", "discrete", diffusers.DDIMScheduler, {"clip_sample": False}, False),
    ("pndm", "discrete", diffusers.PNDMScheduler, {"skip_prk_steps": True}, False),
    ("ddpm", "discrete", diffusers.DDPMScheduler, {"clip_sample": False}, True),
    ("euler", "discrete", diffusers.EulerDiscreteScheduler, {}, False),
    ("euler", "karras", diffusers.EulerDiscreteScheduler, KARRAS, False),
    ("euler", "exponential", diffusers.EulerDiscreteScheduler, EXPONENTIAL, False),
    ("euler_a", "discrete", diffusers.EulerAncestralDiscreteScheduler, {}, True),
    ("heun", "discrete", diffusers.HeunDiscreteScheduler, {}, False),
    ("heun", "karras", diffusers.HeunDiscreteScheduler, KARRAS, False),
    ("dpm2", "discrete", diffusers.KDPM2DiscreteScheduler, {}, False),
    ("dpm2_a", "discrete", diffusers.KDPM2AncestralDiscreteScheduler, {}, True),
    ("dpm++2m", "discrete", diffusers.DPMSolverMultistepScheduler, {}, False),
    ("dpm++2m", "karras", diffusers.DPMSolverMultistepScheduler, KARRAS, False),
    ("dpm++2m_sde", "discrete", diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}, True),
    ("dpm++2m_sde", "karras", diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"} | KARRAS, True),
    ("unipc", "discrete", diffusers.UniPCMultistepScheduler, {}, False),
    ("unipc", "karras", diffusers.UniPCMultistepScheduler, KARRAS, False),
    ("lcm", "discrete", diffusers.LCMScheduler, {"clip_sample": False}, True),
]
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def tokenizer(pad: str):
    made = clip_tokenizer(ROOT / "models" / "graphs" / "clip" / "merges.txt")
    made.pad_token, made.model_max_length = pad, families.MAX_TOKENS
    return made


def random_pipeline(name: str) -> diffusers.DiffusionPipeline:
    family = families.TINY_FAMILIES[name]
    torch.manual_seed(0)
    parts = {
        "text_encoder": families.text_encoder(family.text_encoder).eval(),
        "unet": families.unet(family.unet).eval(),
        "vae": families.autoencoder(family.autoencoder).eval(),
        "scheduler": PUBLISHED[name](**SCHEDULE, **SCHEDULES[name]),
        "tokenizer": tokenizer(pad="!" if name == "sd2" else "<|endoftext|>"),
    }
    if family.is_xl:
        second = families.text_encoder_2(family.text_encoder_2).eval()
        return diffusers.StableDiffusionXLPipeline(**parts, text_encoder_2=second, add_watermarker=False,
                                                   tokenizer_2=tokenizer(pad="!"))
    return diffusers.StableDiffusionPipeline(**parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def draw(pipeline: diffusers.DiffusionPipeline, kind: type, options: dict, latents: torch.Tensor | None = None) -> np.ndarray:
    """-> values [H, W, 3] in [0, 1], not rounded."""
    pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **options)
    return pipeline(PROMPT, negative_prompt=NEGATIVE_PROMPT, num_inference_steps=STEPS, guidance_scale=CFG_SCALE, width=WIDTH,
                    height=HEIGHT, generator=torch.Generator("cpu").manual_seed(SEED), latents=latents, output_type="np").images[0]


def give_contrast(pipeline: diffusers.DiffusionPipeline, published) -> None:
    last = pipeline.vae.decoder.conv_out
    values = draw(pipeline, type(published), {}) * 2 - 1
    last.weight.data *= CONTRAST / values.std()
    last.bias.data -= torch.as_tensor(values.mean(axis=(0, 1)), dtype=last.bias.dtype)


def draw_all_with_program(bundle: Path, cases: list, dtype: str, out: Path) -> list[np.ndarray]:
    lines = [json.dumps({"prompt": PROMPT, "negative_prompt": NEGATIVE_PROMPT, "seed": SEED, "steps": STEPS, "cfg_scale": CFG_SCALE,
                         "width": WIDTH, "height": HEIGHT, "sampling_method": method, "scheduler": scheduler})
             for method, scheduler, *_ in cases]
    subprocess.run([ROOT / "build" / "sfumato", "-f", "-", "-m", bundle, "--trust", "--device", "cpu", "--dtype", dtype, "-q",
                    "-o", f"{out}/{{line}}.png"], input="\n".join(lines), text=True, check=True, stdout=subprocess.DEVNULL)
    return [np.asarray(Image.open(out / f"{line}.png").convert("RGB"), int) for line in range(1, len(cases) + 1)]


def differences(name: str, cases: list, dtype: str, folder: Path) -> dict[int, tuple[int, float]]:
    """Of each case: the largest and the mean difference, in steps of 1/255."""
    pipeline = diffusers.DiffusionPipeline.from_pretrained(folder / name / "diffusers", torch_dtype=DTYPES[dtype], safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    published = pipeline.scheduler
    latents = None
    if dtype != "float32":  # the noise of the seed, which is another one when it is drawn in bfloat16
        shape = (1, pipeline.unet.config.in_channels, HEIGHT // 8, WIDTH // 8)
        latents = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(SEED)).to(DTYPES[dtype])
    ours = draw_all_with_program(folder / name / "bundle", cases, dtype, folder / name / dtype)
    result = {}
    for index, (_, _, kind, options, is_stochastic) in enumerate(cases):
        if is_stochastic and dtype != "float32":
            continue
        pipeline.scheduler = published
        theirs = (draw(pipeline, kind, options, latents) * 255).round().astype(int)
        difference = np.abs(theirs - ours[index])
        result[index] = (int(difference.max()), float(difference.mean()))
    return result


def prepare(name: str, folder: Path) -> None:
    """Writes FOLDER/NAME/{diffusers,bundle}: one set of weights for both programs."""
    with contextlib.redirect_stdout(sys.stderr):
        export(families.TINY_FAMILIES[name], folder / "graphs" / name, verify=False)
    pipeline = random_pipeline(name)
    pipeline.set_progress_bar_config(disable=True)
    published = pipeline.scheduler
    give_contrast(pipeline, published)
    pipeline.scheduler = published
    pipeline.save_pretrained(folder / name / "diffusers")
    subprocess.run([ROOT / "build" / "sfumato", "import", folder / name / "diffusers", "-o", folder / name / "bundle", "--dtype", "float32",
                    "--graphs", folder / "graphs" / name, "--trust", "-q"], check=True, stdout=subprocess.DEVNULL)


def table(results: dict[tuple[str, str], dict], cases: list, names: list[str], dtypes: list[str]) -> str:
    columns = [(name, dtype) for dtype in dtypes for name in names]
    lines = ["| sampler | " + " | ".join(f"{name} {dtype}" for name, dtype in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for index, (method, scheduler, *_) in enumerate(cases):
        cells = [results[column].get(index) for column in columns]
        shown = [f"{cell[0]} / {cell[1]:.3f}" if cell else "" for cell in cells]
        lines.append(f"| `{method}` {scheduler} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", choices=families.TINY_FAMILIES)
    parser.add_argument("--sampler", action="append", help="only these sampling methods")
    parser.add_argument("--dtype", action="append", choices=DTYPES)
    parser.add_argument("--check", action="store_true", help="fail if a float32 picture differs by more than 1/255")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    names, dtypes = options.family or list(families.TINY_FAMILIES), options.dtype or list(DTYPES)
    cases = [case for case in CASES if not options.sampler or case[0] in options.sampler]
    with tempfile.TemporaryDirectory() as temporary, torch.inference_mode():
        folder = Path(temporary)
        results = {}
        for name in names:
            prepare(name, folder)
            for dtype in dtypes:
                results[name, dtype] = differences(name, cases, dtype, folder)
    print(table(results, cases, names, dtypes))
    worst = max((cell[0] for (_, dtype), cells in results.items() if dtype == "float32" for cell in cells.values()), default=0)
    if options.check and worst > 1:
        sys.exit(f"A float32 picture differs by {worst}/255.")


if __name__ == "__main__":
    main()

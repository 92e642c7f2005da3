"""Compares the program with diffusers on a published model: for anyone who has its file.

    scripts/check/real_model.py v1-5-pruned-emaonly.safetensors
    scripts/check/real_model.py sd_xl_base_1.0.safetensors --steps 20 --dtype float32 | tee -a docs/parity.md

FILE is a Stable Diffusion checkpoint in one file (1.x, 2.x, XL and what is distilled from them), or a folder of diffusers. It is imported
to a temporary bundle; 4 prompts are drawn with 4 samplers by both programs, in float32 and in bfloat16, on the CPU. Nothing is downloaded:
diffusers loads FILE with the family's published configurations and with the noise schedule that the import found. Prints a Markdown
table for docs/parity.md: SHA-256 of FILE (of a folder: of the list of its weight files), and the largest and the mean difference of a
channel value over the 4 pictures, in steps of 1/255.

Exit code 1 if a float32 picture differs by more than 1/255 anywhere. bfloat16 has no bound: here latents stay float32, in diffusers they do
not. The disk must hold FILE once more; memory as for diffusers in float32: 5 GB for 1.x, 16 GB for XL.
"""

import argparse
import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path

import diffusers
import numpy as np
import torch
from PIL import Image

from check.parity import tokenizer
from export.graphs import export
from stable_diffusion import families

ROOT = Path(__file__).parents[2]
PROMPTS = ["a photo of a red fox in the snow, 35mm", "an oil painting of a lighthouse in a storm", "portrait of an old sailor, dramatic light",
           "a bowl of fruit on a wooden table"]
NEGATIVE_PROMPT, CFG_SCALE, BOUND = "blurry, low quality", 5.0, 1
SAMPLERS = {  # none of them draws fresh noise, which diffusers draws in the dtype of the latents
    ("ddim", "discrete"): (diffusers.DDIMScheduler, {"clip_sample": False}),
    ("euler", "discrete"): (diffusers.EulerDiscreteScheduler, {}),
    ("dpm++2m", "karras"): (diffusers.DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    ("unipc", "discrete"): (diffusers.UniPCMultistepScheduler, {}),
}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def sha256(path: Path) -> str:
    """Of a file; of a folder that of the list that sha256sum would print of its weight files."""
    if path.is_dir():
        files = sorted(path.rglob("*.safetensors"))
        return hashlib.sha256("".join(f"{sha256(file)}  {file.relative_to(path)}\n" for file in files).encode()).hexdigest()
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def import_model(file: Path, bundle: Path, more: list[str]) -> dict:
    """-> model.json of the new bundle. Ends the script where the program refuses the file, which says why."""
    command = [ROOT / "build" / "sfumato", "import", file, "-o", bundle, "--dtype", "given", "-q", *more]
    code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
    if code != 0:
        sys.exit(code)
    return json.loads((bundle / "model.json").read_text())


def scheduler_config(model: dict) -> dict:
    noise = model["noise_schedule"]
    stated = {key: noise[key] for key in ("beta_start", "beta_end", "beta_schedule", "prediction_type", "steps_offset", "set_alpha_to_one",
                                          "timestep_spacing", "rescale_betas_zero_snr") if key in noise}
    return {"num_train_timesteps": noise["train_steps"], **stated}


def write_configuration(family: families.Family, model: dict, folder: Path) -> None:
    """A folder as diffusers saves it, without weights."""
    parts = {"unet": ("diffusers", "UNet2DConditionModel", family.unet), "vae": ("diffusers", "AutoencoderKL", family.autoencoder),
             "text_encoder": ("transformers", "CLIPTextModel", family.text_encoder)}
    if family.is_xl:
        parts["text_encoder_2"] = ("transformers", "CLIPTextModelWithProjection", family.text_encoder_2)
    index = {"_class_name": pipeline_class(family).__name__, "_diffusers_version": diffusers.__version__,
             "scheduler": ["diffusers", "DDIMScheduler"], "tokenizer": ["transformers", "CLIPTokenizer"]}
    for part, (library, kind, config) in parts.items():
        index[part] = [library, kind]
        (folder / part).mkdir(parents=True)
        if library == "transformers":
            config = families.clip_config(config).to_dict()
        if part == "vae":
            config = config | {"scaling_factor": model["latents"]["scaling_factor"]}
        (folder / part / "config.json").write_text(json.dumps({"_class_name": kind} | config))
    tokenizer("!" if model["tokenizer"]["pad"] == 0 else "<|endoftext|>").save_pretrained(folder / "tokenizer")
    if family.is_xl:
        index |= {"tokenizer_2": ["transformers", "CLIPTokenizer"], "force_zeros_for_empty_prompt": model.get("zero_empty_negative_prompt", False)}
        tokenizer("!").save_pretrained(folder / "tokenizer_2")
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps({"_class_name": "DDIMScheduler"} | scheduler_config(model)))
    (folder / "model_index.json").write_text(json.dumps(index))


def pipeline_class(family: families.Family) -> type:
    return diffusers.StableDiffusionXLPipeline if family.is_xl else diffusers.StableDiffusionPipeline


def open_pipeline(file: Path, family: families.Family, configuration: Path, dtype: str) -> diffusers.DiffusionPipeline:
    more = {} if family.is_xl else {"safety_checker": None, "requires_safety_checker": False}
    if family.is_xl:
        more["add_watermarker"] = False
    if file.is_dir():
        pipeline = pipeline_class(family).from_pretrained(file, torch_dtype=DTYPES[dtype], local_files_only=True, **more)
    else:
        pipeline = pipeline_class(family).from_single_file(str(file), config=str(configuration), torch_dtype=DTYPES[dtype],
                                                           local_files_only=True, **more)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def draw_with_program(bundle: Path, dtype: str, size: dict, steps: int, out: Path, more: list[str]) -> list[np.ndarray]:
    """-> a picture for each sampler and prompt, in this order"""
    lines = [json.dumps({"prompt": prompt, "negative_prompt": NEGATIVE_PROMPT, "seed": seed, "steps": steps, "cfg_scale": CFG_SCALE,
                         "sampling_method": method, "scheduler": scheduler, **size})
             for method, scheduler in SAMPLERS for seed, prompt in enumerate(PROMPTS)]
    subprocess.run([ROOT / "build" / "sfumato", "-f", "-", "-m", bundle, "--device", "cpu", "--dtype", dtype, "-q", "-o", f"{out}/{{line}}.png", *more],
                   input="\n".join(lines), text=True, check=True, stdout=subprocess.DEVNULL)
    return [np.asarray(Image.open(out / f"{line}.png").convert("RGB"), int) for line in range(1, len(lines) + 1)]


def draw_with_diffusers(pipeline: diffusers.DiffusionPipeline, dtype: str, size: dict, steps: int) -> list[np.ndarray]:
    """-> the same"""
    published, pictures = pipeline.scheduler.config, []
    shape = (1, pipeline.unet.config.in_channels, size["height"] // pipeline.vae_scale_factor, size["width"] // pipeline.vae_scale_factor)
    for kind, options in SAMPLERS.values():
        for seed, prompt in enumerate(PROMPTS):
            pipeline.scheduler = kind.from_config(published, **options)
            noise = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)).to(DTYPES[dtype])
            drawn = pipeline(prompt, negative_prompt=NEGATIVE_PROMPT, num_inference_steps=steps, guidance_scale=CFG_SCALE, latents=noise,
                             output_type="np", **size).images[0]
            pictures.append((drawn * 255).round().astype(int))
    return pictures


def rows_of(title: str, dtype: str, ours: list[np.ndarray], theirs: list[np.ndarray]) -> tuple[list[str], int]:
    """-> lines of the table, and the largest difference"""
    rows, worst = [], 0
    for index, (method, scheduler) in enumerate(SAMPLERS):
        of_sampler = slice(index * len(PROMPTS), (index + 1) * len(PROMPTS))
        difference = np.abs(np.stack(ours[of_sampler]) - np.stack(theirs[of_sampler]))
        worst = max(worst, int(difference.max()))
        rows.append(f"| {title} | `{method}` {scheduler} | {dtype} | {difference.max()} | {difference.mean():.3f} |")
    return rows, worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--size", metavar="WxH", help="default: the model's own")
    parser.add_argument("--dtype", action="append", choices=DTYPES, help="default: both")
    parser.add_argument("--tiny", choices=families.TINY_FAMILIES, metavar="FAMILY", help="FILE has the small networks of scripts/export/make_checkpoint.py")
    options = parser.parse_args()
    if not options.file.exists():
        parser.error(f"{options.file}: no such file.")
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    worst = 0
    with tempfile.TemporaryDirectory() as temporary, torch.inference_mode():
        folder = Path(temporary)
        graphs, trust = [], []
        if options.tiny:
            with contextlib.redirect_stdout(sys.stderr):
                export(replace(families.TINY_FAMILIES[options.tiny], base=""), folder / "graphs", verify=False)
            graphs, trust = ["--graphs", str(folder / "graphs"), "--trust"], ["--trust"]
        model = import_model(options.file, folder / "bundle", graphs)
        name = options.tiny or model["family"]
        family = (families.TINY_FAMILIES if options.tiny else families.FAMILIES).get(name)
        if family is None or name.endswith(families.INPAINT) or not family.text_encoder:
            sys.exit(f"{options.file}: is of {name}; text-to-image models of Stable Diffusion are compared.")
        write_configuration(family, model, folder / "configuration")
        width, height = map(int, options.size.split("x")) if options.size else (model["defaults"]["width"], model["defaults"]["height"])
        size = {"width": width, "height": height}
        print(f"| file, {options.steps} steps, {width}x{height} | sampler | dtype | largest | mean |\n|---|---|---|---|---|")
        title = f"{options.file.name} (SHA-256 {sha256(options.file)})"
        for dtype in options.dtype or DTYPES:
            ours = draw_with_program(folder / "bundle", dtype, size, options.steps, folder / dtype, trust)
            theirs = draw_with_diffusers(open_pipeline(options.file, family, folder / "configuration", dtype), dtype, size, options.steps)
            rows, largest = rows_of(title, dtype, ours, theirs)
            print("\n".join(rows), flush=True)
            if dtype == "float32":
                worst = largest
    if worst > BOUND:
        sys.exit(f"A float32 picture differs by {worst}/255, and at most {BOUND}/255 is expected.")


if __name__ == "__main__":
    main()

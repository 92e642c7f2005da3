"""Compares the program with diffusers' pipelines pixel by pixel, on a small random model of each family.

    scripts/check/parity.py                                     # table of all families and samplers
    scripts/check/parity.py --family sdxl --sampler euler --check
    scripts/check/parity.py --task img2img --task inpaint       # img2img and inpainting, float32 only
    scripts/check/parity.py --task edit                         # models that edit pictures, float32 only
    scripts/check/parity.py --task refine --family sdxl         # 0.8 of the steps, then the refiner does the rest; float32 only

For each family random weights are created in diffusers' modules, saved as a diffusers pipeline, and imported with `sfumato import`.
Both programs generate the same prompt and seed with the same sampler; the table has the largest and the mean difference of a
channel value, in steps of 1/255. sdxl-zero-snr is sdxl that predicts v and ends in pure noise, with the samplers whose diffusers class
knows that. cosxl, cosxl-edit and playground-v2-5 are sdxl with EDM noise, drawn with diffusers' EDM classes. In bfloat16 the program
keeps latents in float32 and diffusers does not; samplers with fresh noise are skipped there, because diffusers draws it in bfloat16.
The random decoder is scaled so that images have contrast. For inpainting only repainted pixels are compared, and all others must equal
the input; the mask is binary, with edges between latent cells.
--check fails if a float32 image differs by more than 1/255 anywhere.
"""

import argparse
import contextlib
import dataclasses
import inspect
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

from export.graphs import export
from golden.make_tokenizer_golden import clip_tokenizer
from stable_diffusion import families

ROOT = Path(__file__).parents[2]
PROMPT, NEGATIVE_PROMPT = "a photo of a red fox in the snow, 35mm", "blurry"
SEED, STEPS, CFG_SCALE, WIDTH, HEIGHT = 7, 12, 5.0, 96, 64
STRENGTH = {"img2img": 0.6, "inpaint": 0.8}
IMAGE_CFG_SCALE = 1.7
REFINER, SWITCH = "sdxl-refiner", 0.8
CONTRAST = 0.4  # standard deviation of pixels in [-1, 1]

# The published checkpoints' scheduler_config.json. Those of Stable Diffusion 1 and 2 state no timestep_spacing, so each scheduler has its own.
SCHEDULES = {
    "sd1": {"prediction_type": "epsilon", "set_alpha_to_one": False},
    "sd2": {"prediction_type": "v_prediction", "set_alpha_to_one": False},
    "sdxl": {"prediction_type": "epsilon", "timestep_spacing": "leading"},
    "sdxl-zero-snr": {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"},
    "sd1-inpaint": {"prediction_type": "epsilon", "set_alpha_to_one": False},
    "sd2-inpaint": {"prediction_type": "epsilon", "set_alpha_to_one": False},
    "sdxl-inpaint": {"prediction_type": "epsilon", "timestep_spacing": "leading"},
    "cosxl": {"prediction_type": "v_prediction", "sigma_data": 1.0, "sigma_min": 0.002, "sigma_max": 120.0, "sigma_schedule": "exponential"},
    "playground-v2-5": {"prediction_type": "epsilon", "sigma_data": 0.5, "sigma_min": 0.002, "sigma_max": 80.0},
}
SCHEDULES["cosxl-edit"] = SCHEDULES["cosxl"]
SCHEDULE = {"num_train_timesteps": 1000, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1}
PUBLISHED = {"sd1": diffusers.PNDMScheduler, "sd2": diffusers.DDIMScheduler, "sdxl": diffusers.EulerDiscreteScheduler,
             "sd1-inpaint": diffusers.DDIMScheduler, "sd2-inpaint": diffusers.PNDMScheduler, "sdxl-inpaint": diffusers.EulerDiscreteScheduler}
ZERO_SNR = "-zero-snr"
# The classes for EDM noise, of those for Stable Diffusion's.
EDM_CLASSES = {diffusers.EulerDiscreteScheduler: diffusers.EDMEulerScheduler,
               diffusers.DPMSolverMultistepScheduler: diffusers.EDMDPMSolverMultistepScheduler}
EDM = {"cosxl": diffusers.EDMEulerScheduler, "cosxl-edit": diffusers.EDMEulerScheduler, "playground-v2-5": diffusers.EDMDPMSolverMultistepScheduler}
# Of Playground 2.5's vae/config.json.
LATENTS = {"scaling_factor": 0.5, "latents_mean": [-1.6574, 1.886, -1.383, 2.5155], "latents_std": [8.4927, 5.9022, 6.5498, 5.2299]}
FAMILIES = families.TINY_FAMILIES | {"sdxl" + ZERO_SNR: families.TINY_FAMILIES["sdxl"], "cosxl": families.TINY_FAMILIES["sdxl"],
                                     "playground-v2-5": families.TINY_FAMILIES["sdxl"],
                                     "cosxl-edit": families.TINY_FAMILIES["sdxl" + families.EDIT]}
PIPELINES = {  # by task: (one text encoder, two text encoders)
    "text": (diffusers.StableDiffusionPipeline, diffusers.StableDiffusionXLPipeline),
    "img2img": (diffusers.StableDiffusionImg2ImgPipeline, diffusers.StableDiffusionXLImg2ImgPipeline),
    "inpaint": (diffusers.StableDiffusionInpaintPipeline, diffusers.StableDiffusionXLInpaintPipeline),
    "edit": (diffusers.StableDiffusionInstructPix2PixPipeline, diffusers.StableDiffusionXLInstructPix2PixPipeline),
    "refine": (None, diffusers.StableDiffusionXLPipeline),
}

KARRAS, EXPONENTIAL = {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}
# Sampling method, scheduler, diffusers class, its options, whether it draws fresh noise. Left out: lms (diffusers' version needs
# scipy), dpm++sde (needs torchsde: tests/diffusion/kdiffusion_test.cpp), dpm++2s_a and others that diffusers does not have.
CASES = [
    ("ddim", "discrete", diffusers.DDIMScheduler, {"clip_sample": False, "set_alpha_to_one": False}, False),
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
    ("deis", "discrete", diffusers.DEISMultistepScheduler, {}, False),
    ("deis", "karras", diffusers.DEISMultistepScheduler, KARRAS, False),
    ("tcd", "discrete", diffusers.TCDScheduler, {}, True),
    ("sa_solver", "discrete", diffusers.SASolverScheduler, {}, True),
]
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def tokenizer(pad: str):
    made = clip_tokenizer(ROOT / "models" / "graphs" / "clip" / "merges.txt")
    made.pad_token, made.model_max_length = pad, families.MAX_TOKENS
    return made


def schedule_of(name: str) -> tuple[type, dict]:
    """The class and the values of the published scheduler_config.json."""
    if name in EDM:
        return EDM[name], SCHEDULES[name]
    published = FAMILIES[name].base or name.removesuffix(ZERO_SNR)
    return PUBLISHED[published], SCHEDULE | SCHEDULES[name if name in SCHEDULES else published]


def random_pipeline(name: str) -> diffusers.DiffusionPipeline:
    family = FAMILIES[name]
    kind, schedule = schedule_of(name)
    torch.manual_seed(0)
    parts = {
        "text_encoder": families.text_encoder(family.text_encoder).eval() if family.text_encoder else None,
        "unet": families.unet(family.unet).eval(),
        "vae": families.autoencoder(family.autoencoder).eval(),
        "scheduler": kind(**schedule),
        "tokenizer": tokenizer(pad="!" if name.startswith("sd2") else "<|endoftext|>") if family.text_encoder else None,
    }
    parts["unet"].register_to_config(sample_size=64)  # some pipelines read it
    if name.startswith("playground"):
        parts["vae"].register_to_config(**LATENTS)
    build = PIPELINES[own_task(name)][family.is_xl]
    if family.is_xl:
        second = families.text_encoder_2(family.text_encoder_2).eval()
        own = {"requires_aesthetics_score": True, "force_zeros_for_empty_prompt": False} if name == REFINER else {}
        pipeline = build(**parts, text_encoder_2=second, add_watermarker=False, tokenizer_2=tokenizer(pad="!"), **own)
        pipeline.is_cosxl_edit = name == "cosxl-edit"
        return pipeline
    return build(**parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def own_task(name: str) -> str:
    """The task that the family's weights are for."""
    if FAMILIES[name].unet["in_channels"] == 8:
        return "edit"
    return "inpaint" if name.endswith(families.INPAINT) else "img2img" if name == REFINER else "text"


def source_picture() -> np.ndarray:
    """-> uint8 [H, W, 3]: coloured waves"""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    waves = [np.sin(x / 7 + y / 11), np.sin(x / 5 - y / 13), np.cos(x / 17 + y / 6)]
    return np.stack([(127.5 + 120 * wave).round() for wave in waves], -1).astype(np.uint8)


def mask_picture() -> np.ndarray:
    """-> uint8 [H, W]: 255 where the image is repainted"""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.where((x - 43) ** 2 + 2 * (y - 30) ** 2 < 27 ** 2, 255, 0).astype(np.uint8)


def draw(pipeline: diffusers.DiffusionPipeline, task: str, kind: type, options: dict, latents: torch.Tensor | None = None) -> np.ndarray:
    """-> float [H, W, 3] in [0, 1], not rounded"""
    pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **options)
    given = {"latents": latents} if task == "text" else {"image": Image.fromarray(source_picture())}
    if task in STRENGTH:
        given |= {"strength": STRENGTH[task]}
    if "width" in inspect.signature(pipeline.__call__).parameters and task != "img2img":
        given |= {"width": WIDTH, "height": HEIGHT}
    if task == "edit":
        given |= {"image_guidance_scale": IMAGE_CFG_SCALE}
    if task == "inpaint":
        given |= {"mask_image": Image.fromarray(mask_picture())}
    return run(pipeline, kind, generator=torch.Generator("cpu").manual_seed(SEED), output_type="np", **given)


def run(pipeline: diffusers.DiffusionPipeline, kind: type, **given):
    if kind is diffusers.TCDScheduler:
        given |= {"eta": 0.3}  # the scheduler's own default, which pipelines replace by 0
    return pipeline(PROMPT, negative_prompt=NEGATIVE_PROMPT, num_inference_steps=STEPS, guidance_scale=CFG_SCALE, **given).images[0]


def draw_refined(base: diffusers.DiffusionPipeline, refiner: diffusers.DiffusionPipeline, kind: type, options: dict) -> np.ndarray:
    """-> as draw(); the refiner goes on from the base's latents, and its scheduler begins anew"""
    generator = torch.Generator("cpu").manual_seed(SEED)
    published = base.scheduler.config
    base.scheduler, refiner.scheduler = kind.from_config(published, **options), kind.from_config(published, **options)
    latents = run(base, kind, generator=generator, width=WIDTH, height=HEIGHT, denoising_end=SWITCH, output_type="latent")
    return run(refiner, kind, generator=generator, image=latents[None], denoising_start=SWITCH, output_type="np")


def give_contrast(pipeline: diffusers.DiffusionPipeline, name: str, published) -> None:
    last = pipeline.vae.decoder.conv_out
    values = draw(pipeline, own_task(name), type(published), {}) * 2 - 1
    last.weight.data *= CONTRAST / values.std()
    last.bias.data -= torch.as_tensor(values.mean(axis=(0, 1)), dtype=last.bias.dtype)


def draw_all_with_program(bundle: Path, task: str, cases: list, dtype: str, out: Path) -> list[np.ndarray]:
    given, flags = {}, []
    if task == "refine":
        flags = ["--refiner", f"{bundle.parent.parent / REFINER / 'bundle'}:{SWITCH}"]
    elif task != "text":
        given |= {"init_img": str(bundle.parent / "picture.png")}
        given |= {"strength": STRENGTH[task]} if task in STRENGTH else {"image_cfg_scale": IMAGE_CFG_SCALE}
        Image.fromarray(source_picture()).save(given["init_img"])
    if task == "inpaint":
        given |= {"mask": str(bundle.parent / "mask.png")}
        Image.fromarray(mask_picture()).save(given["mask"])
    lines = [json.dumps(given | {"prompt": PROMPT, "negative_prompt": NEGATIVE_PROMPT, "seed": SEED, "steps": STEPS, "cfg_scale": CFG_SCALE,
                         "width": WIDTH, "height": HEIGHT, "sampling_method": method, "scheduler": scheduler})
             for method, scheduler, *_ in cases]
    subprocess.run([ROOT / "build" / "sfumato", "-f", "-", "-m", bundle, *flags, "--trust", "--device", "cpu", "--dtype", dtype, "-q",
                    "-o", f"{out}/{{line}}.png"], input="\n".join(lines), text=True, check=True, stdout=subprocess.DEVNULL)
    return [np.asarray(Image.open(out / f"{line}.png").convert("RGB"), int) for line in range(1, len(cases) + 1)]


def case_of(name: str, case: tuple) -> tuple | None:
    """The case with the class for the family's noise; None if it has none."""
    method, scheduler, kind, options, is_stochastic = case
    if name not in EDM:
        return case
    edm_options = {key: value for key, value in options.items() if key == "algorithm_type"} | {"sigma_schedule": scheduler}
    fits = kind in EDM_CLASSES and scheduler in ("karras", "exponential")
    return (method, scheduler, EDM_CLASSES[kind], edm_options, is_stochastic) if fits else None


def differences(name: str, task: str, cases: list, dtype: str, folder: Path) -> dict[int, tuple[int, float]]:
    """-> for each case the largest and the mean difference, in steps of 1/255"""
    pipeline = diffusers.DiffusionPipeline.from_pretrained(folder / name / "diffusers", torch_dtype=DTYPES[dtype], safety_checker=None)
    refiner = None
    if task == "refine":
        refiner = diffusers.DiffusionPipeline.from_pretrained(folder / REFINER / "diffusers", torch_dtype=DTYPES[dtype], vae=pipeline.vae)
        refiner.set_progress_bar_config(disable=True)
    elif task != own_task(name):
        pipeline = PIPELINES[task][FAMILIES[name].is_xl].from_pipe(pipeline)
    pipeline.set_progress_bar_config(disable=True)
    published = pipeline.scheduler
    latents = None
    if dtype != "float32":  # the seed's noise; drawn in bfloat16 it would be another one
        shape = (1, pipeline.vae.config.latent_channels, HEIGHT // 8, WIDTH // 8)
        latents = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(SEED)).to(DTYPES[dtype])
    pipeline.is_cosxl_edit = name == "cosxl-edit"  # which no file of a folder says
    possible = {index: case for index, case in enumerate(case_of(name, case) for case in cases) if case}
    drawn = draw_all_with_program(folder / name / "bundle", task, list(possible.values()), dtype, folder / name / f"{task}-{dtype}")
    ours = dict(zip(possible, drawn, strict=True))
    result = {}
    for index, (_, _, kind, options, is_stochastic) in possible.items():
        if is_stochastic and dtype != "float32":
            continue
        if name.endswith(ZERO_SNR) and "rescale_betas_zero_snr" not in inspect.signature(kind).parameters:
            continue
        if task == "inpaint" and kind is diffusers.KDPM2DiscreteScheduler:
            continue  # diffusers blends the middle stage with noise of the next level instead of its own
        if name.endswith(families.INPAINT) and kind is diffusers.HeunDiscreteScheduler:
            continue  # diffusers' version does not converge to its Euler sampler with more steps; ours does
        if task == "refine" and kind in (diffusers.HeunDiscreteScheduler, diffusers.KDPM2DiscreteScheduler, diffusers.KDPM2AncestralDiscreteScheduler):
            continue  # diffusers cuts in the middle of a step, which the refiner then does again
        pipeline.scheduler = published
        drawn = draw_refined(pipeline, refiner, kind, options) if refiner else draw(pipeline, task, kind, options, latents)
        theirs = (drawn * 255).round().astype(int)
        difference = np.abs(theirs - ours[index])
        if task == "inpaint":
            kept = mask_picture() == 0
            assert np.array_equal(ours[index][kept], source_picture()[kept]), "what the mask keeps has changed"
            difference = difference[~kept]
        result[index] = (int(difference.max()), float(difference.mean()))
    return result


def prepare(name: str, folder: Path) -> None:
    """Writes FOLDER/NAME/{diffusers,bundle}: one set of weights for both programs."""
    with contextlib.redirect_stdout(sys.stderr):
        export(dataclasses.replace(FAMILIES[name], base=""), folder / "graphs" / name, verify=False)
    pipeline = random_pipeline(name)
    pipeline.set_progress_bar_config(disable=True)
    published = pipeline.scheduler
    give_contrast(pipeline, name, published)
    pipeline.scheduler = published
    pipeline.save_pretrained(folder / name / "diffusers")
    kind, schedule = schedule_of(name)
    config = {"_class_name": kind.__name__} | schedule  # save_pretrained() adds what a class takes by default
    (folder / name / "diffusers" / "scheduler" / "scheduler_config.json").write_text(json.dumps(config))
    subprocess.run([ROOT / "build" / "sfumato", "import", folder / name / "diffusers", "-o", folder / name / "bundle", "--dtype", "float32",
                    "--graphs", folder / "graphs" / name, "--trust", "-q"], check=True, stdout=subprocess.DEVNULL)


def table(results: dict[tuple[str, str, str], dict], cases: list) -> str:
    columns = sorted(results, key=lambda column: (list(PIPELINES).index(column[0]), column[2] != "float32"))
    titles = [" ".join([name, dtype] if task == "text" else [task, name]) for task, name, dtype in columns]
    lines = ["| sampler | " + " | ".join(titles) + " |", "|---" * (len(columns) + 1) + "|"]
    for index, (method, scheduler, *_) in enumerate(cases):
        cells = [results[column].get(index) for column in columns]
        if not any(cells):
            continue
        shown = [f"{cell[0]} / {cell[1]:.3f}" if cell else "" for cell in cells]
        lines.append(f"| `{method}` {scheduler} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", choices=FAMILIES)
    parser.add_argument("--task", action="append", choices=PIPELINES, help="default: text")
    parser.add_argument("--sampler", action="append", help="only this sampling method; repeatable")
    parser.add_argument("--dtype", action="append", choices=DTYPES)
    parser.add_argument("--check", action="store_true", help="exit code 1 if a float32 image differs by more than 1/255")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    tasks, dtypes = options.task or ["text"], options.dtype or list(DTYPES)
    names = options.family or [name for name in FAMILIES if own_task(name) in tasks or (own_task(name) == "text" and tasks != ["edit"])]
    if "refine" in tasks and names != ["sdxl"]:
        parser.error("--task refine: is for --family sdxl.")
    cases = [case for case in CASES if not options.sampler or case[0] in options.sampler]
    with tempfile.TemporaryDirectory() as temporary, torch.inference_mode():
        folder = Path(temporary)
        results = {}
        if "refine" in tasks:
            prepare(REFINER, folder)
        for name in names:
            if not (folder / name).is_dir():
                prepare(name, folder)
            for task in [task for task in tasks if task != "edit"] if own_task(name) == "text" else [own_task(name)]:
                for dtype in dtypes if task == "text" else ["float32"]:
                    results[task, name, dtype] = differences(name, task, cases, dtype, folder)
    print(table(results, cases))
    worst = max((cell[0] for (_, _, dtype), cells in results.items() if dtype == "float32" for cell in cells.values()), default=0)
    if options.check and worst > 1:
        sys.exit(f"A float32 picture differs by {worst}/255.")


if __name__ == "__main__":
    main()

"""Compares sfumato with diffusers on the default model: one image, whole process, same weights and seed, in alternation.

    scripts/bench/benchmark.py --rounds 5
    scripts/bench/benchmark.py --drawing --rounds 9     # without start and exit: the model's defaults against TASK

Each round runs both once, so that other load slows both; the table has medians and the median of the rounds' ratios.
The diffusers program is what a user would write: import, load weights from the diffusers folder layout, sample, decode, save.
The folder is exported from the bundle first. "To the first step" is the time from process start to the first denoising step.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROMPT = "a smiling cat, 3D style"
SEED, STEPS, CFG_SCALE = 42, 20, 3.0
TASK = ["--steps", str(STEPS), "--scheduler", "karras", "--sampling-method", "dpm++2m", "--cfg-scale", str(CFG_SCALE), "--dtype", "float32"]
MORE = 8  # further images, timed without start and exit


def run_sfumato(model: Path, out: Path) -> dict[str, float]:
    started = time.monotonic()
    process = subprocess.Popen([ROOT / "build" / "sfumato", PROMPT, *TASK, "-m", model, "-o", out, "--overwrite", "--json"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    first_step = None
    for line in process.stdout:
        if first_step is None and json.loads(line)["event"] == "step":
            first_step = time.monotonic() - started
    return finished(process, started) | {"first_step": first_step}


def drawing_seconds(model: Path, flags: list[str], folder: Path) -> float:
    """CPU seconds per image without start and exit, on one thread: the difference of a run of 1 + MORE images and a run of 1."""
    took = []
    for count in (1, 1 + MORE):
        process = subprocess.Popen([ROOT / "build" / "sfumato", PROMPT, *flags, "-m", model, "-b", str(count), "-t", "1", "-o", f"{folder}/",
                                    "--overwrite", "-q"], stdout=subprocess.DEVNULL)
        took.append(finished(process, 0)["processor"])
    return (took[1] - took[0]) / MORE


def compare_drawing(model: Path, rounds: int) -> None:
    runs = []
    with tempfile.TemporaryDirectory() as temporary:
        for _ in range(rounds):
            runs.append([drawing_seconds(model, flags, Path(temporary) / name) for name, flags in (("task", TASK), ("own", []))])
    ratios = [task / own for task, own in runs]
    print(f"drawing one picture, processor time of one thread: {' '.join(TASK)} {statistics.median(run[0] for run in runs):.3f} s, "
          f"the model's defaults {statistics.median(run[1] for run in runs):.3f} s, ratio {statistics.median(ratios):.1f} "
          f"({min(ratios):.1f} to {max(ratios):.1f}), {rounds} rounds.")


def run_diffusers(folder: Path, out: Path) -> dict[str, float]:
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, __file__, "--child", folder, out], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    first_step = float(process.stdout.readline()) - started
    return finished(process, started) | {"first_step": first_step}


def finished(process: subprocess.Popen, started: float) -> dict[str, float]:
    """Waits for the process -> wall seconds, CPU seconds, peak memory in MB."""
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{process.args[0]} failed with status {os.waitstatus_to_exitcode(status)}.")
    return {"wall": time.monotonic() - started, "memory": usage.ru_maxrss / 1024, "processor": usage.ru_utime + usage.ru_stime}


def child(folder: Path, out: Path) -> None:
    """The diffusers program. Prints the time of its first step."""
    import torch
    from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, UNet2DConditionModel
    from PIL import Image
    from transformers import CLIPTextModel

    from training.networks import Tokenizer

    with torch.inference_mode():
        text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32)
        unet = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32)
        vae = AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32)
        scheduler = DPMSolverMultistepScheduler.from_pretrained(folder / "scheduler", use_karras_sigmas=True)
        ids = Tokenizer(folder / "tokenizer" / "tokenizer.model")(["", PROMPT])
        words = text_encoder(input_ids=ids).last_hidden_state
        scheduler.set_timesteps(STEPS)
        latents = torch.randn(1, unet.config.in_channels, 16, 16, generator=torch.Generator().manual_seed(SEED))
        for step, timestep in enumerate(scheduler.timesteps):
            unwanted, wanted = unet(scheduler.scale_model_input(torch.cat([latents] * 2), timestep), timestep, words).sample.chunk(2)
            latents = scheduler.step(unwanted + CFG_SCALE * (wanted - unwanted), timestep, latents).prev_sample
            if step == 0:
                print(time.monotonic(), flush=True)
        pixels = vae.decode(latents / vae.config.scaling_factor).sample
        pixels = ((pixels / 2 + 0.5).clamp(0, 1) * 255).round().byte()[0].permute(1, 2, 0)
        Image.fromarray(pixels.numpy()).save(out)


def write_diffusers_folder(model: Path, folder: Path) -> None:
    import torch

    from export.bundle import Networks, write_diffusers
    from golden.make_golden import Model

    parts = Model(model)
    parts.vae.register_to_config(scaling_factor=parts.config["latents"]["scaling_factor"])
    write_diffusers(Networks(parts.text_encoder, parts.vae, parts.unet), model / parts.config["tokenizer"]["file"], torch.float16, folder)


def largest_difference(a: Path, b: Path) -> int:
    import numpy as np
    from PIL import Image

    return int(np.abs(np.asarray(Image.open(a).convert("RGB"), int) - np.asarray(Image.open(b).convert("RGB"), int)).max())


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        return child(Path(sys.argv[2]), Path(sys.argv[3]))
    if sys.argv[1:2] == ["--prepare"]:
        return write_diffusers_folder(Path(sys.argv[2]), Path(sys.argv[3]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--drawing", action="store_true", help="compare the model's defaults with 20 steps of karras in float32")
    options = parser.parse_args()
    if options.drawing:
        return compare_drawing(options.model, options.rounds)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        # In its own process: until exec, a child's peak memory includes its parent's, so this process must stay small.
        subprocess.run([sys.executable, __file__, "--prepare", options.model, folder / "diffusers"], check=True, stderr=subprocess.DEVNULL)
        ours, theirs = [], []
        for number in range(options.rounds + 1):
            mine = run_sfumato(options.model, folder / "sfumato.png")
            other = run_diffusers(folder / "diffusers", folder / "diffusers.png")
            if number > 0:  # the first round only warms the file cache
                ours.append(mine)
                theirs.append(other)
        difference = largest_difference(folder / "sfumato.png", folder / "diffusers.png")
    print("| one picture, 20 steps, 128 px, float32 | sfumato | diffusers | ratio |\n|---|---|---|---|")
    for key, name, unit in (("wall", "whole process", "s"), ("first_step", "to the first step", "s"), ("memory", "peak memory", "MB")):
        mine, other = statistics.median(run[key] for run in ours), statistics.median(run[key] for run in theirs)
        ratio = statistics.median(b[key] / a[key] for a, b in zip(ours, theirs))
        digits = 0 if unit == "MB" else 2
        print(f"| {name} | {mine:.{digits}f} {unit} | {other:.{digits}f} {unit} | {ratio:.1f} |")
    print(f"\nLargest difference of the two pictures: {difference}/255. {os.cpu_count()} cores, {options.rounds} rounds.")


if __name__ == "__main__":
    main()

"""Pictures of small random models of families that are not in tests/golden, against diffusers' own pipelines."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("diffusers")


def check(title, *arguments):
    command = [sys.executable, ROOT / "scripts" / "check" / "parity.py", *arguments, "--dtype", "float32", "--check"]
    result = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"| sampler | {title} |"), result.stdout
    return result.stdout


@pytest.mark.parametrize("family, sampler, scheduler, task", [
    ("ssd-1b", "euler", "discrete", "text"), ("bk-sdm-tiny", "ddim", "discrete", "text"), ("sdxl-zero-snr", "euler", "discrete", "text"),
    ("cosxl", "euler", "exponential", "text"), ("cosxl", "euler", "exponential", "img2img"),
    ("playground-v2-5", "dpm++2m", "karras", "text"), ("playground-v2-5", "dpm++2m", "karras", "img2img"),
    ("sd1-instruct-pix2pix", "euler", "discrete", "edit"), ("sdxl-instruct-pix2pix", "euler", "discrete", "edit"),
    ("cosxl-edit", "euler", "exponential", "edit")])
def test_a_picture_is_that_of_diffusers(family, sampler, scheduler, task):
    title = f"{family} float32" if task == "text" else f"{task} {family}"
    assert f"| `{sampler}` {scheduler} | " in check(title, "--family", family, "--sampler", sampler, "--task", task)


def test_the_refiner_goes_over_a_picture_as_in_diffusers():
    samplers = ("--sampler", "euler", "--sampler", "dpm++2m")
    assert "| `dpm++2m` karras | " in check("img2img sdxl-refiner", "--family", "sdxl-refiner", "--task", "img2img", *samplers)


def test_the_refiner_goes_on_from_the_latents_of_the_base_as_in_diffusers():
    samplers = [word for name in ("ddim", "euler", "euler_a", "dpm++2m", "unipc", "deis", "tcd") for word in ("--sampler", name)]
    table = check("refine sdxl", "--family", "sdxl", "--task", "refine", *samplers)
    for row in ("ddim` discrete", "euler` karras", "dpm++2m` karras", "unipc` discrete", "deis` discrete", "tcd` discrete"):
        assert f"| `{row} | " in table

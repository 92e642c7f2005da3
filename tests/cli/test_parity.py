"""Pictures of small random models of families that are not in tests/golden, against diffusers' own pipelines."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("diffusers")


@pytest.mark.parametrize("family, sampler, scheduler, task", [
    ("ssd-1b", "euler", "discrete", "text"), ("bk-sdm-tiny", "ddim", "discrete", "text"), ("sdxl-zero-snr", "euler", "discrete", "text"),
    ("cosxl", "euler", "exponential", "text"), ("cosxl", "euler", "exponential", "img2img"),
    ("playground-v2-5", "dpm++2m", "karras", "text"), ("playground-v2-5", "dpm++2m", "karras", "img2img"),
    ("sd1-instruct-pix2pix", "euler", "discrete", "edit"), ("sdxl-instruct-pix2pix", "euler", "discrete", "edit"),
    ("cosxl-edit", "euler", "exponential", "edit")])
def test_a_picture_is_that_of_diffusers(family, sampler, scheduler, task):
    command = [sys.executable, ROOT / "scripts" / "check" / "parity.py", "--family", family, "--sampler", sampler, "--task", task,
               "--dtype", "float32", "--check"]
    result = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    title = f"{family} float32" if task == "text" else f"{task} {family}"
    assert result.stdout.startswith(f"| sampler | {title} |") and f"| `{sampler}` {scheduler} | " in result.stdout

"""Pictures of small random models of families that are not in tests/golden, against diffusers' own pipelines."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("diffusers")


@pytest.mark.parametrize("family, sampler", [("ssd-1b", "euler"), ("bk-sdm-tiny", "ddim"), ("sdxl-zero-snr", "euler")])
def test_a_picture_is_that_of_diffusers(family, sampler):
    command = [sys.executable, ROOT / "scripts" / "check" / "parity.py", "--family", family, "--sampler", sampler, "--dtype", "float32", "--check"]
    result = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"| sampler | {family} float32 |") and f"| `{sampler}` discrete | " in result.stdout

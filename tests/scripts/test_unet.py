"""train/unet.py: its phases, and a dry run that is killed, goes on, ends and decays."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import small_folder
from PIL import Image

from train import unet
from train.unet import parse_phases, size_at

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "models" / "default"  # text encoder and autoencoder
PHASES = "64=16,128=8"  # 4 steps of 4, then 8 of 1


def test_phases():
    assert parse_phases("128=600000,256=100000") == {128: 600_000, 256: 100_000}


@pytest.mark.parametrize("text", ["", "128", "128=x", "100=1", "32=1", "128=1,", "128=-1"])
def test_phases_that_are_not_are_refused(text):
    with pytest.raises(ValueError, match="is not a size"):
        parse_phases(text)


@pytest.mark.parametrize("samples, size", [(0, 64), (9, 64), (10, 128), (29, 128), (30, 256), (99, 256)])
def test_size_of_a_phase(samples, size):
    assert size_at(samples, {64: 10, 128: 20, 256: 5}) == size


def command(folder, *options):
    words = [ROOT / "scripts" / "train" / "unet.py", "--data", folder / "data", "--text", BUNDLE, "--autoencoder", BUNDLE,
             "--out", folder / "out", "--phases", PHASES, "--tiny", "--device", "cpu", "--workers", "1", "--batch", "1", "--scenes", "2",
             "--montage", "1", *options]
    return [str(word) for word in words]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs the script's main() in this process, which has imported Torch and diffusers already -> standard output."""

    def main(*options):
        monkeypatch.setattr("sys.argv", command(tmp_path, *options))
        unet.main()
        return capsys.readouterr().out

    return main


def steps(folder):
    """Numbers of the steps logged so far; lines of validation have no learning rate."""
    path = folder / "log.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [line["step"] for line in lines if "lr" in line]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_dry_run_is_killed_goes_on_ends_and_decays(tmp_path, run):
    small_folder.make(tmp_path / "data")
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, *command(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "scripts")})
    until = time.monotonic() + 300
    while len(steps(out)) < 2 and time.monotonic() < until and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    said, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL and len(steps(out)) >= 2, said

    assert "resumed at step" in run()
    assert steps(out) == list(range(1, 13))
    last = json.loads((out / "log.jsonl").read_text().splitlines()[-1])
    assert last["samples"] == 24 and last["size"] == 128 and last["v_error_500"] > 0
    assert (out / "final" / "diffusion_pytorch_model.safetensors").is_file()
    assert Image.open(out / "montage-final.png").size == (8 * 128, 128)

    before = {name: digest(out / name) for name in ("checkpoint.pt", "log.jsonl")}
    run("--decay", "3")
    assert before == {name: digest(out / name) for name in before}
    decayed = out / "decayed-24"
    assert steps(decayed) == [1, 2, 3] and (decayed / "final" / "config.json").is_file()
    rates = [json.loads(line)["lr"] for line in (decayed / "log.jsonl").read_text().splitlines()[:3]]
    assert rates[1] == pytest.approx(rates[0] * 2 / 3) and rates[2] == pytest.approx(rates[0] / 3)


def test_without_a_run_nothing_decays(tmp_path, run):
    small_folder.make(tmp_path / "data")
    with pytest.raises(SystemExit, match=r"checkpoint.pt: no such file. Train first, then decay\."):
        run("--decay", "3")

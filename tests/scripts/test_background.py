"""train/background.sh with a trainer that only waits: start, status, pause, go, stop."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Stands for python: it says how it was called, and saves a checkpoint when it is asked to end.
TRAINER = """#!/usr/bin/env bash
out=$SFUMATO_RUNS/unet
mkdir -p "$out"
echo "$@" >"$out/arguments"
trap 'touch "$out/checkpoint.pt"; exit 75' TERM
echo '{"step": 1}' >"$out/log.jsonl"
while true; do sleep 0.05; echo tick >>"$out/ticks"; done
"""


@pytest.fixture
def background(tmp_path):
    """A checkout with the script and the trainer; what is left running ends with the test."""
    script = tmp_path / "checkout" / "scripts" / "train" / "background.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "train" / "background.sh", script)
    python = tmp_path / "checkout" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(TRAINER)
    python.chmod(0o755)
    idle = tmp_path / "bin" / "chrt"  # a busy machine would let the trainer wait
    idle.parent.mkdir()
    idle.write_text('#!/bin/sh\nshift 2\nexec "$@"\n')
    idle.chmod(0o755)
    env = os.environ | {"SFUMATO_RUNS": str(tmp_path / "runs"), "PATH": f"{idle.parent}:{os.environ['PATH']}"}
    for ready in ("data/pictures-128.npy", "words.jsonl"):
        (tmp_path / "runs" / ready).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "runs" / ready).touch()

    def run(command, script="scripts/train/background.sh", folder=tmp_path / "checkout"):
        return subprocess.run([script, command], cwd=folder, env=env, capture_output=True, text=True, timeout=150)

    yield run
    run("stop")


def wait_for(path):
    until = time.monotonic() + 60
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert path.exists()


def grows(path):
    before = path.stat().st_size
    time.sleep(1.0)
    return path.stat().st_size > before


def test_from_start_to_stop(background, tmp_path):
    unet = tmp_path / "runs" / "unet"
    assert background("status").stdout == "not running\n"
    assert background("start").stdout.startswith("background.sh: started (process group ")
    wait_for(unet / "ticks")
    assert "scripts/train/unet.py" in (unet / "arguments").read_text() and f"--out {unet}" in (unet / "arguments").read_text()
    status = background("status").stdout
    assert status.startswith("running: ") and status.endswith('{"step": 1}\n')
    assert background("start").stdout.startswith("background.sh: runs already")

    background("pause")
    time.sleep(0.3)
    assert not grows(unet / "ticks")
    background("go")
    assert grows(unet / "ticks")

    stopped = background("stop")
    assert stopped.stdout == "background.sh: stopped\n" and stopped.returncode == 0
    assert (unet / "checkpoint.pt").exists()
    assert background("status").stdout.startswith("not running\n")


def test_a_paused_run_can_be_stopped(background, tmp_path):
    background("start")
    wait_for(tmp_path / "runs" / "unet" / "ticks")
    background("pause")
    assert background("stop").stdout == "background.sh: stopped\n"


def test_a_number_that_is_another_programs_now_is_not_the_training(background, tmp_path):
    (tmp_path / "runs" / "pid").write_text(f"{os.getpid()}\n")
    assert background("status").stdout == "not running\n"
    assert background("start").stdout.startswith("background.sh: started")


def test_it_starts_from_any_folder(background, tmp_path):
    background("start", "./background.sh", tmp_path / "checkout" / "scripts" / "train")
    wait_for(tmp_path / "runs" / "unet" / "ticks")


def test_another_word_is_refused(background):
    refused = background("begin")
    assert refused.returncode == 64 and "start, pause, go, status or stop is expected" in refused.stderr

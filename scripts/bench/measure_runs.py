#!/usr/bin/env python3
"""Measures the overhead of a run: resuming a folder, and time and memory outside the sampler.

  scripts/bench/measure_runs.py resume --pictures 100000    time to resume a folder with this many finished images
  scripts/bench/measure_runs.py throughput --pictures 200   seconds and memory of a run, and the share outside sampler and VAE
"""

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / "build" / "sfumato"
MODEL = ["-m", str(ROOT / "models" / "default"), "--device", "cpu"]


def first_event(folder, name, *words):
    out = subprocess.run([BINARY, *MODEL, *words, "--json"], cwd=folder, check=True, capture_output=True, text=True).stdout
    return next(event for event in map(json.loads, out.splitlines()) if event["event"] == name)


def key_of(image, model_digest):
    """The job key, computed as in src/jobs/job.cpp, from an image event of --json."""
    options = {name: value for name, value in image.items() if name not in ("event", "index", "status", "path", "key", "origin")}
    text = json.dumps({"key_version": 1, "model": model_digest, "dtype": "float32"} | options, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest(), options


def resume(options):
    """Times a resume from a synthetic journal and files of the sizes and times it records; a resume does not read their contents."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        image = first_event(folder, "image", "a cat", "-s", "0", "--steps", "1", "-W", "64", "-H", "64", "-o", "one.png")
        digest = hashlib.sha256((ROOT / "models" / "default" / "model.json").read_bytes()).hexdigest()
        assert key_of(image, digest)[0] == image["key"]
        state = folder / "out" / ".sfumato"
        state.mkdir(parents=True)
        with open(state / "journal.elsewhere.1.1.jsonl", "w") as journal, open(folder / "prompts.txt", "w") as prompts:
            journal.write(json.dumps({"event": "opened", "time": "", "model": digest}) + "\n")
            for seed in range(options.pictures):
                key, values = key_of(image | {"seed": seed}, digest)
                name = f"{seed + 1:05}-{seed}.png"
                (folder / "out" / name).write_bytes(b"picture")
                journal.write(json.dumps({"event": "started", "time": "", "job": key}) + "\n")
                journal.write(json.dumps({"event": "done", "time": "", "job": key, "file": name, "bytes": 7, "changed":
                                          (folder / "out" / name).stat().st_mtime_ns, "sha256": "0" * 64, "values": values}) + "\n")
                prompts.write(f"a cat --seed {seed} --steps 1 -W 64 -H 64\n")
            prompts.write(f"a cat --seed {options.pictures} --steps 1 -W 64 -H 64\n")
        os.chmod(state / "journal.elsewhere.1.1.jsonl", 0o444)
        begin = time.monotonic()
        command = [BINARY, *MODEL, "-f", "prompts.txt", "-o", "out/", "--json"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if line.startswith('{"event":"start"'):
                    print(f"{options.pictures} pictures there: the first new one begins after {time.monotonic() - begin:.2f} s, "
                          f"memory {resident(process.pid):.0f} MiB")
        print(f"the run ended after {time.monotonic() - begin:.2f} s with {process.returncode}: {line.strip()}")


def resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024


def throughput(options):
    """Compares the wall time of a run with sampling and decoding alone; the difference is files and journal."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        words = ["a cat", "-b", str(options.pictures), "--steps", str(options.steps), "-t", "1", "-o", "out/", "--json", "-q"]
        memory, made = {}, 0
        with subprocess.Popen([BINARY, *MODEL, *words], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            begin = end = None
            for line in process.stdout:
                now = time.monotonic()
                if line.startswith('{"event":"start"'):
                    begin = now
                elif line.startswith('{"event":"image"'):
                    made += 1
                    if made in (20, options.pictures):
                        memory[made] = resident(process.pid)
                    end = now
        bare = bare_seconds(folder, options)
        run = end - begin
        print(f"{made} pictures of {options.steps} steps in {run:.1f} s; without files and journal {bare:.1f} s: "
              f"{(run / bare - 1) * 100:+.1f} %")
        print("memory after " + ", after ".join(f"{n}: {size:.1f} MiB" for n, size in memory.items()))


def bare_seconds(folder, options):
    """Seconds that sampling takes for the same number of images, from the steps of single-image runs."""
    begin = end = None
    words = ["a cat", "--steps", str(options.steps), "-t", "1", "-o", "x.png", "--json", "-q", "--overwrite"]
    total = 0.0
    for seed in range(options.repeats):
        with subprocess.Popen([BINARY, *MODEL, *words, "-s", str(42 + seed)], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if line.startswith('{"event":"step"'):
                    begin = begin or time.monotonic()
                    end = time.monotonic()
        total += end - begin
        begin = None
    return total / options.repeats * options.steps / (options.steps - 1) * options.pictures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["resume", "throughput"])
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="folder for the temporary images")
    options = parser.parse_args()
    {"resume": resume, "throughput": throughput}[options.what](options)


if __name__ == "__main__":
    main()

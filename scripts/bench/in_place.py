#!/usr/bin/env python3
"""Start and memory of a checkpoint in place against its bundle: the same picture of one step from both, in turns.

    scripts/bench/in_place.py FILE BUNDLE                   # BUNDLE: made of FILE by `sfumato import`
    scripts/bench/in_place.py FILE BUNDLE --dtype bfloat16 --rounds 5

Prints a row of a Markdown table: medians of the seconds of the whole run and of the largest resident memory. The caches of the
system are warm: a round of each runs first. Needs Python's standard library only."""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "build" / "sfumato"


def run(model: str, dtype: str, folder: str) -> tuple[float, float]:
    """Seconds and resident megabytes of a run."""
    command = [str(PROGRAM), "a fox", "-m", model, "--steps", "1", "--cfg-scale", "1", "--size", "64x64", "--dtype", dtype, "--device", "cpu",
               "--allow-flat", "-q", "--overwrite", "-o", f"{folder}/x.png"]
    begin = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"in_place.py: {' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("bundle")
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    models = {"in place": args.file, "bundle": args.bundle}
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in models}
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(args.rounds + 1):
            for name, model in models.items():
                measured = run(model, args.dtype, folder)
                if round_ > 0:
                    runs[name].append(measured)
    seconds = {name: statistics.median(s for s, _ in values) for name, values in runs.items()}
    memory = {name: statistics.median(m for _, m in values) for name, values in runs.items()}
    print("| model | dtype | in place | bundle | difference | memory in place | bundle | ratio |\n|---|---|--:|--:|--:|--:|--:|--:|")
    print(f"| {Path(args.file).name} | {args.dtype} | {seconds['in place']:.2f} s | {seconds['bundle']:.2f} s | "
          f"{seconds['in place'] - seconds['bundle']:+.2f} s | {memory['in place']:.0f} MB | {memory['bundle']:.0f} MB | "
          f"{memory['in place'] / memory['bundle']:.2f} |")


if __name__ == "__main__":
    main()

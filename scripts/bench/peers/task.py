"""The task of every program of scripts/bench/benchmark_sd.py, and the progress lines that a program prints."""

import os
import sys
import time
from dataclasses import astuple, dataclass

PROMPT, NEGATIVE_PROMPT = "a photo of a red fox in the snow", "blurry"
SEED, CFG_SCALE = 7, 7.5

# A duplicate, because stable-diffusion.cpp's package closes standard output while it runs.
_OUT = os.fdopen(os.dup(1), "w")


@dataclass
class Task:
    """Arguments of bench/peers/run_*.py, in this order."""

    weights: str  # file or folder that the program loads
    kind: str  # precision, or settings of the program
    size: int  # width and height in pixels
    threads: int
    steps: int
    out: str

    def words(self) -> list[str]:
        return [str(value) for value in astuple(self)]


def task() -> Task:
    weights, kind, size, threads, steps, out = sys.argv[1:]
    return Task(weights, kind, int(size), int(threads), int(steps), out)


def say(event: str) -> None:
    """Prints a timed event: `ready` when all networks are loaded, `step` after each denoising step, `picture` when the file is written."""
    print(time.monotonic(), event, file=_OUT, flush=True)

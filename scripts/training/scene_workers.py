"""Scenes drawn by several processes, for a GPU that trains faster than one thread can think of scenes.

    workers = SceneWorkers(make, processes=12)    # make(seed) -> a function that draws so many scenes
    scenes = workers(256)

Which process draws what depends on timing, so scenes are not the same at every run. Processes are forked: `make` must not
have touched the GPU.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import torch

from training.compose import Scene

Draw = Callable[[int], list[Scene]]
AT_ONCE = 16  # scenes that a process draws for one request
_draw: Draw | None = None  # of this process


def _start(make: Callable[[int], Draw], seed: int, numbers) -> None:
    global _draw
    torch.set_num_threads(1)
    with numbers.get_lock():
        numbers.value += 1
        number = numbers.value
    _draw = make(seed + 1_000_003 * number)


def _scenes(n: int) -> list[Scene]:
    return _draw(n)


class SceneWorkers:
    def __init__(self, make: Callable[[int], Draw], processes: int, seed: int = 1):
        context = multiprocessing.get_context("fork")
        numbers = context.Value("i", 0)
        self.pool = ProcessPoolExecutor(processes, context, _start, (make, seed, numbers))

    def __call__(self, n: int) -> list[Scene]:
        requests = [min(AT_ONCE, n - start) for start in range(0, n, AT_ONCE)]
        return [scene for scenes in self.pool.map(_scenes, requests) for scene in scenes]

"""How fast a training step runs, and which batch runs fastest.

Training computes three times the forward pass: once forward, twice backward.
"""

import time
from collections.abc import Callable, Iterable

import torch

Clock = Callable[[], float]  # seconds

FORWARD_GFLOP = {128: 4.1, 256: 16.4}  # of the U-Net (latent_networks.UNET), a sample
H100_PEAK = 989e12  # dense bfloat16 products, FLOP/s; H200 has the same


def samples_per_second(step: Callable[[int], object], batch: int, device: torch.device, steps: int = 20, warm_up: int = 5,
                       clock: Clock = time.monotonic) -> float:
    for _ in range(warm_up):
        step(batch)
    started = _synchronised(clock, device)
    for _ in range(steps):
        step(batch)
    return steps * batch / (_synchronised(clock, device) - started)


def fastest(step: Callable[[int], object], batches: Iterable[int], device: torch.device, size: int = 128, clock: Clock = time.monotonic) -> int:
    """Tries each batch, says what it reaches, and returns the fastest."""
    speeds = {}
    for batch in batches:
        try:
            speeds[batch] = samples_per_second(step, batch, device, clock=clock)
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            continue
        share = 3 * FORWARD_GFLOP[size] * 1e9 * speeds[batch] / H100_PEAK
        print(f"batch {batch}: {speeds[batch]:.0f} samples/s, {share:.0%} of an H100's peak", flush=True)
    return max(speeds, key=speeds.get)


def _synchronised(clock: Clock, device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return clock()

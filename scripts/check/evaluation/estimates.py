"""Values with 95 % intervals: shares with Wilson's [Wilson 1927], means and ratios of means with the normal one."""

import math
from dataclasses import dataclass

import torch

Z = 1.96  # 95 %


@dataclass(frozen=True)
class Estimate:
    value: float
    low: float
    high: float
    n: int


def share(hits: torch.Tensor) -> Estimate:
    """hits: bool [N]"""
    n, p = len(hits), hits.float().mean().item()
    centre, spread = p + Z**2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return Estimate(p, max(0.0, (centre - spread) / (1 + Z**2 / n)), min(1.0, (centre + spread) / (1 + Z**2 / n)), n)


def mean(values: torch.Tensor) -> Estimate:
    spread = Z * values.std().item() / math.sqrt(len(values))
    return Estimate(values.mean().item(), values.mean().item() - spread, values.mean().item() + spread, len(values))


def ratio(over: torch.Tensor, under: torch.Tensor) -> Estimate:
    """Of the means of two measures of the same N things; the interval is that of the linearised ratio."""
    value = (over.mean() / under.mean()).item()
    spread = Z * ((over - value * under).std() / under.mean()).item() / math.sqrt(len(over))
    return Estimate(value, value - spread, value + spread, len(over))

"""Where training computes, and how fast: device, bfloat16 autocast, compilation.

All trainers run the same way on a CPU and on CUDA; weights and optimiser stay float32.
"""

from collections.abc import Callable

import torch


def pick_device(name: str) -> torch.device:
    """'auto' is CUDA where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    return device


def computes_bfloat16(device: torch.device) -> bool:
    """Whether products of bfloat16 are faster than those of float32: CUDA, AVX512-BF16, AMX."""
    return device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()


def autocast(device: torch.device) -> torch.autocast:
    return torch.autocast(device.type, torch.bfloat16)


def compiled(function: Callable, device: torch.device, wanted: bool = True) -> Callable:
    """`function` compiled for fixed shapes on CUDA; itself on a CPU, where compiling costs more than it brings."""
    return torch.compile(function, dynamic=False) if wanted and device.type == "cuda" else function

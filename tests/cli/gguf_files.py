"""A writer of GGUF files, as stable-diffusion.cpp and ComfyUI-GGUF write them."""

import struct
from pathlib import Path

import numpy as np

F32, F16, Q8_0 = 0, 1, 8
TEXT, ARRAY, I32 = 8, 9, 5
ALIGNMENT = 32


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def q8_0(values: np.ndarray) -> tuple[bytes, np.ndarray]:
    """-> the blocks of 32 numbers, and the numbers that they stand for"""
    blocks = values.astype(np.float32).reshape(-1, 32)
    scale = (np.abs(blocks).max(axis=1, keepdims=True) / 127).astype(np.float16)
    wide = scale.astype(np.float32)
    quants = np.rint(np.divide(blocks, wide, out=np.zeros_like(blocks), where=wide != 0)).clip(-127, 127).astype(np.int8)
    packed = np.concatenate([scale.view(np.uint8), quants.view(np.uint8)], axis=1)
    return packed.tobytes(), (wide * quants).reshape(values.shape)


def write_gguf(path: Path, tensors: dict[str, np.ndarray], kind_of, reshape: bool = False, architecture: str | None = None) -> dict[str, np.ndarray]:
    """kind_of(name, values): F32, F16 or Q8_0. reshape: as ComfyUI-GGUF, rows that are not whole blocks of 256 become rows of 256.
    -> the numbers that the file stands for"""
    values, infos, data, stored = [], [], b"", {}
    if architecture:
        values.append(text("general.architecture") + struct.pack("<I", TEXT) + text(architecture))
    for name, array in tensors.items():
        shape = array.shape
        if reshape and array.ndim > 1 and array.size % 256 == 0 and shape[-1] % 256 != 0:
            values.append(text(f"comfy.gguf.orig_shape.{name}") + struct.pack("<IIQ", ARRAY, I32, len(shape)) + struct.pack(f"<{len(shape)}i", *shape))
            shape = (array.size // 256, 256)
        kind = kind_of(name, array.reshape(shape))
        if kind == Q8_0:
            packed, stored[name] = q8_0(array)
        else:
            numbers = array.astype(np.float32 if kind == F32 else np.float16)
            packed, stored[name] = numbers.tobytes(), numbers
        sides = struct.pack(f"<{len(shape)}Q", *reversed(shape))
        infos.append(text(name) + struct.pack("<I", len(shape)) + sides + struct.pack("<IQ", kind, len(data)))
        data += packed + bytes(-len(packed) % ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join(values) + b"".join(infos)
    path.write_bytes(head + bytes(-len(head) % ALIGNMENT) + data)
    return stored

"""Writes golden values of GGUF's blocks: random bytes, and the numbers that ggml's own Python package makes of them.

    pip install --require-hashes --no-deps --target FOLDER -r scripts/requirements/golden.txt
    PYTHONPATH=FOLDER scripts/golden/make_ggml_golden.py --out tests/numbers

Writes ggml_blocks.safetensors: NAME.packed uint8 [2 blocks * bytes] and NAME.numbers float32, for tests/numbers/ggml_blocks_test.cpp.
All bits of the quants are random; the scales in half precision are normal numbers.
"""

import argparse
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import save_file

BLOCKS = 2
# Where the scales in half precision lie in a block.
HALVES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2],
          "Q5_K": [0, 2], "Q6_K": [208]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    generator = np.random.default_rng(7)
    tensors = {}
    for name, places in HALVES.items():
        kind = gguf.GGMLQuantizationType[name]
        _, size = gguf.GGML_QUANT_SIZES[kind]
        blocks = generator.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
        for place in places:
            blocks[:, place:place + 2] = generator.standard_normal(BLOCKS).astype(np.float16).reshape(-1, 1).view(np.uint8)
        tensors[f"{name}.packed"] = blocks.reshape(-1)
        tensors[f"{name}.numbers"] = np.ascontiguousarray(gguf.quants.dequantize(blocks, kind).astype(np.float32).reshape(-1))
    save_file(tensors, options.out / "ggml_blocks.safetensors")


if __name__ == "__main__":
    main()

"""Converts a PyTorch checkpoint (.ckpt, .pt, .bin) to safetensors, which sfumato imports.

    scripts/export/pickle_to_safetensors.py model.ckpt model.safetensors

A pickle can contain code. This script uses torch's weights-only unpickler, which refuses everything but tensors and plain
containers; do not trust a file that it refuses. Needs torch and safetensors.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file


def tensors_in(path: Path) -> dict[str, torch.Tensor]:
    """The named tensors of a checkpoint, at its top or under `state_dict`."""
    content = torch.load(path, map_location="cpu", weights_only=True)
    content = content.get("state_dict", content)
    # clone(): safetensors refuses tensors that share memory
    return {name: value.detach().clone().contiguous() for name, value in content.items() if isinstance(value, torch.Tensor)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the pickle")
    parser.add_argument("target", type=Path, help="the .safetensors file to write")
    options = parser.parse_args()
    if options.target.exists():
        parser.error(f"{options.target}: is there already.")
    tensors = tensors_in(options.source)
    if not tensors:
        parser.error(f"{options.source}: holds no tensors.")
    save_file(tensors, options.target, metadata={"format": "pt"})
    print(f"{options.target}: {len(tensors)} tensors")


if __name__ == "__main__":
    main()

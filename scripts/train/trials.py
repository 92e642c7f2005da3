"""Trains the U-Net briefly with different recipes in turn and prints a table of validation errors.

    scripts/train/trials.py --data DATA --text TEXT --autoencoder AUTOENCODER --out OUT --minutes 10

Each recipe is a run of train/unet.py at 128 px from new weights with the same time budget and validation scenes. Lower error of v is
better. Needs an otherwise idle machine.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

UNET = Path(__file__).with_name("unet.py")
RECIPES = {
    "AdamW, batch 32, lr 4e-4": ("--batch", "32", "--lr", "4e-4"),
    "AdamW, batch 64, lr 6e-4": ("--batch", "64", "--lr", "6e-4"),
    "AdamW, batch 128, lr 8e-4": ("--batch", "128", "--lr", "8e-4"),
    "Muon, batch 64, lr 6e-4": ("--batch", "64", "--lr", "6e-4", "--optimizer", "muon"),
    "Muon, batch 32, lr 6e-4": ("--batch", "32", "--lr", "6e-4", "--optimizer", "muon"),
    "AdamW, batch 32, lr 4e-4, assigned noise": ("--batch", "32", "--lr", "4e-4", "--assigned"),
    "AdamW, batch 32, lr 8e-4": ("--batch", "32", "--lr", "8e-4"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "text", "autoencoder", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", type=int, nargs="*", help="indices of recipes, from 0")
    options, more = parser.parse_known_args()
    print("| recipe | samples | samples/s | v error 200 | 500 | 800 | 980 |\n|---|---|---|---|---|---|---|", flush=True)
    for number, (name, recipe) in enumerate(RECIPES.items()):
        if options.only and number not in options.only:
            continue
        folder = options.out / f"trial-{number}"
        command = [sys.executable, UNET, "--data", options.data, "--text", options.text, "--autoencoder", options.autoencoder, "--out", folder,
                   "--minutes", str(options.minutes), "--phases", "128=100000000", "--montage", "16", *recipe, *more]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        lines = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        errors = [lines[-1][f"v_error_{level}"] for level in (200, 500, 800, 980)]
        samples = lines[-1]["samples"]
        print(f"| {name} | {samples} | {samples / lines[-2]['elapsed']:.1f} | {' | '.join(f'{error:.4f}' for error in errors)} |", flush=True)


if __name__ == "__main__":
    main()

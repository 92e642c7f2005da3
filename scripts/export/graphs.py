"""Exports graphs of Stable Diffusion's networks without weights (docs/bundle-format.md); one set serves all checkpoints of a family.

    scripts/export/graphs.py --out models/graphs                                # sd1, sd2, sdxl, for inpainting, distilled ones
    scripts/export/graphs.py --family sd2 --tiny --out /tmp/graphs              # small networks, for tests
    scripts/export/graphs.py --config folder/of/diffusers --family mine --out models/graphs

Writes OUT/FAMILY/{text_encoder,text_encoder_2,unet,vae_decoder,vae_encoder}.ts and adds their digests to OUT/known.sha256; the
program accepts those without --trust. Of a distilled U-Net and of the refiner there is only unet.ts: their other networks are those
of sd1 or sdxl. --verify also reloads each graph with random weights and compares it with its module at
other sizes, batches and prompt lengths, which takes the memory of the real network: 3.5 GB for sd1, 10 GB for sdxl. Without it
the export takes less than 4 GB.
"""

import argparse
import hashlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch

from stable_diffusion.families import FAMILIES, TINY_FAMILIES, Family, family_of_folder, without_memory
from stable_diffusion.graphs import networks, other_examples, traced_example, wrap
from training.graphs import save_trace, verify_trace

# What the fork server imports once, for all graphs.
PRELOADED = ["diffusers.models.autoencoders.autoencoder_kl", "diffusers.models.unets.unet_2d_condition", "transformers.models.clip.modeling_clip"]


def export(family: Family, folder: Path, verify: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    for kind in ["unet"] if family.base else networks(family):
        # TorchScript numbers types over the life of a process, so each graph gets a fresh process: same network, same bytes.
        with ProcessPoolExecutor(max_workers=1, mp_context=context) as process:
            print(process.submit(export_one, kind, family, folder / f"{kind}.ts", verify).result(), flush=True)


def export_one(kind: str, family: Family, path: Path, verify: bool) -> str:
    torch.manual_seed(0)  # seeds the inputs for the comparison
    build, config, wrapper = networks(family)[kind]
    save_trace(wrap(without_memory(build, config), wrapper), traced_example(kind, family), path)
    said = f"{path}: {path.stat().st_size / 1e6:.2f} MB"
    if verify:
        worst = verify_trace(wrap(build(config), wrapper), other_examples(kind, family), path)
        said += f", differs from the module by {worst:.1g}"
    return said


def list_digests(folder: Path) -> None:
    """Updates FOLDER/known.sha256 with the graphs in its subfolders; lines of other files stay."""
    known = folder / "known.sha256"
    lines = dict(reversed(line.split("  ", 1)) for line in known.read_text().splitlines()) if known.is_file() else {}
    for path in sorted(folder.glob("*/*.ts")):
        lines[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    known.write_text("".join(f"{digest}  {name}\n" for name, digest in lines.items()), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append",
                        help="sd1, sdxl-inpaint, ssd-1b and so on; with --config the name of the new folder; default: all")
    parser.add_argument("--config", type=Path, metavar="DIR", help="diffusers folder of another architecture")
    parser.add_argument("--tiny", action="store_true", help="small networks of the same structure")
    parser.add_argument("--verify", action="store_true", help="compare each graph with its module")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.config:
        if not options.family or len(options.family) != 1:
            parser.error("--config: give the new architecture a name with --family.")
        export(family_of_folder(options.config), options.out / options.family[0], options.verify)
    else:
        families = TINY_FAMILIES if options.tiny else FAMILIES
        for name in options.family or families:
            if name not in families:
                parser.error(f"--family: {name} is not known; one of {', '.join(families)} is wanted.")
            export(families[name], options.out / name, options.verify)
    list_digests(options.out)


if __name__ == "__main__":
    main()

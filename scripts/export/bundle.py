"""Exports trained networks as a bundle, the model folder that sfumato reads (docs/bundle-format.md).

    scripts/export/bundle.py --runs runs --out models/default
    scripts/export/bundle.py --random-weights 0 --out runs/random-bundle        # untrained networks, for tests
    scripts/export/bundle.py --out models/default --diffusers runs/diffusers    # also the same weights for diffusers
    scripts/export/bundle.py --unet runs/map-unet/final --rest models/default --name sfumato-emoji-map --out models/emoji-map

Reads RUNS/tokenizer/tokenizer.model and the folders RUNS/text (or --text), RUNS/autoencoder/final and RUNS/unet/final.
With --rest only --unet and --text are replaced, and all other files are copied from that bundle; a U-Net with map input also
gets classes.json. Every graph is reloaded with its weights and compared with its module (training/graphs.py). --out is replaced
only after the whole bundle is written; LICENSE, NOTICE and *.md of an existing --out are kept.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextModel

from training.graphs import WRAPPERS, save_graph, verify_graph, weights, wrap
from training.latent_networks import DOWNSCALE, autoencoder, draws_without_map, load_autoencoder, load_unet, unet
from training.loop import replace_folder
from training.map_classes import classes_json
from training.networks import BOS, CONTEXT_LENGTH, EOS, PAD, load_text_encoder, text_encoder
from training.pieces import shards_of
from training.schedule import NOISE_SCHEDULE

FAMILY = "sfumato-small"
LICENSE = "MIT AND Apache-2.0"
TOKENIZER = {"kind": "sentencepiece", "file": "tokenizer.model", "max_tokens": CONTEXT_LENGTH, "bos": BOS, "eos": EOS, "pad": PAD}
DEFAULTS = {"width": 128, "height": 128, "steps": 5, "cfg_scale": 1.5, "sampling_method": "dpm++2m", "scheduler": "sgm_uniform",
            "dtype": "bfloat16"}
# Less guidance and fewer steps make images from maps paler: seen in three images, not measured.
MAP_DEFAULTS = {"width": 128, "height": 128, "steps": 20, "cfg_scale": 3.0, "sampling_method": "dpm++2m", "scheduler": "karras"}
DTYPES = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32}
KEPT = ("LICENSE", "NOTICE", "*.md")


@dataclass
class Networks:
    text_encoder: CLIPTextModel
    autoencoder: AutoencoderKL
    unet: UNet2DConditionModel

    def of(self, kind: str) -> nn.Module:
        return {"text_encoder": self.text_encoder, "unet": self.unet}.get(kind, self.autoencoder)


def trained_networks(runs: Path, text: Path | None) -> Networks:
    return Networks(load_text_encoder(text or runs / "text"), load_autoencoder(runs / "autoencoder" / "final"),
                    load_unet(runs / "unet" / "final"))


def in_bundle(rest: Path, text: Path | None, folder: Path | None, old_share: float) -> Networks:
    """The bundle's networks with the given text encoder and U-Net; the U-Net is old_share * old + (1 - old_share) * new."""
    networks = Networks(load_text_encoder(text or rest), load_autoencoder(rest), load_unet(folder or rest))
    if old_share > 0:
        old, new = load_unet(rest).state_dict(), networks.unet.state_dict()
        networks.unet.load_state_dict({name: old_share * old[name].float() + (1 - old_share) * new[name] for name in new})
    return networks


def random_networks(seed: int) -> Networks:
    torch.manual_seed(seed)
    networks = Networks(text_encoder(), autoencoder(), unet())
    networks.autoencoder.register_to_config(scaling_factor=0.75)
    return networks


def write_weights(stem: str, tensors: dict[str, torch.Tensor], dtype: torch.dtype, folder: Path) -> list[str]:
    """Writes `tensors` as one file STEM.safetensors, or as shards (training/pieces.py); returns the file names."""
    stored = {name: tensor.detach().to(dtype).contiguous() for name, tensor in tensors.items()}
    for name, tensor in stored.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{stem}: {name} is not finite in {dtype}. Export with --dtype bfloat16, or train again.")
    shards = shards_of(stored)
    files = [f"{stem}.safetensors"] if len(shards) == 1 else [
        f"{stem}-{part:05}-of-{len(shards):05}.safetensors" for part in range(1, len(shards) + 1)]
    for file, shard in zip(files, shards):
        save_file(shard, folder / file, metadata={"format": "pt"})
        (folder / file).chmod(0o644)  # safetensors creates files with mode 0600
    return files


def describe_files(folder: Path) -> dict[str, dict]:
    return {path.name: {"size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for path in sorted(folder.iterdir())}


def write_network(kind: str, module: nn.Module, dtype: torch.dtype, folder: Path) -> dict:
    """Writes graph and weights -> the network's entry in model.json"""
    wrapped = wrap(kind, module)
    save_graph(kind, wrapped, folder / f"{kind}.ts", CONTEXT_LENGTH)
    worst = verify_graph(kind, wrapped, folder / f"{kind}.ts", CONTEXT_LENGTH)
    tensors = weights(wrapped)
    count = sum(tensor.numel() for tensor in tensors.values())
    print(f"{kind}: {count / 1e6:.2f} M parameters, graph differs from module by {worst:.1g}", flush=True)
    return {"graph": f"{kind}.ts", "weights": write_weights(kind, tensors, dtype, folder)}


def copy_network(kind: str, bundle: Path, folder: Path) -> dict:
    """Copies a network of another bundle unchanged -> its entry in model.json"""
    entry = json.loads((bundle / "model.json").read_text(encoding="utf-8"))["networks"][kind]
    for file in (entry["graph"], *entry["weights"]):
        shutil.copyfile(bundle / file, folder / file)
    return entry


def write_bundle(networks: Networks, tokenizer: Path, name: str, dtype: torch.dtype, out: Path, spdx: str = LICENSE,
                 rest: Path | None = None, new: Collection[str] = ()) -> None:
    """rest: bundle from which all networks except `new` are copied."""
    staging = out.with_name(out.name + ".partial")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    described = {}
    for kind in WRAPPERS:
        copied = rest is not None and kind not in new
        described[kind] = copy_network(kind, rest, staging) if copied else write_network(kind, networks.of(kind), dtype, staging)
    shutil.copyfile(tokenizer, staging / "tokenizer.model")
    for pattern in KEPT:
        for page in out.glob(pattern):
            shutil.copyfile(page, staging / page.name)
    segmap, optional = {}, True
    if beside := networks.unet.config.in_channels - networks.autoencoder.config.latent_channels:
        optional = draws_without_map(networks.unet)
        segmap = {"segmap": {"classes": "classes.json", "channels": beside, **({"optional": True} if optional else {})}}
        (staging / "classes.json").write_text(classes_json(), encoding="utf-8")
    model = {
        "format": "sfumato-bundle", "format_version": 1, "name": name, "family": FAMILY, "license": spdx,
        "tokenizer": TOKENIZER,
        "networks": described,
        "conditioning_width": networks.text_encoder.config.hidden_size,
        "latents": {"channels": networks.autoencoder.config.latent_channels, "downscale": DOWNSCALE,
                    "scaling_factor": networks.autoencoder.config.scaling_factor},
        **segmap, "noise_schedule": NOISE_SCHEDULE, "defaults": MAP_DEFAULTS if segmap and not optional else DEFAULTS,
        "files": describe_files(staging),
    }
    (staging / "model.json").write_text(json.dumps(model, indent=2) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in staging.iterdir())
    replace_folder(staging, out)
    print(f"{out}: {size / 1e6:.1f} MB")


def write_diffusers(networks: Networks, tokenizer: Path, dtype: torch.dtype, out: Path) -> None:
    """The folder layout of a StableDiffusionPipeline. The tokenizer is a sentencepiece file, which diffusers does not
    load: call from_pretrained with None for tokenizer and the other absent parts, and pass prompt_embeds made with text_encoder, whose input is
    `[bos] pieces [eos] pad ...`."""
    networks.text_encoder.to(dtype).save_pretrained(out / "text_encoder")
    networks.autoencoder.to(dtype).save_pretrained(out / "vae")
    networks.unet.to(dtype).save_pretrained(out / "unet")
    noise = {key: value for key, value in NOISE_SCHEDULE.items() if key != "train_steps"}
    DDIMScheduler(num_train_timesteps=NOISE_SCHEDULE["train_steps"], clip_sample=False, **noise).save_pretrained(out / "scheduler")
    (out / "tokenizer").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(tokenizer, out / "tokenizer" / "tokenizer.model")
    index = {
        "_class_name": "StableDiffusionPipeline",
        "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": [None, None], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"], "scheduler": ["diffusers", "DDIMScheduler"],
        "safety_checker": [None, None], "feature_extractor": [None, None], "image_encoder": [None, None],
        "requires_safety_checker": False,
    }
    (out / "model_index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="output folder of the trainers")
    parser.add_argument("--out", type=Path, required=True, help="bundle folder to write or replace")
    parser.add_argument("--tokenizer", type=Path, help="default: RUNS/tokenizer/tokenizer.model")
    parser.add_argument("--name", default="sfumato-default")
    parser.add_argument("--license", default=LICENSE, help="SPDX expression for the weights")
    parser.add_argument("--dtype", choices=DTYPES, default="float16")
    parser.add_argument("--text", type=Path, metavar="DIR", help="folder of a text encoder; default: RUNS/text, or that of --rest")
    parser.add_argument("--unet", type=Path, metavar="DIR", help="folder `final` of a U-Net, to go with --rest instead of --runs")
    parser.add_argument("--old-share", type=float, default=0.0, metavar="SHARE",
                        help="share of the U-Net of --rest in the mean with --unet, which was fine-tuned from it [Wortsman et al. 2022, WiSE-FT]")
    parser.add_argument("--rest", type=Path, metavar="BUNDLE", help="bundle to copy everything else from")
    parser.add_argument("--random-weights", type=int, metavar="SEED", help="untrained networks instead of RUNS")
    parser.add_argument("--diffusers", type=Path, metavar="DIR", help="also write diffusers' folder layout")
    options = parser.parse_args()
    new = {kind for kind, folder in (("text_encoder", options.text), ("unet", options.unet)) if folder}
    if options.unet and not options.rest:
        parser.error("--unet goes with --rest, which gives everything else.")
    if options.rest and not new:
        parser.error("--rest gives what is not named: name a new network with --unet or --text.")
    if not 0 <= options.old_share < 1 or options.old_share and not options.unet:
        parser.error(f"--old-share {options.old_share}: goes with --unet, at least 0 and less than 1.")
    tokenizer = options.tokenizer or (options.rest or options.runs / "tokenizer") / "tokenizer.model"
    if not tokenizer.is_file():
        parser.error(f"{tokenizer}: no such file. Run scripts/train/tokenizer.py, or name one with --tokenizer.")
    seed = options.random_weights
    if options.rest:
        networks = in_bundle(options.rest, options.text, options.unet, options.old_share)
    else:
        networks = trained_networks(options.runs, options.text) if seed is None else random_networks(seed)
    torch.manual_seed(0)  # seeds the inputs for tracing and comparison
    write_bundle(networks, tokenizer, options.name, DTYPES[options.dtype], options.out, options.license, options.rest, new)
    if options.diffusers:
        write_diffusers(networks, tokenizer, DTYPES[options.dtype], options.diffusers)


if __name__ == "__main__":
    main()

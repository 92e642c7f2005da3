"""Trains the U-Net to predict v from noisy latents, text and time.

    scripts/train_unet.py --data data/emoji --tokenizer runs/tokenizer/tokenizer.model --text runs/text \\
        --autoencoder runs/autoencoder/final --out runs/unet --minutes 14

Latents and conditioning come from a cache on the device (training/latent_cache.py), the loss is the squared error in v
with min-SNR weights (training/schedule.py); a tenth of the captions is empty, for classifier-free guidance [Ho and
Salimans 2022]. Writes OUT/final (EMA weights, float32), OUT/log.jsonl, OUT/montage-*.png (fixed prompts, EMA
weights, 5 steps, cfg scale 1.5). Continues from OUT/checkpoint.pt.

--start goes on from a trained U-Net, with scenes of other kinds and sizes if --kinds and --sizes say so; on a CPU:

    scripts/train_unet.py --data data/emoji --tokenizer models/default/tokenizer.model --text runs/tuned-text --autoencoder models/default \\
        --start models/default --words data/words.jsonl --out runs/unet-on --minutes 80 --batch 32 --lr 3e-4 --chunk 2048
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch

from training import latent_networks
from training.dataset import Pictures, read_unseen_synonyms
from training.device import autocast, compiled, pick_device
from training.denoising import Sample, backward, prepared
from training.drawing import draw
from training.latent_cache import LatentCache
from training.loop import Ema, Loop
from training.montage import save_montage
from training.networks import Tokenizer, load_text_encoder
from training.prompts import montage_prompts
from training.scenes import KINDS, SceneSampler, parse_kinds, parse_shares
from training.schedule import TRAIN_STEPS, NoiseSchedule
from training.words import read_dictionary


@dataclass
class Defaults:
    batch: int = 512
    lr: float = 8e-4
    weight_decay: float = 0.01
    ema_decay: float = 0.999
    warmup_steps: int = 300
    caption_dropout: float = 0.1
    chunk: int = 32_768  # scenes
    chunks: int = 16
    refresh_share: float = 0.15  # of the time
    montage_every: float = 0.2  # of the budget


DEFAULTS = Defaults()
SCENES_AT_ONCE = {"cuda": 512, "cpu": 32}  # of 128 px
# Scenes of 64 px teach how things look that are half as large, for a quarter of the time; they show one thing each.
ALONE = {"white": 0.7, "colour": 0.25, "plain": 0.05}


def parse_sizes(text: str) -> dict[int, float]:
    """'64=0.4,128=0.6' -> shares of those that are more than 0"""
    return {int(size): share for size, share in parse_shares(text, ("64", "128", "256")).items() if share > 0}


def make_sample(cache: LatentCache, n: int, schedule: NoiseSchedule, empty: torch.Tensor) -> Sample:
    latents, conditioning = cache.batch(n)
    timesteps = torch.randint(0, TRAIN_STEPS, (n,), device=latents.device)
    dropped = torch.rand(n, device=latents.device) < DEFAULTS.caption_dropout
    conditioning = torch.where(dropped[:, None, None], empty.to(conditioning.dtype), conditioning)
    noise = torch.randn_like(latents)
    return Sample(schedule.add_noise(latents, noise, timesteps), timesteps, conditioning,
                  schedule.v_target(latents, noise, timesteps), schedule.min_snr_weights(timesteps))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (prepare_data.py)")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.model")
    parser.add_argument("--text", type=Path, required=True, help="folder of train_text_encoder.py")
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder `final` of train_autoencoder.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--batch", type=int, default=DEFAULTS.batch)
    parser.add_argument("--lr", type=float, default=DEFAULTS.lr)
    parser.add_argument("--chunk", type=int, default=DEFAULTS.chunk, help="scenes encoded at a time")
    parser.add_argument("--chunks", type=int, default=DEFAULTS.chunks, help="chunks alive")
    parser.add_argument("--sizes", default="128=1", metavar="PIXELS=SHARE,...",
                        help="shares of batches with scenes of 64, 128, 256 px; batches of larger scenes hold fewer, all take the same time")
    parser.add_argument("--start", type=Path, metavar="FOLDER", help="trained U-Net to go on from: a bundle, or a folder `final`")
    parser.add_argument("--kinds", metavar="KIND=SHARE,...", help=f"what scenes show: {', '.join(KINDS)}")
    parser.add_argument("--words", type=Path, help="words.jsonl (teach_words.py): captions use its words too, for a tuned text encoder")
    parser.add_argument("--montage", type=int, default=64, help="prompts in a montage, at most 64")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    try:
        sizes, kinds = parse_sizes(options.sizes), parse_kinds(options.kinds) if options.kinds else KINDS
    except ValueError as error:
        parser.error(str(error))

    device = pick_device(options.device)
    torch.manual_seed(options.seed)
    unet = prepared(latent_networks.load_unet(options.start) if options.start else latent_networks.unet(), device)
    averaged = latent_networks.unet().to(device, memory_format=torch.channels_last).eval()
    ema = Ema(unet, DEFAULTS.ema_decay)
    optimizer = torch.optim.AdamW(unet.parameters(), lr=options.lr, betas=(0.9, 0.99),
                                  weight_decay=DEFAULTS.weight_decay, fused=True)
    loop = Loop(options.out, options.minutes, optimizer, {"unet": unet, "ema": ema}, warmup_steps=DEFAULTS.warmup_steps)

    text_encoder = load_text_encoder(options.text).to(device).requires_grad_(False)
    autoencoder = latent_networks.load_autoencoder(options.autoencoder).requires_grad_(False).eval()
    autoencoder = autoencoder.to(device, memory_format=torch.channels_last)
    # a resumed run draws new scenes and noise instead of the same again
    torch.manual_seed(options.seed + loop.step)
    pictures = Pictures(options.data)
    dictionary = read_dictionary(options.words, read_unseen_synonyms(options.data)) if options.words else None

    def cache_of(size: int) -> LatentCache:
        more = (128 / size) ** 2
        sampler = SceneSampler(pictures, device, options.seed + loop.step + size, ALONE if size < 128 else kinds, dictionary)
        return LatentCache(sampler, autoencoder, text_encoder, Tokenizer(options.tokenizer), device, size,
                           int(options.chunk * more), options.chunks, max(1, int(SCENES_AT_ONCE[device.type] * more)))

    caches = {size: cache_of(size) for size in sizes}
    cache = next(iter(caches.values()))
    empty = cache.encode_text([""])
    prompts = cache.encode_text(montage_prompts(pictures)[: options.montage])
    schedule = NoiseSchedule(device)
    predict = compiled(unet, device, not options.no_compile)
    choose = Random(options.seed + loop.step)

    def montage(name: str) -> None:
        ema.copy_to(averaged)
        with autocast(device):
            pixels = draw(averaged, autoencoder, prompts, empty)
        save_montage(pixels, 8, options.out / f"montage-{name}.png")

    for _ in loop.steps():
        size = choose.choices(list(caches), list(sizes.values()))[0]
        source = caches[size]
        sample = make_sample(source, max(1, int(options.batch * (128 / size) ** 2)), schedule, empty)
        losses = backward(predict, sample)
        losses["gradient_norm"] = torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ema.update()
        loop.record(losses, samples=len(sample.timesteps))
        source.refresh_if_due(DEFAULTS.refresh_share * sizes[size])
        if loop.due("montage", DEFAULTS.montage_every):
            montage(f"{loop.fraction:.0%}".rstrip("%").zfill(3))

    montage("final")
    loop.log(scenes_encoded=sum(cache.refreshes * cache.chunk for cache in caches.values()))
    latent_networks.save_network(averaged, options.out / "final")


if __name__ == "__main__":
    main()

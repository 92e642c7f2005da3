"""Trains the U-Net in latent space, for hours on an idle CPU or minutes on a GPU.

    scripts/train/unet.py --data DATA --text TEXT --autoencoder AUTOENCODER --out OUT

DATA comes from train/prepare_data.py; TEXT and AUTOENCODER are folders of their trainers, or bundles. PHASES is the budget: the
number of samples at each size. The learning rate is constant after a warm-up [warmup-stable-decay, Hu et al. 2024]. `--decay N`
continues from OUT/checkpoint.pt for N samples while the rate falls to 0 and writes OUT/decayed-SAMPLES/final; the stable run can be
resumed afterwards, so training can end at any time.

Writes OUT/checkpoint.pt (U-Net, EMA, optimizer), log.jsonl (a line per minute; every VALIDATED samples the error of v on fixed
scenes) and montage-*.png. Checkpoints are replaced atomically, so SIGKILL costs at most ten minutes. Repeating the command resumes.
"""

import argparse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch

from training import latent_networks
from training.compose import Composer, Scene
from training.dataset import Pictures, read_unseen_synonyms
from training.denoising import Validation, backward, make_sample, prepared
from training.device import autocast, compiled, pick_device
from training.drawing import draw
from training.loop import Ema, Loop, read_checkpoint
from training.map_scenes import MapSceneSampler
from training.montage import save_montage
from training.muon import MuonWithAdamW
from training.networks import Tokenizer, load_text_encoder
from training.pieces import Pieces
from training.prompts import montage_prompts
from training.scene_cache import Encoders, SceneCache
from training.scene_workers import SceneWorkers
from training.scenes import SceneSampler
from training.schedule import NoiseSchedule
from training.speed import fastest
from training.words import read_dictionary
from training.working_copy import WorkingCopy


@dataclass
class Recipe:
    batch: int = 32
    lr: float = 6e-4
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    ema_decay: float = 0.9995
    warmup: int = 3200  # samples
    uses: float = 5.0  # of each scene
    scenes: int = 24_576  # scenes in the cache at 128 px; a quarter of that at 256 px
    first_scenes: int = 1024  # before the first step
    at_once: int = 8  # scenes encoded together, of 128 px
    workers: int = 2  # CPU threads, each for a part of the batch
    map_scenes: float = 0.05  # share of scenes made for maps (training/map_scenes.py); the others have maps too
    validation_scenes: int = 128
    validated: int = 25_000  # samples between two validations
    drawn: int = 100_000  # samples between two montages


RECIPE = Recipe()
GPU_BATCHES = (256, 512, 1024)
PHASES = {128: 600_000, 256: 100_000}  # pixels on a side -> samples


def size_at(samples: int, phases: dict[int, int]) -> int:
    """Image size in pixels after `samples` samples; the last phase has no end."""
    for size, length in phases.items():
        if samples < length:
            return size
        samples -= length
    return list(phases)[-1]


def parse_phases(text: str) -> dict[int, int]:
    """'128=600000,256=100000' -> {128: 600000, 256: 100000}"""
    phases = {}
    for word in text.split(","):
        size, _, samples = word.partition("=")
        if not (size.isdigit() and samples.isdigit()) or int(size) % 16 or not 64 <= int(size) <= 512:
            raise ValueError(f"--phases {text!r}: {word!r} is not a size (64 to 512 pixels, a multiple of 16) with its samples, such as 128=600000.")
        phases[int(size)] = int(samples)
    return phases


class Training:
    """The networks, the scenes and the loop of one run."""

    def __init__(self, options: argparse.Namespace):
        self.options, self.device = options, pick_device(options.device)
        self.phases = parse_phases(options.phases)
        torch.manual_seed(options.seed)
        self.unet = prepared(latent_networks.unet(options.tiny), self.device)
        self.averaged = latent_networks.unet(options.tiny).to(self.device, memory_format=torch.channels_last).eval()
        self.ema = Ema(self.unet, RECIPE.ema_decay)
        self.working = WorkingCopy(self.unet, self.device)
        make, more = (MuonWithAdamW, {}) if options.optimizer == "muon" else (torch.optim.AdamW, {"fused": True})
        optimizer = make(self.unet.parameters(), lr=options.lr, betas=RECIPE.betas, weight_decay=RECIPE.weight_decay, **more)
        state = {"unet": self.unet, "ema": self.ema}
        self.loop = self._loop(options.out, optimizer, state)

        self.working.take_weights()
        workers = options.workers if self.device.type == "cpu" else 1
        # With other load on the machine, one thread per part of the batch is faster than threads within each operation.
        self.pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))
        self.parts_of_batch = workers
        self.pieces = Pieces(options.pieces) if options.pieces else None

        tokenizer = Tokenizer(options.tokenizer or options.text / "tokenizer.model")
        autoencoder = latent_networks.load_autoencoder(options.autoencoder).requires_grad_(False).eval().to(self.device, memory_format=torch.channels_last)
        self.encoders = Encoders(autoencoder, load_text_encoder(options.text).to(self.device).requires_grad_(False), tokenizer, self.device)
        self.pictures = Pictures(options.data)
        self.schedule = NoiseSchedule(self.device)
        self.empty = self.encoders.encode_text([""])
        self.dictionary = read_dictionary(options.words, read_unseen_synonyms(options.data)) if options.words else None
        torch.manual_seed(options.seed + self.loop.step)  # so that a resumed run draws new scenes and noise
        self.cache = self._cache(self.size, options.seed + 1 + self.loop.step, RECIPE.scenes, options.scene_processes)
        self.validation = self._validation()

    def _loop(self, out: Path, optimizer: torch.optim.Optimizer, state: dict) -> Loop:
        tiny = self.options.tiny
        common = {"log_every": float("inf"), "log_seconds": 0.0 if tiny else 60.0, "checkpoint_minutes": 0.0 if tiny else 10.0}
        if not self.options.decay:
            warmup = RECIPE.warmup // self.options.batch if self.options.batch else 0
            return Loop(out, self.options.minutes, optimizer, state, shape="constant", warmup_steps=warmup,
                        samples_budget=sum(self.phases.values()), **common)
        # The stable run is only read; the decay has its own checkpoint.
        if not (out / "checkpoint.pt").is_file():
            raise SystemExit(f"{out}/checkpoint.pt: no such file. Train first, then decay.")
        self.samples_before = read_checkpoint(out / "checkpoint.pt", {"optimizer": optimizer, **state})["samples"]
        return Loop(out / f"decayed-{self.samples_before}", self.options.minutes, optimizer, state, shape="linear", warmup_steps=0,
                    samples_budget=self.options.decay, **common)

    @property
    def size(self) -> int:
        return size_at(self.samples_before if self.options.decay else self.loop.samples, self.phases)

    def _cache(self, size: int, seed: int, scenes: int, processes: int = 0) -> SceneCache:
        draw_scenes = SceneWorkers(self._scene_source, processes, seed) if processes else self._scene_source(seed)
        smaller = (128 / size) ** 2
        at_once = min(max(1, round((RECIPE.at_once if self.device.type == "cpu" else 256) * smaller)), scenes)
        return SceneCache(draw_scenes, Composer(self.pictures, self.device), self.encoders, size, int(scenes * smaller), at_once)

    def _scene_source(self, seed: int) -> Callable[[int], list[Scene]]:
        sampler = SceneSampler(self.pictures, "cpu", seed, dictionary=self.dictionary)
        maps = None if self.pictures.is_users else MapSceneSampler(self.pictures, "cpu", seed)
        choose = Random(seed)

        def draw_scenes(n: int) -> list[Scene]:
            of_maps = sum(choose.random() < RECIPE.map_scenes for _ in range(n)) if maps else 0
            return sampler.scenes(n - of_maps) + (maps.scenes(of_maps) if maps else [])

        return draw_scenes

    def _validation(self) -> Validation:
        """Validation scenes: not in training, and the same in every run."""
        scenes = min(RECIPE.validation_scenes, self.options.scenes or RECIPE.validation_scenes)
        cache = self._cache(128, 0, scenes)
        cache.fill(scenes)
        generator = torch.random.get_rng_state()
        torch.manual_seed(0)
        batch = cache.batch(scenes)
        torch.random.set_rng_state(generator)
        return Validation(batch, self.schedule)

    def run(self) -> None:
        options, loop = self.options, self.loop
        predict = compiled(self.working.network, self.device, not options.no_compile)
        self._fill()
        if options.batch == 0:
            options.batch = fastest(lambda n: self._step(predict, n), GPU_BATCHES, self.device)
        owed, coming = 0.0, None  # new scenes: number due, and those in progress
        for _ in loop.steps():
            if self.size != self.cache.size:
                self.cache, coming = self._cache(self.size, options.seed + loop.step, RECIPE.scenes, options.scene_processes), None
                self._fill()
            n = max(1, round(options.batch * (128 / self.size) ** 2))
            losses = self._step(predict, n)
            before = loop.samples
            loop.record(losses, samples=n)
            owed += n / RECIPE.uses
            if coming and coming.done():
                self.cache.put(coming.result())
                coming = None
            if not coming and owed >= self.cache.at_once:
                coming = self.pool.submit(self.cache.make, self.cache.at_once)
                owed -= self.cache.at_once
            self._report(before, loop.samples)
            if self.pieces:
                self.pieces.write_if_due(self.ema.weights)
        self._finish()

    def _fill(self) -> None:
        first = min(self.options.scenes or RECIPE.first_scenes, RECIPE.first_scenes)
        self.pool.submit(self.cache.fill, int(first * (128 / self.cache.size) ** 2)).result()

    def _step(self, predict: Callable, n: int) -> dict[str, torch.Tensor]:
        sample = make_sample(self.cache.batch(n), self.schedule, self.empty, self.options.assigned)
        share = -(-n // self.parts_of_batch)
        running = [self.pool.submit(backward, predict, sample, self.working.dtype, slice(start, start + share)) for start in range(0, n, share)]
        results = [future.result() for future in running]
        losses = {name: sum(result[name] for result in results) for name in results[0]}
        self.working.give_gradients()
        losses["gradient_norm"] = torch.nn.utils.clip_grad_norm_(self.unet.parameters(), 1.0)
        self.loop.optimizer.step()
        self.working.take_weights()
        if self.working.network is self.unet:
            self.loop.optimizer.zero_grad(set_to_none=True)
        self.ema.update()
        return losses

    def _report(self, before: int, after: int) -> None:
        if before // RECIPE.validated != after // RECIPE.validated:
            self.ema.copy_to(self.averaged)
            self.loop.log(size=self.cache.size, **self.validation(self.averaged))
        if before // RECIPE.drawn != after // RECIPE.drawn:
            self.montage(self.averaged, f"{after // 1000:05}k")

    def _finish(self) -> None:
        """Writes the final weights: after a decay to rate 0 the last ones, which are better than their average, else the EMA."""
        if self.options.decay:
            self.averaged.load_state_dict(self.unet.state_dict())
        else:
            self.ema.copy_to(self.averaged)
        self.loop.log(size=self.cache.size, **self.validation(self.averaged))
        self.montage(self.averaged, "final")
        if self.pieces:
            self.pieces.write(self.averaged.state_dict())
        latent_networks.save_network(self.averaged, self.loop.out / "final")

    def montage(self, unet: torch.nn.Module, name: str) -> None:
        prompts = self.encoders.encode_text(montage_prompts(self.pictures)[: self.options.montage])
        with autocast(self.device):
            pixels = draw(unet, self.encoders.autoencoder, prompts, self.empty, size=self.cache.size)
        save_montage(pixels, 8, self.loop.out / f"montage-{name}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--text", type=Path, required=True, help="folder of a text encoder, or a bundle")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.model; default: that of --text")
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder of an autoencoder, or a bundle")
    parser.add_argument("--words", type=Path, help="words.jsonl (train/teach_words.py), whose words captions use too")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--phases", default=",".join(f"{size}={samples}" for size, samples in PHASES.items()), metavar="PIXELS=SAMPLES,...")
    parser.add_argument("--decay", type=int, default=0, metavar="SAMPLES", help="decay the run so far over this number of samples")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="time limit over all runs")
    parser.add_argument("--batch", type=int, default=RECIPE.batch,
                        help="batch size at 128 px, smaller at larger sizes; 0 selects the fastest on a GPU")
    parser.add_argument("--pieces", type=Path, metavar="FOLDER", help="also write the EMA weights there each minute, in files under 16 MiB")
    parser.add_argument("--lr", type=float, default=RECIPE.lr)
    parser.add_argument("--workers", type=int, default=RECIPE.workers, help="CPU threads")
    parser.add_argument("--optimizer", choices=("adamw", "muon"), default="adamw")
    parser.add_argument("--assigned", action="store_true", help="assign noise to the nearest latents of the batch")
    parser.add_argument("--scenes", type=int, help="scenes before the first step, and for validation")
    parser.add_argument("--montage", type=int, default=64, help="prompts in a montage, at most 64")
    parser.add_argument("--tiny", action="store_true", help="a dry run: a small U-Net, a log line and a checkpoint at every step")
    parser.add_argument("--scene-processes", type=int, default=0, help="processes that compose scenes, for a GPU")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    try:
        parse_phases(options.phases)
    except ValueError as error:
        parser.error(str(error))
    Training(options).run()


if __name__ == "__main__":
    main()

"""Drawings of seen captions beside the training pictures of these captions: PSNR, sharpness, error of v.

Only captions of which training has a single picture are compared.
"""

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from check.evaluation.alignment import aligned_psnr
from check.evaluation.answers import SIDE, at_side
from check.evaluation.estimates import Estimate, mean, ratio
from check.evaluation.measures import laplacian_energy, psnr
from check.evaluation.questions import Questions
from training.captions import fixed_caption
from training.compose import Scene, Thing
from training.denoising import sample_at
from training.device import autocast
from training.latent_networks import LATENT_CHANNELS, moments
from training.scene_cache import Encoders
from training.schedule import NoiseSchedule

LEVELS = (200, 500, 800, 980)  # timesteps
CAPTIONS = 96  # at which the error of v is measured
AT_ONCE = 32


@torch.no_grad()
def through(autoencoder: AutoencoderKL, pixels: torch.Tensor) -> torch.Tensor:
    """Encoded and decoded; [N, 3, H, W] in [-1, 1]"""
    return torch.cat([autoencoder.decode(moments(autoencoder, part)[0]).sample.float() for part in pixels.split(16)]).clamp(-1, 1)


def copies(questions: Questions, drawn: torch.Tensor, autoencoder: AutoencoderKL) -> dict[str, Estimate]:
    """drawn: of questions.of["seen"], [N, 3, H, W]. Sharpness is compared at the size that is drawn, PSNR at 128 px."""
    places = [place for place, question in enumerate(questions.of["seen"]) if question.rows[0] in questions.sole]
    rows, drawn = [questions.of["seen"][place].rows[0] for place in places], drawn[places]
    rgba = torch.from_numpy(questions.pictures.pixels[rows]).permute(0, 3, 1, 2).float() / 255
    mirrors = torch.tensor([questions.sampler.mirrors(row) for row in rows])
    decoded = through(autoencoder, plain(questions, rows, drawn.shape[-1]))
    return {"seen captions: PSNR, aligned": mean(aligned_psnr(at_side(drawn), rgba, mirrors)),
            "sharpness against the autoencoder's": ratio(laplacian_energy(drawn), laplacian_energy(decoded))}


def copies_of_autoencoder(questions: Questions, autoencoder: AutoencoderKL) -> dict[str, Estimate]:
    """The most that `copies` can find."""
    pixels = plain(questions, [question.rows[0] for question in questions.of["seen"] if question.rows[0] in questions.sole], SIDE)
    return {"seen captions: PSNR, aligned": mean(psnr(through(autoencoder, pixels), pixels))}


def plain(questions: Questions, rows: list[int], size: int) -> torch.Tensor:
    """The pictures as they are, on white: [N, 3, size, size] in [-1, 1]"""
    return questions.sampler.composer.compose([Scene("", [Thing(row)]) for row in rows], size)[0]


@torch.no_grad()
def v_errors(unet: UNet2DConditionModel, encoders: Encoders, questions: Questions, size: int = SIDE) -> dict[str, Estimate]:
    """Mean squared error of v on plain pictures of seen captions, with one noise for each picture. Bundles of other latents have other
    targets: the errors are shares of the targets' variance only as far as latents have about unit variance."""
    pictures = questions.pictures
    rows = questions.shuffled(sorted(row for row in questions.sole if not pictures.rows[row].held_out), "v errors")[:CAPTIONS]
    latents = torch.cat([encoders.encode_pixels(part.to(encoders.device))[0] for part in plain(questions, rows, size).split(AT_ONCE)])
    texts = encoders.encode_text([fixed_caption(pictures.rows[row], pictures.subjects[pictures.rows[row].subject]) for row in rows])
    noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(0)).to(latents.device)
    shares = latents.new_zeros(len(latents), unet.config.in_channels - LATENT_CHANNELS, *latents.shape[2:])
    schedule, found = NoiseSchedule(latents.device), {}
    for level in LEVELS:
        errors = []
        for part in torch.arange(len(rows)).split(AT_ONCE):
            sample = sample_at(latents[part], noise[part], torch.full((len(part),), level, device=latents.device), texts[part], shares[part], schedule)
            with autocast(latents.device):
                predicted = unet(sample.noisy, sample.timesteps, sample.conditioning, return_dict=False)[0].float()
            errors.append((predicted - sample.target).square().mean(dim=(1, 2, 3)).cpu())
        found[f"error of v at t = {level}, seen captions"] = mean(torch.cat(errors))
    return found

"""What evaluation asks, measures and writes; no network is trained and no program built for it."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from evaluation.measures import background_error, both_found, half, mean, perceptual_distance, psnr, share
from evaluation.program import Program
from evaluation.questions import Question, Questions
from evaluation.report import Line, sheet, table
from training.dataset import Picture, Pictures, Subject, write_descriptions
from training.judge import Judge
from training.latent_networks import autoencoder, load_autoencoder

NAMES = ("apple", "boat", "cat", "dog", "egg", "fox")


@pytest.fixture
def pictures(tmp_path):
    """Six subjects in two styles; of "fox" the flat picture is held out; all have a clear border."""
    rows = [Picture(str(index), style, name, [f"{name} one", f"{name} two"], group=1, subject=index,
                    held_out=(name, style) == ("fox", "flat"))
            for index, name in enumerate(NAMES) for style in ("3d", "flat")]
    write_descriptions(tmp_path, rows, [Subject(str(i), name, group=1) for i, name in enumerate(NAMES)], {"feline": [2]})
    np.save(tmp_path / "pictures-128.npy", np.zeros((12, 128, 128, 4), np.uint8))
    return Pictures(tmp_path)


def test_questions(pictures):
    first, again = (Questions(pictures, 8).of for _ in range(2))
    assert first == again
    assert first["held_out"] == [Question("fox, flat style", 0, (5,), "flat")]
    assert len(first["seen"]) == 8 and "fox, flat style" not in [question.prompt for question in first["seen"]]
    assert first["synonyms"] == [Question("feline, 3d style", 0, (2,), "3d")]
    assert all("one, " in f"{question.prompt}, " and "two" in question.prompt for question in first["tags"])
    assert all(f" {question.colour} background" in question.prompt for question in first["background"])
    assert [question.relation for question in first["pair"]][:3] == ["beside", "left", "above"]
    assert all(len(set(question.subjects)) == 2 for question in first["pair"])


def test_estimates():
    estimate = share(torch.tensor([True] * 8 + [False] * 2))  # Wilson's interval of 8 of 10
    assert (estimate.value, estimate.n) == (pytest.approx(0.8), 10)
    assert (estimate.low, estimate.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    estimate = mean(torch.tensor([1.0, 3.0]))  # 2 +- 1.96 sqrt(2) / sqrt(2)
    assert (estimate.low, estimate.high) == (pytest.approx(0.04), pytest.approx(3.96))


def test_background():
    picture = torch.full((3, 128, 128), -1.0)
    picture[:, 20:-20, 20:-20] = 1.0
    assert background_error(picture, "black") == 0.0
    assert background_error(picture, "grey") == pytest.approx(128 / 255)


def test_psnr():
    pixels = torch.zeros(1, 3, 4, 4)
    assert psnr(pixels + 0.2, pixels).tolist() == pytest.approx([20.0])


def test_halves():
    picture = torch.zeros(3, 128, 128)
    picture[:, 32:96, :64] = 1.0
    assert half(picture, (0.25, 0.5)).min() == 1.0 and half(picture, (0.75, 0.5)).max() == 0.0


class BrightnessJudge(torch.nn.Module):
    """Of twelve subjects the brightest pictures look like 0, grey ones like 6, dark ones like 11."""

    def forward(self, pixels):
        subject = (1 - pixels.mean(dim=(1, 2, 3))) / 2 * 11
        return -(torch.arange(12)[None] - subject[:, None]).abs(), torch.zeros(len(pixels), 3)


def test_two_things_in_order():
    picture = torch.full((3, 128, 128), -1.0)
    picture[..., :64] = 1.0
    asked = [Question("", 0, subjects, relation=relation)
             for relation in ("left", "beside") for subjects in ((0, 11), (11, 0), (0, 5))]
    assert both_found(BrightnessJudge(), asked, picture.expand(6, -1, -1, -1)).tolist() == [True, False, False, True, True, False]


def test_perceptual_distance():
    torch.manual_seed(0)
    judge, pixels = Judge(subjects=3, widths=(8, 8), blocks=1).eval(), torch.rand(4, 3, 32, 32)
    assert perceptual_distance(judge, pixels, pixels).tolist() == [0.0] * 4
    assert perceptual_distance(judge, pixels.roll(1, 0), pixels).mean().item() == pytest.approx(1.0, rel=1e-4)


def test_table():
    lines = [Line("seen", "80 %", share(torch.tensor([True] * 8 + [False] * 2))), Line("PSNR", "28 dB", mean(torch.tensor([28.0, 29.0])), "dB")]
    assert table(lines).splitlines()[2:] == ["| seen | 80 % | 80 % [49 %, 94 %] | 10 |", "| PSNR | 28 dB | 28.5 [27.5, 29.5] dB | 2 |"]


def test_sheet(tmp_path):
    sheet(torch.zeros(3, 3, 16, 16), 2, tmp_path / "a.jpg", gap_every=1)
    assert Image.open(tmp_path / "a.jpg").size == (36, 32)


def test_drawn_pictures_are_kept(tmp_path):
    (tmp_path / "model.json").write_text("{}")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho \"$@\" >> {tmp_path}/calls\nfor last; do :; done\ncp {tmp_path}/picture.png \"$last\"\n")
    program.chmod(0o755)
    Image.new("RGB", (128, 128), "white").save(tmp_path / "picture.png")
    for _ in range(2):
        drawn = Program(program, tmp_path, tmp_path / "work", trust=False).draw([Question("a cat", 7)])
    assert drawn.shape == (1, 3, 128, 128) and drawn.min() == 1.0
    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) == 1 and "--prompt a cat --seed 7" in calls[0] and "--trust" not in calls[0]


def test_the_autoencoder_comes_out_of_a_bundle(tmp_path):
    (tmp_path / "bundle").mkdir()
    networks = autoencoder()
    for part in ("encoder", "decoder"):
        save_file({name: tensor.contiguous() for name, tensor in networks.state_dict().items()
                   if name.startswith((part, "quant" if part == "encoder" else "post_quant"))}, tmp_path / "bundle" / f"vae_{part}.safetensors")
    described = {f"vae_{part}": {"weights": [f"vae_{part}.safetensors"]} for part in ("encoder", "decoder")}
    (tmp_path / "bundle" / "model.json").write_text(json.dumps({"networks": described, "latents": {"scaling_factor": 0.5}}))
    loaded = load_autoencoder(tmp_path / "bundle")
    assert loaded.config.scaling_factor == 0.5
    torch.testing.assert_close(loaded.decoder.conv_in.weight, networks.decoder.conv_in.weight)

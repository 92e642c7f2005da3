"""What evaluation asks, measures and writes; no network is trained and no program built for it."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from check.evaluate import beside_nearest
from check.evaluation.estimates import Estimate, mean, ratio, share
from check.evaluation.measures import background_error, foreground, laplacian_energy, psnr
from check.evaluation.program import Program
from check.evaluation.question import Question
from check.evaluation.questions import Questions
from check.evaluation.report import read_results, sheet, table, write_results
from check.evaluation.strangers import sheet_with_prompts, strangers, wrapped
from check.evaluation.verdicts import both_found, diversity, found_in_scene, perceptual_distance, square
from train.measure import COLUMNS, head, questions_of, row
from training.colours import to_oklab
from training.dataset import Picture, Pictures, Subject, write_descriptions
from training.judge import Judge
from training.judge_pictures import LabelledPictures, hue_turned, varied
from training.latent_networks import autoencoder, load_autoencoder

NAMES = ("apple", "boat", "cat", "dog", "egg", "fox")
RED_LAB = (0.597, 0.193, 0.104)  # of (230, 40, 40) in Oklab


@pytest.fixture
def pictures(tmp_path):
    """Six subjects in two styles, red discs all; of "fox" the flat picture is held out. A person with a ready caption has the last row."""
    rows = [Picture(name, style, name, [f"{name} one", f"{name} two"], group=3, subject=index, held_out=(name, style) == ("fox", "flat"))
            for index, name in enumerate(NAMES) for style in ("3d", "flat")]
    rows.append(Picture("avatar-1", "", "person", subject=6, captions=["a person with a hat"]))
    subjects = [Subject(name, name, group=3) for name in NAMES] + [Subject("avatar-1", "person")]
    write_descriptions(tmp_path, rows, subjects, {"feline": [2]})
    for size in (128, 256):
        y, x = np.mgrid[:size, :size] / size - 0.5
        disc = np.zeros((size, size, 4), np.uint8)
        disc[x**2 + y**2 < 0.4**2] = (230, 40, 40, 255)
        np.save(tmp_path / f"pictures-{size}.npy", np.stack([disc] * len(rows)))
    np.save(tmp_path / "boxes.npy", np.full((len(rows), 4), (0.1, 0.1, 0.9, 0.9), np.float32))
    np.save(tmp_path / "main_colours.npy", np.tile(np.array([*RED_LAB, 1.0], np.float32), (len(rows), 1)))
    return Pictures(tmp_path)


def test_questions(pictures, monkeypatch):
    monkeypatch.setattr("check.evaluation.questions.is_held_out_alone", lambda hexcode, style: True)
    first, again = (Questions(pictures, 8).of for _ in range(2))
    assert first == again
    assert first["held_out"] == [Question("fox, flat style", 0, (5,), "flat", rows=(11,))]
    assert len(first["seen"]) == 8 and "fox, flat style" not in [question.prompt for question in first["seen"]]
    assert first["synonyms"] == [Question("feline, 3d style", 0, (2,), "3d")]
    assert all("one, " in f"{question.prompt}, " and "two" in question.prompt for question in first["tags"])
    assert all(f" {question.background} background" in question.prompt for question in first["background"])
    assert [question.relation for question in first["pair"]][:3] == ["beside", "left", "above"]
    assert all(len(set(question.subjects)) == 2 and " to the left of " in question.prompt for question in first["order"])
    assert [question.style for question in first["hands"]] == ["3d", "flat"] * 2
    assert all(6 not in question.subjects for asked in first.values() for question in asked)  # it has a ready caption


def test_questions_about_more_than_names(pictures):
    asked = Questions(pictures, 8).of
    assert len(asked["colour"]) == 4
    assert all(question.prompt.split(" ", 1)[1].startswith(question.colour) and question.colour not in ("red", "white") for question in asked["colour"])
    assert [question.count for question in asked["count"]] == [2, 3, 4, 2]
    assert [question.prompt.split()[0] for question in asked["count"]] == ["two", "three", "four", "two"]
    assert [question.ground[0] for question in asked["scene"]] == ["beach", "sea", "grass", "snow"]
    assert [question.prompt[:12] for question in asked["letter"]] == ["the letter A", "the letter B", "the letter C", "the letter D"]
    assert [question.seed for question in asked["diversity"][:9]] == [0, 1, 2, 3, 4, 5, 6, 7, 0]


def test_styles_bound_the_questions(pictures):
    asked = Questions(pictures, 8, ["3d"]).of
    assert {question.style for kind in ("seen", "pair", "colour", "scene") for question in asked[kind]} == {"3d"}
    assert asked["held_out"] == []
    assert set(Questions(pictures, 8, kinds=["seen", "letter"]).of) == {"seen", "letter"}


def test_pairs_that_the_first_models_saw_are_not_asked_for(pictures, monkeypatch):
    monkeypatch.setattr("check.evaluation.questions.is_held_out_alone", lambda hexcode, style: style != "flat")
    assert Questions(pictures, 8, kinds=["held_out"]).of["held_out"] == []


def test_estimates():
    estimate = share(torch.tensor([True] * 8 + [False] * 2))  # Wilson's interval of 8 of 10
    assert (estimate.value, estimate.n) == (pytest.approx(0.8), 10)
    assert (estimate.low, estimate.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    estimate = mean(torch.tensor([1.0, 3.0]))  # 2 +- 1.96 sqrt(2) / sqrt(2)
    assert (estimate.low, estimate.high) == (pytest.approx(0.04), pytest.approx(3.96))
    estimate = ratio(torch.tensor([1.0, 3.0]), torch.tensor([4.0, 4.0]))  # 0.5 +- 1.96 sqrt(2) / 4 / sqrt(2)
    assert (estimate.value, estimate.low, estimate.high) == (pytest.approx(0.5), pytest.approx(0.01), pytest.approx(0.99))


def test_background():
    picture = torch.full((3, 128, 128), -1.0)
    picture[:, 20:-20, 20:-20] = 1.0
    assert background_error(picture, "black") == 0.0
    assert background_error(picture, "grey") == pytest.approx(128 / 255)
    assert foreground(picture).sum() == 88 * 88


def test_psnr():
    pixels = torch.zeros(1, 3, 4, 4)
    assert psnr(pixels + 0.2, pixels).tolist() == pytest.approx([20.0])


def test_sharpness():
    pixels = torch.zeros(2, 3, 8, 8)
    pixels[1, :, 4, 4] = 0.5  # its Laplacian: -2, and 0.5 at four neighbours
    assert laplacian_energy(pixels).tolist() == pytest.approx([0, (4 + 4 * 0.25) / 36])


def test_squares():
    picture = torch.zeros(3, 128, 128)
    picture[:, 32:96, :64] = 1.0
    assert square(picture, (0.25, 0.5, 0.5)).min() == 1.0 and square(picture, (0.75, 0.5, 0.5)).max() == 0.0
    assert torch.equal(square(picture, (0.1, 0.9, 1.0)), picture)  # what is outside is left out


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


def test_a_thing_in_a_part_of_a_scene():
    picture = torch.full((3, 128, 128), -1.0)
    picture[:, 44:122, 26:102] = 1.0
    asked = [Question("", 0, (subject,)) for subject in (0, 5)]
    assert found_in_scene(BrightnessJudge(), asked, torch.stack([picture, torch.full_like(picture, -1.0)])).tolist() == [True, False]


def test_diversity_of_pictures_that_are_the_same():
    torch.manual_seed(0)
    judge, subjects = Judge(subjects=3, widths=(8, 8), blocks=1).eval(), (torch.rand(3, 1, 3, 1, 1) * 2 - 1).expand(-1, -1, -1, 32, 32)
    of_caption, of_seed = diversity(judge, subjects.expand(-1, 4, -1, -1, -1).flatten(0, 1), seeds=4)
    assert of_caption.tolist() == pytest.approx([0] * 3, abs=1e-3) and of_seed.min() > 0.01
    of_caption, of_seed = diversity(judge, subjects[None].expand(3, -1, -1, -1, -1, -1).flatten(0, 2), seeds=3)
    assert of_seed.tolist() == pytest.approx([0] * 3, abs=1e-3) and of_caption.min() > 0.01


def test_perceptual_distance():
    torch.manual_seed(0)
    judge, pixels = Judge(subjects=3, widths=(8, 8), blocks=1).eval(), torch.rand(4, 3, 32, 32)
    assert perceptual_distance(judge, pixels, pixels).tolist() == [0.0] * 4
    assert perceptual_distance(judge, pixels.roll(1, 0), pixels).mean().item() == pytest.approx(1.0, rel=1e-4)


def test_table(tmp_path):
    now = {"seen pairs: top 1": share(torch.tensor([True] * 8 + [False] * 2)), "seen captions: PSNR, aligned": mean(torch.tensor([21.0, 22.0]))}
    write_results(tmp_path / "first.json", {"seen pairs: top 1": Estimate(0.83, 0.76, 0.89, 120)}, {}, bundle="first")
    lines = table(now, {"seen captions: PSNR, aligned": Estimate(28, 27, 29, 2)}, read_results(tmp_path / "first.json")).splitlines()
    assert lines[2:] == ["| seen pairs: top 1 | 90 % | 92 % | 83 % [76 %, 89 %] | 80 % [49 %, 94 %] |  | 10 |",
                         "| seen captions: PSNR, aligned | 22 dB | 23 dB |  | 21.5 [20.5, 22.5] dB | 28.0 [27.0, 29.0] dB | 2 |"]
    with pytest.raises(SystemExit, match="no results of check/evaluate.py"):
        read_results(tmp_path / "none.json")


def test_strangers(tmp_path):
    asked = strangers()
    assert len(asked) == 50 and asked[0] == Question("a cute cat", 1) and asked[-1] == Question("a treasure chest full of gold", 50)
    sheet_with_prompts(torch.zeros(12, 3, 16, 16), [question.prompt for question in asked[:12]], tmp_path / "a.jpg")
    assert Image.open(tmp_path / "a.jpg").size == (10 * 132, 2 * (128 + 3 * 13 + 6))


def test_lines_of_whole_words():
    class Font:
        @staticmethod
        def getlength(text):
            return len(text)

    assert wrapped("a cup of coffee on a table", Font, 10) == ["a cup of", "coffee on", "a table"]
    assert wrapped("enormous", Font, 3) == ["enormous"]


def test_the_nearest_training_picture(pictures):
    drawn = {name: torch.ones(1, 3, 256, 256) for name in ("seen", "held_out", "tags", "synonyms")}
    assert beside_nearest(pictures, drawn).shape == (8, 3, 128, 128)


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


def test_what_the_judge_is_trained_on(pictures):
    torch.manual_seed(0)
    labelled = LabelledPictures(pictures, torch.device("cpu"), without_held_out=True)
    assert labelled.rows == list(range(11))  # neither the held-out fox nor the person with a ready caption
    pixels, subjects, styles = labelled.draw(16, side=64)
    assert pixels.shape == (16, 3, 64, 64) and pixels.min() >= -1 and pixels.max() <= 1.001
    assert subjects.max() <= 5 and set(styles.tolist()) <= {0, 1}
    assert varied(pixels).shape == pixels.shape
    assert labelled.on_white(torch.tensor([0]))[0, :, 0, 0].tolist() == [1, 1, 1]


def test_a_turned_hue_keeps_grey_and_lightness():
    rgba = torch.full((2, 4, 1, 1), 0.5)
    rgba[:, 3] = 1.0
    rgba[1, :3, 0, 0] = torch.tensor([0.6, 0.3, 0.3])
    turned = hue_turned(rgba)
    assert turned[0].flatten().tolist() == pytest.approx([0.5] * 3, abs=1e-3)
    assert to_oklab(turned[1, :, 0, 0])[0].item() == pytest.approx(to_oklab(rgba[1, :3, 0, 0])[0].item(), abs=0.02)


def test_a_row_of_the_curve(pictures):
    found = {measure: Estimate(0.123, 0.1, 0.2, 40) for measure in COLUMNS.values()}
    assert row("100k", found).startswith("| 100k | 0.123 | 0.123 | 0.123 | 0.123 | 0.1 | 0.123 | 12 % | 12 % |")
    assert head().splitlines()[0].count("|") == row("100k", found).count("|") == head().splitlines()[1].count("|")
    asked = questions_of(pictures, ["3d", "flat"], 0.1).of
    assert {kind: len(some) for kind, some in asked.items() if kind != "held_out"} == {"seen": 6, "synonyms": 1, "pair": 4, "colour": 4, "count": 4}

"""The measuring instruments of evaluation on pictures whose answers are known."""

from random import Random

import numpy as np
import pytest
import torch

from check.evaluation.alignment import GRID, aligned_psnr, best_lightness, moved, on_white
from check.evaluation.colour_of_thing import colour_seen
from check.evaluation.counting import can_be_counted, count
from check.evaluation.grounds_seen import KINDS, ground_pixels, grounds_seen
from check.evaluation.letters_seen import letter_seen
from check.evaluation.question import Question
from check.evaluation.real_scenes import real_scene
from training.colours import COLOURS
from training.compose import Composer, Scene, Thing
from training.dataset import Picture, Pictures, Subject, write_descriptions
from training.glyphs import shape, writing
from training.grounds import draw_ground


@pytest.fixture(scope="module")
def composer(tmp_path_factory):
    """A folder of one picture; things are drawn ones."""
    folder = tmp_path_factory.mktemp("data")
    write_descriptions(folder, [Picture("1", "3d", "star", subject=0)], [Subject("1", "star")], {})
    for size in (128, 256):
        np.save(folder / f"pictures-{size}.npy", np.zeros((1, size, size, 4), np.uint8))
    np.save(folder / "main_colours.npy", np.zeros((1, 4), np.float32))
    return Composer(Pictures(folder))


def discs(*places, size=128):
    """White, with black discs (x, y, radius) -> [3, 128, 128]"""
    y, x = np.mgrid[:size, :size]
    picture = torch.ones(3, size, size)
    for left, top, radius in places:
        picture[:, torch.from_numpy((x - left) ** 2 + (y - top) ** 2 <= radius**2)] = -1.0
    return picture


@pytest.mark.parametrize("places, expected", [
    ((), 0), (((64, 64, 30),), 1), (((34, 64, 25), (94, 64, 25)), 2),
    (((34, 64, 30), (94, 64, 30)), 2),  # they touch
    (((34, 64, 25), (94, 64, 25), (64, 110, 4)), 2),  # a speck is no third
    (((24, 64, 18), (64, 64, 18), (104, 64, 18)), 3), (((32, 32, 25), (96, 32, 25), (32, 96, 25), (96, 96, 25)), 4),
])
def test_count(places, expected):
    assert count(discs(*places)) == expected


def test_what_can_be_counted():
    rgba = np.zeros((128, 128, 4), np.uint8)
    rgba[20:100, 20:100, 3] = 255
    assert can_be_counted(rgba)
    rgba[20:100, 55:65, 3] = 0
    assert not can_be_counted(rgba)  # of two pieces
    rgba[20:100, 20:100] = 255
    assert not can_be_counted(rgba)  # white on white


@pytest.mark.parametrize("colour", ["red", "blue", "yellow", "black", "light blue", "brown"])
def test_colour_of_a_thing(composer, colour):
    pixels, _ = composer.compose([Scene("", [Thing(drawn=np.asarray(shape("star", COLOURS[colour])))])])
    assert colour_seen(pixels[0]) == colour
    assert colour_seen(torch.ones(3, 128, 128)) == ""


def test_alignment_of_a_known_jitter(composer):
    drawn = np.asarray(writing("R", (200, 60, 20), 0))
    thing = Thing(drawn=drawn, width=0.82, centre=(0.55, 0.44), mirrored=True, turn=7.0, lightness=0.95)
    pixels, _ = composer.compose([Scene("", [thing])])
    rgba = torch.from_numpy(drawn.copy()).permute(2, 0, 1)[None].float() / 255
    rgba = torch.nn.functional.avg_pool2d(rgba, 2)
    assert aligned_psnr(pixels, rgba, torch.tensor([True])).item() > 25
    assert aligned_psnr(pixels, rgba, torch.tensor([False])).item() < 20  # training never mirrors it


def test_a_place_is_that_of_the_composer(composer):
    """Scale 0.75, shift 8 % right and up, turn 10 degrees."""
    drawn = np.asarray(writing("R", (200, 60, 20), 0))
    rgba = torch.from_numpy(drawn.copy()).permute(2, 0, 1)[None].float() / 255
    placed = moved(torch.cat([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], dim=1), torch.tensor([[-1.0, 1.0, -1.0, 1.0]]))
    pixels, _ = composer.compose([Scene("", [Thing(drawn=drawn, width=0.75, centre=(0.58, 0.42), turn=10.0)])], size=256)
    assert (on_white(placed, torch.ones(1)) - pixels).abs().mean() < 0.02


def test_best_lightness():
    premultiplied = torch.full((1, 4, 4, 4), 0.5)
    premultiplied[:, 3] = 1.0
    for factor, expected in ((0.95, 0.95), (1.5, 1.08), (0.2, 0.92)):
        assert best_lightness(premultiplied, premultiplied[:, :3] * factor * 2 - 1).item() == pytest.approx(expected, abs=1e-4)
    assert GRID.shape == (500, 4)


@pytest.mark.parametrize("letter, font, width, centre", [
    ("A", 0, 1.0, (0.5, 0.5)), ("Q", 1, 0.5, (0.3, 0.6)), ("I", 2, 0.8, (0.5, 0.5)), ("W", 0, 0.7, (0.6, 0.4))])
def test_letter(composer, letter, font, width, centre):
    pixels, _ = composer.compose([Scene("", [Thing(drawn=np.asarray(writing(letter, (40, 90, 230), font)), width=width, centre=centre)])])
    assert letter_seen(pixels[0]) == letter
    assert letter_seen(torch.ones(3, 128, 128)) == ""


def test_grounds():
    asked = [("beach", "night"), ("snow", "day"), ("table", "day"), ("underwater", "day"), ("grass", "sunset")]
    pixels = torch.cat([ground_pixels(draw_ground(*kind, Random(99))) for kind in asked])
    assert grounds_seen(pixels) == asked
    assert len(KINDS) == 6 + 10 * 3


def test_what_a_perfect_drawing_would_be():
    boxes = np.array([[0.1, 0.1, 0.9, 0.9]] * 2)
    assert [thing.row for thing in real_scene(Question("", 0, rows=(1,), count=3), boxes).things] == [1, 1, 1]
    left = real_scene(Question("", 0, rows=(0, 1), relation="left"), boxes).things
    assert [(thing.row, thing.centre) for thing in left] == [(0, (0.25, 0.5)), (1, (0.75, 0.5))]
    scene = real_scene(Question("", 0, rows=(1,), ground=("beach", "night")), boxes)
    assert (scene.ground.place, scene.ground.time, scene.things[0].row) == ("beach", "night", 1)
    assert real_scene(Question("", 0, rows=(0,), colour="blue"), boxes).things[0].colour == "blue"
    assert real_scene(Question("", 0, rows=(0,), background="teal"), boxes).background == "teal"
    assert real_scene(Question("", 0, letter="A", colour="red"), boxes).things[0].drawn.shape == (256, 256, 4)

"""Scenes with maps: the map is where the things are, what is held out never occurs, the class table is whole."""

import itertools
import json

import numpy as np
import pytest
import torch

from training.dataset import Picture, Pictures, Subject, write_descriptions
from training.map_cache import shares_of_classes
from training.map_classes import CLASSES, SUBGROUPS, TABLE, class_of, classes_json, coloured
from training.map_scenes import MOST_THINGS, Layouts, MapSceneSampler

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
MAMMAL, FRUIT, BIRD = (next(i for i, entry in enumerate(CLASSES) if entry.name == name) for name in ("mammal", "fruit", "bird"))


def subgroup(name):
    return SUBGROUPS.index(name)


@pytest.fixture
def pictures(tmp_path):
    """A red mammal, a green fruit, and a blue bird that is held out; each fills its picture but for a border."""
    rows = [Picture("1", "3d", "dog", subgroup=subgroup("animal-mammal"), subject=0),
            Picture("2", "3d", "lime", subgroup=subgroup("food-fruit"), subject=1),
            Picture("3", "3d", "owl", subgroup=subgroup("animal-bird"), subject=2, held_out=True)]
    write_descriptions(tmp_path, rows, [Subject("1", "dog"), Subject("2", "lime"), Subject("3", "owl")], {})
    for size in (128, 256):
        array = np.zeros((3, size, size, 4), np.uint8)
        array[..., :3] = np.array([RED, GREEN, BLUE], np.uint8)[:, None, None]
        array[:, size // 8 : -size // 8, size // 8 : -size // 8, 3] = 255
        np.save(tmp_path / f"pictures-{size}.npy", array)
    return Pictures(tmp_path)


def test_the_map_is_where_the_things_are(pictures):
    scenes = MapSceneSampler(pictures, "cpu", 1).sample(40)
    seen = ((scenes.pixels + 1) * 127.5).round().int()
    for index, colour in ((MAMMAL, RED), (FRUIT, GREEN)):
        drawn = (seen == torch.tensor(colour)[:, None, None]).all(dim=1)
        mapped = scenes.maps == index
        shared = (drawn & mapped).sum() / (drawn | mapped).sum()
        assert mapped.any() and shared > 0.85  # edges are soft, and a quarter of the maps is rounded off
    assert set(scenes.maps.unique().tolist()) == {0, MAMMAL, FRUIT}


def test_later_things_cover_earlier_ones(pictures):
    sampler = MapSceneSampler(pictures, "cpu", 1)
    things = np.full((1, MOST_THINGS), -1)
    things[0, :2] = 0, 1
    widths, centres = np.ones((1, MOST_THINGS), np.float32), np.full((1, MOST_THINGS, 2), 0.5, np.float32)
    widths[0, 1] = 0.5
    pixels, maps = sampler.compose(Layouts(things, widths, centres, np.zeros(1, int), np.zeros(1, bool)))
    assert maps[0, 64, 64] == FRUIT and maps[0, 64, 24] == MAMMAL and maps[0, 4, 4] == 0
    assert ((pixels[0, :, 64, 64] + 1) * 127.5).round().int().tolist() == list(GREEN)
    assert (maps[0] == FRUIT).sum() == 48 * 48  # three quarters of half the scene
    assert (maps[0] == MAMMAL).sum() == 96 * 96 - 48 * 48


def test_held_out_rows_never_occur(pictures):
    scenes = MapSceneSampler(pictures, "cpu", 2).sample(24)
    assert not (scenes.maps == BIRD).any()
    assert not any("owl" in caption or "bird" in caption for caption in scenes.captions)


def test_the_seed_decides(pictures):
    first, second, other = (MapSceneSampler(pictures, "cpu", seed).sample(12) for seed in (1, 1, 2))
    assert first.captions == second.captions and torch.equal(first.maps, second.maps) and torch.equal(first.pixels, second.pixels)
    assert not torch.equal(first.maps, other.maps)


def test_captions_name_things_classes_or_nothing(pictures):
    captions = [caption for seed in range(3) for caption in MapSceneSampler(pictures, "cpu", seed).sample(24).captions]
    assert any(caption.count("dog") + caption.count("lime") > 1 for caption in captions)
    assert any("mammal" in caption and "fruit" in caption for caption in captions)
    assert "" in captions


def test_shares_are_the_averaged_one_hot_map():
    maps = torch.zeros(1, 16, 8, dtype=torch.uint8)
    maps[0, :4, :8] = FRUIT
    shares = shares_of_classes(maps)
    assert shares.shape == (1, len(CLASSES), 2, 1)
    assert shares[0, :, 0, 0].nonzero().flatten().tolist() == [0, FRUIT]
    assert shares[0, FRUIT].flatten().tolist() == [0.5, 0] and shares[0, 0].flatten().tolist() == [0.5, 1]


def test_every_subgroup_has_one_class():
    named = [subgroup for entry in json.loads(TABLE.read_text()) for subgroup in entry["subgroups"]]
    assert sorted(named) == sorted([*SUBGROUPS, ""])
    assert class_of(Picture("1f98a", "3d", "fox", subgroup=subgroup("animal-mammal"))) == MAMMAL
    assert CLASSES[class_of(Picture("1f1e6", "3d", "regional indicator A"))].name == "sign"


def test_colours_and_names_are_far_apart():
    assert CLASSES[0].name == "background" and CLASSES[0].rgb == (255, 255, 255)
    for one, other in itertools.combinations(CLASSES, 2):
        assert one.name != other.name
        assert np.linalg.norm(np.subtract(one.rgb, other.rgb)) > 40, (one.name, other.name)


def test_classes_json_and_coloured_maps_agree():
    written = json.loads(classes_json())["classes"]
    assert written[MAMMAL] == {"name": "mammal", "colour": "#8d5524"}
    assert coloured(np.array([[MAMMAL]], np.uint8)).tolist() == [[[0x8D, 0x55, 0x24]]]

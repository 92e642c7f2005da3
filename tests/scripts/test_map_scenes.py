"""Scenes with maps: the map is where the things are, what is held out never occurs, the class table is whole."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
import small_folder
import torch
from small_folder import HELD_OUT, PLAIN, own_colour

from training.colours import COLOURS
from training.dataset import Picture
from training.map_classes import CLASSES, SUBGROUPS, TABLE, class_of, classes_json, coloured
from training.map_scenes import MapSceneSampler, far_apart

MAMMAL = [entry.name for entry in CLASSES].index("mammal")


def subgroup(name):
    return SUBGROUPS.index(name)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return small_folder.make(tmp_path_factory.mktemp("data"))


def test_the_map_is_where_the_things_are(pictures):
    """Most pixels of a class have the colour of the only thing of that class."""
    sampler = MapSceneSampler(pictures, "cpu", 1)
    scenes = [scene for scene in sampler.scenes(60) if not scene.rounded]
    pixels, maps = sampler.composer.compose(scenes)
    seen = ((pixels + 1) * 127.5).round()
    assert set(maps.unique().tolist()) <= {0, *(class_of(row) for row in pictures.rows)}
    for label in ("brick", "leaf"):
        kind = class_of(next(row for row in pictures.rows if row.label == label))
        near = (seen - torch.tensor(COLOURS[own_colour(label)])[:, None, None]).abs().amax(1) < 30
        assert near[maps == kind].float().mean() > 0.8


def test_rounded_maps_lose_their_corners(pictures):
    sampler = MapSceneSampler(pictures, "cpu", 1)
    scene = next(scene for scene in sampler.scenes(200) if len(scene.things) == 1 and sampler.rows[scene.things[0].row].label == "brick")
    maps = sampler.composer.compose([replace(scene, rounded=rounded) for rounded in (False, True)])[1]
    areas = (maps > 0).sum((1, 2)).tolist()
    assert 0.85 * areas[0] < areas[1] < areas[0]


def test_all_scenes_are_mapped_and_of_one_hand(pictures):
    sampler = MapSceneSampler(pictures, "cpu", 2)
    for scene in sampler.scenes(100):
        assert scene.mapped and 1 <= len(scene.things) <= 5
        assert len({sampler.rows[thing.row].style for thing in scene.things}) == 1


def test_captions_name_what_is_there(pictures):
    """Or the class of it; and no more than there is."""
    sampler = MapSceneSampler(pictures, "cpu", 3)
    for scene in sampler.scenes(200):
        rows = [sampler.rows[thing.row] for thing in scene.things]
        words = {row.label for row in rows} | {CLASSES[class_of(row)].name for row in rows}
        assert not any(label in scene.caption for label in PLAIN if label not in words), scene.caption
        assert (scene.background in scene.caption) == (scene.background != "white") or not scene.caption


def test_some_captions_name_classes_and_some_nothing(pictures):
    captions = [scene.caption for scene in MapSceneSampler(pictures, "cpu", 1).scenes(200)]
    assert any("mammal" in caption for caption in captions) and any("mouse" in caption for caption in captions)
    assert "" in captions


def test_what_is_held_out_never_occurs(pictures):
    sampler = MapSceneSampler(pictures, "cpu", 2)
    for scene in sampler.scenes(200):
        assert not any(sampler.rows[thing.row].held_out for thing in scene.things)
        assert HELD_OUT not in scene.caption


def test_things_of_no_known_class_never_occur(pictures):
    sampler = MapSceneSampler(pictures, "cpu", 2)
    assert not any(sampler.rows[thing.row].subgroup < 0 for scene in sampler.scenes(200) for thing in scene.things)


def test_most_things_keep_apart(pictures):
    pairs = [scene.things for scene in MapSceneSampler(pictures, "cpu", 2).scenes(200) if len(scene.things) == 2]
    assert sum(far_apart(*things) for things in pairs) > 0.6 * len(pairs)


def test_the_seed_decides(pictures):
    first, second, other = ([scene.caption for scene in MapSceneSampler(pictures, "cpu", seed).scenes(12)] for seed in (1, 1, 2))
    assert first == second != other


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

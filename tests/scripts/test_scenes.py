"""Scenes: exact pixels, no held-out rows, the same scenes from the same seed."""

import numpy as np
import pytest
import torch

from training.dataset import Picture, Pictures, Subject, write_descriptions
from training.scenes import COLOURS, KINDS, SceneSampler, parse_kinds

RED, GREEN = (255, 0, 0), (0, 255, 0)


@pytest.fixture
def pictures(tmp_path):
    """Row 0: opaque red; row 1: opaque green, held out; row 2: opaque green; row 3: red dot on transparency."""
    rows = [Picture("1", "3d", "brick", subject=0), Picture("2", "3d", "leaf", subject=1, held_out=True),
            Picture("2", "3d", "leaf", subject=1), Picture("3", "3d", "dot", subject=2)]
    subjects = [Subject("1", "brick"), Subject("2", "leaf"), Subject("3", "dot")]
    write_descriptions(tmp_path, rows, subjects, {})
    for size in (128, 256):
        array = np.zeros((4, size, size, 4), np.uint8)
        for row, colour in enumerate((RED, GREEN, GREEN, RED)):
            array[row, ..., :3] = colour
        array[:3, ..., 3] = 255
        array[3, size // 4 : -size // 4, size // 4 : -size // 4, 3] = 255
        np.save(tmp_path / f"pictures-{size}.npy", array)
    return Pictures(tmp_path)


def rgb(pixels, y, x):
    return ((pixels[:, y, x] + 1) * 127.5).round().int().tolist()


def test_shapes_and_range(pictures):
    pixels, captions = SceneSampler(pictures, "cpu", 1).sample(64)
    assert pixels.shape == (64, 3, 128, 128) and pixels.dtype == torch.float32
    assert pixels.min() >= -1 and pixels.max() <= 1.000001
    assert len(captions) == 64 and all(captions)


def test_the_seed_decides(pictures):
    first, second, other = (SceneSampler(pictures, "cpu", seed).sample(40) for seed in (1, 1, 2))
    assert first[1] == second[1] and torch.equal(first[0], second[0])
    assert first[1] != other[1]


def test_single_picture_on_white(pictures):
    pixels = SceneSampler(pictures, "cpu", 1).single_pictures([3, 0])
    assert rgb(pixels[0], 64, 64) == list(RED) and rgb(pixels[0], 4, 4) == [255, 255, 255]
    assert rgb(pixels[1], 4, 4) == list(RED)


def test_backgrounds_have_the_named_colour(pictures):
    pixels, captions = SceneSampler(pictures, "cpu", 1)._colour(60, 128)
    dots = [i for i, caption in enumerate(captions) if "dot" in caption]
    assert dots
    for i in dots:
        named = max((name for name in COLOURS if name in captions[i]), key=len)
        assert rgb(pixels[i], 2, 2) == list(COLOURS[named])


def test_relations_match_their_captions(pictures):
    pixels, captions = SceneSampler(pictures, "cpu", 3)._pair(300, 128)
    checked = 0
    for scene, caption in zip(pixels, captions):
        if caption.count("brick") == caption.count("leaf") == 1 and ("left of" in caption or "above" in caption):
            first, second = ((64, 16), (64, 112)) if "left of" in caption else ((16, 64), (112, 64))
            brick_first = caption.index("brick") < caption.index("leaf")
            assert rgb(scene, *first) == list(RED if brick_first else GREEN)
            assert rgb(scene, *second) == list(GREEN if brick_first else RED)
            checked += 1
    assert checked > 10


def test_sizes_match_their_captions(pictures):
    pixels, captions = SceneSampler(pictures, "cpu", 3)._sized(300, 128)
    brick = {caption: scene for scene, caption in zip(pixels, captions) if "brick" in caption and "on" not in caption}
    small = [scene for caption, scene in brick.items() if "little" in caption or caption.startswith("a small")]
    large = [scene for caption, scene in brick.items() if "big" in caption or "large" in caption]
    assert small and large
    assert all(rgb(s, 64, 64) == list(RED) and rgb(s, 64, 20) != list(RED) for s in small)
    assert all(rgb(s, 2, 2) == list(RED) for s in large)


def test_held_out_rows_never_occur(pictures):
    sampler = SceneSampler(pictures, "cpu", 1)
    drawn = [row for part in (sampler.any_row, *sampler.of_style) for row in part.draw(500, sampler.numbers)]
    assert set(drawn) == {0, 2, 3}


def test_shares_add_up():
    assert sum(KINDS.values()) == pytest.approx(1)


def test_small_scenes_are_the_same_pictures(pictures):
    small = SceneSampler(pictures, "cpu", 1).single_pictures([3, 0], 64)
    assert small.shape == (2, 3, 64, 64)
    assert rgb(small[0], 32, 32) == list(RED) and rgb(small[0], 2, 2) == [255, 255, 255]


def test_kinds_of_scenes_can_be_chosen(pictures):
    assert parse_kinds("pair=1,white=3") == {"pair": 0.25, "white": 0.75}
    captions = SceneSampler(pictures, "cpu", 1, parse_kinds("pair=1")).sample(40)[1]
    words = [" and ", " with ", " next to ", " beside ", " of ", " above ", " over ", " below ", " under "]
    assert all(any(word in caption for word in words) for caption in captions)


@pytest.mark.parametrize("text", ["pair", "pair=x", "pear=1", "pair=-1", "pair=0", ""])
def test_kinds_that_are_not_are_refused(text):
    with pytest.raises(ValueError):
        parse_kinds(text)

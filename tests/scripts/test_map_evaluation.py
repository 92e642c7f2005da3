"""What the page on maps measures: overlap, regions and their crops."""

import numpy as np
import pytest
import torch

from check.evaluate_map import box_of, overlaps, suitable
from training.map_judge import CROP, crops_of_regions


def test_overlap_of_a_drawing_with_its_map():
    maps = np.zeros((3, 8, 8), np.uint8)
    maps[:, 2:6, 2:6] = 5
    pixels = torch.ones(3, 3, 8, 8)
    pixels[0, 1, 2:6, 2:6] = 0.5  # as the map says
    pixels[1, :, 2:6, 4:8] = -1  # half beside it
    pixels[2] = -0.7  # another background, and nothing drawn
    assert overlaps(pixels, maps).tolist() == pytest.approx([1, 8 / 24, 0])


def test_regions_are_apart_of_different_classes_and_large_enough():
    left, right, small = (0, 0, 40, 40), (40, 10, 80, 60), (90, 90, 110, 128)
    assert suitable([1, 2], [left, right])
    assert not suitable([1, 1], [left, right])
    assert not suitable([1, 2], [left, (39, 10, 80, 60)])
    assert not suitable([1, 3], [left, small])


def test_box_of_a_silhouette():
    inside = np.zeros((10, 12), bool)
    inside[3:5, 7:11] = True
    assert box_of(inside) == (7, 3, 11, 5)
    assert box_of(np.zeros((4, 4), bool)) == (0, 0, 0, 0)


def test_a_crop_is_the_square_around_its_region():
    picture = torch.full((3, 64, 64), -1.0)
    picture[0, 16:48, 8:24] = 1  # taller than wide
    crop = crops_of_regions(picture, [(8, 16, 24, 48)])[0, 0]
    assert crop.shape == (CROP, CROP)
    column, row = crop[:, CROP // 2] > 0, crop[CROP // 2] > 0
    assert 0.8 < column.float().mean() < 0.93  # 32 of 36.8 pixels
    assert 0.35 < row.float().mean() < 0.52  # 16 of 36.8

"""Oklab, main colours and recoloured things."""

import numpy as np
import pytest
import torch

from training.colours import COLOURS, THING_COLOURS, colour_name, from_oklab, main_colour, recoloured, to_oklab


@pytest.mark.parametrize("rgb, lab", [
    # Published values of sRGB's white and primaries [Ottosson 2020; CSS Color 4].
    ((1, 1, 1), (1.0, 0.0, 0.0)), ((1, 0, 0), (0.62796, 0.22486, 0.12585)), ((0, 1, 0), (0.86644, -0.23389, 0.17950)),
    ((0, 0, 1), (0.45201, -0.03246, -0.31153)), ((0, 0, 0), (0, 0, 0))])
def test_oklab(rgb, lab):
    assert to_oklab(torch.tensor(rgb, dtype=torch.float32)).tolist() == pytest.approx(lab, abs=1e-4)


def test_there_and_back():
    rgb = torch.rand(500, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(from_oklab(to_oklab(rgb)), rgb, atol=1e-4, rtol=0)


def picture(*stripes):
    """uint8 [40, 40, 4]: colours with their widths"""
    rgba = np.zeros((40, 40, 4), np.uint8)
    left = 0
    for name, width in stripes:
        rgba[:, left : left + width] = (*COLOURS[name], 255)
        left += width
    return rgba


def test_main_colour_is_the_most_frequent():
    main = main_colour(picture(("red", 20), ("blue", 10)))
    assert main[:3] == pytest.approx(to_oklab(torch.tensor(COLOURS["red"]) / 255).tolist(), abs=1e-5)
    assert main[3] == pytest.approx(2 / 3)


def test_black_lines_are_no_part_of_a_white_thing():
    assert main_colour(picture(("white", 30), ("black", 10)))[3] == pytest.approx(0.75)


def test_nothing_has_no_colour():
    assert main_colour(np.zeros((4, 4, 4), np.uint8)) == (0, 0, 0, 0) and colour_name((0, 0, 0, 0)) == ""


@pytest.mark.parametrize("name", THING_COLOURS)
def test_plain_things_are_called_by_their_colour(name):
    assert colour_name(main_colour(picture((name, 40)))) == name


def test_many_colours_and_colours_between_have_no_name():
    assert colour_name(main_colour(picture(("red", 10), ("blue", 10), ("green", 10), ("yellow", 10)))) == ""
    between = (to_oklab(torch.tensor([COLOURS["red"], COLOURS["orange"]]) / 255).mean(0)).tolist()
    assert colour_name((*between, 1.0)) == ""


@pytest.mark.parametrize("own", THING_COLOURS)
@pytest.mark.parametrize("name", THING_COLOURS)
def test_a_recoloured_thing_has_nearly_the_colour(own, name):
    rgba = picture((own, 40))
    rgb = recoloured(torch.from_numpy(rgba[..., :3].copy()).permute(2, 0, 1) / 255, torch.tensor(main_colour(rgba)), name)
    assert (rgb[:, 0, 0] * 255).round().tolist() == pytest.approx(COLOURS[name], abs=2)


def test_other_colours_of_a_thing_stay():
    rgba = picture(("red", 30), ("blue", 10))
    rgb = recoloured(torch.from_numpy(rgba[..., :3].copy()).permute(2, 0, 1) / 255, torch.tensor(main_colour(rgba)), "green")
    assert (rgb[:, 0, 35] * 255).round().tolist() == pytest.approx(COLOURS["blue"], abs=2)

"""Shapes and letters."""

import numpy as np
import pytest
from scipy import ndimage

from training.glyphs import DIGITS, FONTS, LETTERS, SHAPES, WORDS, fonts, shape, writing

RED = (230, 40, 40)


def solid(picture):
    return np.asarray(picture)[..., 3] > 127


@pytest.mark.parametrize("name, share", [
    # shares of the square with 0.84 of the side
    ("square", 1.0), ("circle", np.pi / 4), ("rectangle", 0.5), ("triangle", 3 * 3**0.5 / 16), ("diamond", 0.5), ("cross", 5 / 9),
    ("ring", np.pi / 4 * (1 - 0.6**2))])
def test_areas(name, share):
    assert solid(shape(name, RED)).mean() == pytest.approx(share * 0.84**2, rel=0.02)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_one_piece_of_its_colour(name):
    picture = shape(name, RED)
    assert picture.size == (256, 256) and ndimage.label(solid(picture))[1] == 1
    assert (np.asarray(picture)[np.asarray(picture)[..., 3] == 255][:, :3] == RED).all()


def test_shapes_differ():
    assert len({shape(name, RED).tobytes() for name in SHAPES}) == len(SHAPES) == 12


@pytest.mark.parametrize("font", range(len(FONTS)))
def test_writing_fits_and_is_large(font):
    for text in (*LETTERS, *DIGITS, *WORDS):
        rows, columns = np.nonzero(solid(writing(text, RED, font)))
        extent = max(np.ptp(rows), np.ptp(columns)) / 256
        assert 0.65 < extent < 0.86 and min(rows.min(), columns.min()) >= 18 and max(rows.max(), columns.max()) <= 256 - 18, text


def test_letters_differ():
    assert len({writing(letter, RED, 0).tobytes() for letter in LETTERS + DIGITS}) == 36


def test_fonts_are_there():
    assert 1 <= len(fonts()) <= len(FONTS)

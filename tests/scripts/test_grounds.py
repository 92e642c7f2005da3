"""Drawn grounds."""

from random import Random

import numpy as np
import pytest

from training.grounds import ALONE, FLOATING, PLACES, SKIES, TIMES, draw_ground


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("time", TIMES)
def test_every_place_is_drawn_at_every_time(place, time):
    for seed in range(2):
        ground = draw_ground(place, time, Random(seed))
        assert ground.picture.size == (256, 256) and ground.picture.mode == "RGB"
        assert np.asarray(ground.picture).std() > 3
        assert (ground.floor is None) == (place in FLOATING) and (ground.floor is None or 0.4 < ground.floor <= 0.95)
        assert ground.front is None or ground.front.mode == "RGBA" and ground.front.size == (256, 256)


def test_the_seed_decides():
    first, second, other = (draw_ground("city", "night", Random(seed)).picture.tobytes() for seed in (1, 1, 2))
    assert first == second != other


def test_nights_are_darker_than_days():
    for place in ("beach", "grass", "city", "sky"):
        day, night = (np.asarray(draw_ground(place, time, Random(1)).picture).mean() for time in ("day", "night"))
        assert night < 0.7 * day


def test_only_waves_and_rain_lie_in_front():
    assert {place for place in PLACES if draw_ground(place, "day", Random(1)).front} == {"sea", "rain"}


def test_every_place_and_time_has_words():
    assert ALONE.keys() == PLACES.keys() and SKIES.keys() == set(TIMES)

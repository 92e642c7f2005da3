"""Facts of captions."""

from random import Random

import pytest

from training.captions import Words
from training.facts import FACTS, facts_of, style_said
from training.grounds import draw_ground


@pytest.mark.parametrize("caption, style", [
    ("a red apple, 3d style", "3d"), ("flat icon of a rocket", "flat"), ("noto emoji of a flat shoe", "noto"), ("a cat", ""),
    ("line drawing of a cat", "sketch"), ("black and white drawing of a cat", "black and white"), ("a fish, old noto style", "blob"),
    ("a blob style fish", "blob"), ("an apple, pixel art", "pixel"), ("a flatfish", "")])
def test_the_style_that_is_said(caption, style):
    assert style_said(caption) == style


def test_facts_of_words():
    said = Words(background="blue", size="tiny", place=" on the left", colour="red", count=2, worn="crown")
    assert facts_of(said) == {"background": "blue", "size": "tiny", "place": " on the left", "colour": "red", "count": "2", "worn": "crown"}
    assert all(value in FACTS[name] for name, value in facts_of(said).items())


def test_facts_of_grounds():
    facts = facts_of(Words(place=" on a beach at night"), draw_ground("beach", "night", Random(1)))
    assert (facts["ground"], facts["time"]) == ("beach", "night") and "place" not in facts
    assert facts_of(Words(), draw_ground("beach", "day", Random(1)))["time"] == ""

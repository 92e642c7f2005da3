"""Icons of things: which names, and whose subjects."""

import pytest

from training.dataset import is_held_out
from training.icons import read_icons, thing_of
from training.wordnet import Synset


class Dictionary:
    """WordNet with a wheel, a ferris wheel, a park, an idea and a cat."""

    senses = {("wheel", "noun"): ["2"], ("ferris wheel", "noun"): ["3"], ("idea", "noun"): ["5"], ("cat", "noun"): ["6", "5"], ("body", "noun"): ["2"]}
    synsets = {"noun": {
        "1": Synset("noun", ["artifact", "artefact"], "", [], ["2"]), "2": Synset("noun", ["wheel"], "", ["1"], ["3"]),
        "3": Synset("noun", ["Ferris wheel"], "", ["2"], []), "5": Synset("noun", ["idea"], "", ["9"], []),
        "6": Synset("noun", ["cat"], "", ["7"], []), "7": Synset("noun", ["living thing"], "", [], [])}}


@pytest.mark.parametrize("name, thing", [
    ("amusement-park-ferris-wheel-1", "ferris wheel"), ("big-wheel", "wheel"), ("cat-2-1", "cat"), ("bright-idea", None),
    ("idea-cat", None), ("database-wheel", None), ("human-body", None), ("cat-4-wheel", None), ("unknown", None)])
def test_things(name, thing):
    assert thing_of(name, Dictionary()) == thing


def test_subjects_are_found_or_added(monkeypatch, tmp_path):
    from training import icons
    from training.dataset import Subject

    class Icons:
        def __init__(self, packages, name):
            self.names = ["big-cat-1", "red-wheel", "data-idea"] if name == "flat-color-icons" else ["wheel"]

        def svg(self, name):
            return name.encode()

    monkeypatch.setattr(icons, "IconSet", Icons)
    subjects = [Subject("1f431", "cat face", ["pet"], group=3)]
    sources, left_out = read_icons(tmp_path, subjects, Dictionary(), lambda word: False)
    assert [subject.hexcode for subject in subjects] == ["1f431", "word-wheel"] and left_out == 1
    assert [(source.encoded, source.picture.style, source.picture.subject) for source in sources] == [
        (b"big-cat-1", "flat", 0), (b"red-wheel", "flat", 1), (b"wheel", "outline", 1), (b"wheel", "sketch", 1)]
    assert all(source.picture.held_out == is_held_out(source.picture.hexcode, source.picture.style) for source in sources)
    assert read_icons(tmp_path, [], Dictionary(), lambda word: word == "wheel")[1] == 4  # unseen words are left out

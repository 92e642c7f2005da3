"""Avatars: captions out of parts, shares and licences."""

import json
import sys
from importlib.resources import files
from random import Random

import pytest

from training import avatars
from training.avatar_creatures import draw_clay, draw_critter
from training.avatar_parts import LORELEI_HAIR, PEEPS_HAIR
from training.avatar_people import draw_adventurer, draw_peep, draw_persona, draw_voxel
from training.avatar_things import draw_landscape, draw_planet, draw_plant
from training.avatar_words import COLOURS, HAIR_COLOURS, Drawing, captions_of, joined, tidy, with_parts
from training.avatars import STYLES, check_licence, read_avatars, shares

MONSTER = Drawing({}, ["monster"], ["angry"], "orange", ["one eye", "green horns", "big teeth"], looks=("a clay figure of ",))


def many(draw, count=200):
    return [draw(Random(seed)) for seed in range(count)]


def test_phrases():
    assert joined(["a"]) == "a" and joined(["a", "b"]) == "a and b" and joined(["a", "b", "c"]) == "a, b and c"
    assert tidy("a  orange monster with a afro") == "an orange monster with an afro"


def test_captions_go_from_short_to_full():
    captions = captions_of(MONSTER, Random(1))
    assert captions[0] == "an orange monster"
    assert captions[-1] == "an angry orange monster with one eye, green horns and big teeth"
    assert any(caption.startswith("a clay figure of an orange monster") for caption in captions)
    assert 3 <= len(captions) <= 5 and len(set(captions)) == len(captions)


def test_a_noun_that_tells_enough_stands_alone():
    plant = Drawing({}, ["cactus in a blue pot"], features=["a sad face"], telling=True)
    assert captions_of(plant, Random(1))[0] == "a cactus in a blue pot"
    assert captions_of(plant, Random(1))[-1] == "a cactus in a blue pot with a sad face"


def test_parts_left_out_have_no_probability():
    assert with_parts(top="horns", cheeks=None) == {"topProbability": 100, "topVariant": "horns", "cheeksProbability": 0}


def test_monsters_have_the_colours_and_eyes_that_are_said():
    for drawing in many(draw_critter):
        full = captions_of(drawing, Random(0))[-1]
        assert ("three eyes" in full) == (drawing.options["eyesVariant"] in ("trio", "threeRow"))
        assert ("horns" in full) == (drawing.options.get("topVariant") in ("horns", "hornsIn", "hornsSmall"))
        assert drawing.options["bodyColor"] != drawing.options["accentColor"]
        assert not ("angry" in full and "smiling" in full)
    assert all("dollop" != drawing.options["bodyVariant"] for drawing in many(draw_clay))


def test_hair_and_clothes_have_the_colours_that_are_said():
    for drawing in many(draw_adventurer):
        colours = [name for name, value in HAIR_COLOURS.items() if [value] == drawing.options["hairColor"]]
        assert drawing.options["hairVariant"] == "short19" or colours[0] in drawing.features[0]
    for drawing in many(draw_peep):
        colour = next(name for name, value in COLOURS.items() if [value] == drawing.options["clothingColor"])
        assert drawing.scene == f" in a {colour} shirt"


def test_a_beard_makes_a_man_and_some_hair_a_woman():
    people = many(draw_peep) + many(draw_persona) + many(draw_voxel)
    assert {drawing.nouns[0] for drawing in people} == {"man", "woman", "person"}
    for drawing in people:
        bearded = any(drawing.options.get(f"{part}Probability") == 100 for part in ("facialHair", "beard"))
        assert not (bearded and drawing.nouns[0] != "man")
    assert PEEPS_HAIR["hijab"] == ("a black hijab", "woman") and LORELEI_HAIR["variant26"] == ("two {} buns", "woman")


def test_grounds():
    assert all(drawing.opaque for drawing in many(draw_landscape)) and not any(drawing.opaque for drawing in many(draw_plant))
    for drawing in many(draw_planet):
        assert drawing.opaque == ("backgroundColor" in drawing.options) == bool(drawing.scene)
    for drawing in many(draw_landscape):
        assert ("moon" in "".join(drawing.features)) <= (drawing.options["backgroundColor"] == ["#1d2a55"])


def test_shares_add_up():
    assert sum(shares(2500).values()) == 2500 and sum(shares(7).values()) == 7
    assert shares(2930)["open-peeps"] == 300


def test_other_licences_are_refused():
    check_licence("clay", {"license": {"name": "CC0 1.0"}})
    check_licence("micah", {"license": {"name": "CC BY 4.0"}})
    with pytest.raises(SystemExit, match="Free for personal"):
        check_licence("avataaars", {"license": {"name": "Free for personal and commercial use"}})
    assert not {"avataaars", "bottts"} & set(STYLES)


def test_avatars_are_drawn_alike_from_one_seed():
    pytest.importorskip("dicebear")
    sources = read_avatars(40)
    assert [source.encoded for source in sources] == [source.encoded for source in read_avatars(40)]
    assert len({source.picture.hexcode for source in sources}) == 40 and sources[0].picture.hexcode == "avatar-open-peeps-00000"
    assert all(source.encoded.startswith(b"<svg") and len(source.picture.captions) >= 1 for source in sources)


def test_every_named_part_is_one_of_its_style():
    pytest.importorskip("dicebear")
    for style, (_, draw) in STYLES.items():
        definition = json.loads(files("dicebear_styles").joinpath(f"{style}.json").read_text("utf-8"))
        for drawing in many(draw, 300):
            for option, value in drawing.options.items():
                if option.endswith("Variant"):
                    assert value in definition["components"][option.removesuffix("Variant")]["variants"], (style, option, value)
                elif option.endswith("Color"):
                    assert option.removesuffix("Color") in definition["colors"] or option == "backgroundColor", (style, option)


def test_without_dicebear_the_reader_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dicebear", None)
    avatars._read_style.cache_clear()
    with pytest.raises(SystemExit, match="scripts/setup.sh --training"):
        avatars.read_avatars(1)

"""Scenes: what a caption says is true of the pixels."""

import re

import numpy as np
import pytest
import small_folder
import torch
from scipy import ndimage
from small_folder import DISC, HELD_OUT, PLAIN, SQUARE, UNSEEN, box_of, named, own_colour

from training.captions import RELATIONS, STYLE_AFTER
from training.colours import COLOURS, THING_COLOURS, to_oklab
from training.compose import Scene, Thing
from training.dataset import FLAG_GROUP
from training.facts import FACTS
from training.grounds import ALONE, PLACES, TIME_WORDS
from training.plurals import NUMBERS
from training.scenes import KINDS, SceneSampler
from training.words import containing

SIZE = 64
LABS = to_oklab(torch.tensor([COLOURS[name] for name in THING_COLOURS]) / 255)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return small_folder.make(tmp_path_factory.mktemp("data"))


@pytest.fixture
def sampler(pictures):
    return SceneSampler(pictures, "cpu", 1)


@pytest.fixture
def plain(pictures):
    """Draws only things of one colour each."""
    return SceneSampler(pictures, "cpu", 1, rows=[row for row, picture in enumerate(pictures.rows) if picture.label in PLAIN])


def drawn(sampler, kind, n, size=SIZE):
    """-> scenes with their pixels, uint8 [size, size, 3]"""
    scenes = [sampler.scene(kind) for _ in range(n)]
    pixels = sampler.composer.compose(scenes, size)[0]
    return list(zip(scenes, ((pixels + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()))


def things(scene, picture):
    """bool [H, W]: what is not the background"""
    return (np.abs(picture.astype(int) - COLOURS[scene.background]) > 3).any(-1)


def coloured(scene, picture, name):
    """bool [H, W]: what has about this colour and is not the background"""
    lab = to_oklab(torch.from_numpy(picture) / 255)
    return ((lab - LABS[THING_COLOURS.index(name)]).norm(dim=-1) < 0.08).numpy() & things(scene, picture)


def nearest_colour(picture, mask):
    mean = to_oklab(torch.from_numpy(picture[mask]).float() / 255).mean(0)
    return THING_COLOURS[int((LABS - mean).norm(dim=1).argmin())]


def inner(mask):
    return ndimage.binary_erosion(mask)


def colour_of(label, colour):
    return colour or own_colour(label)


def test_shapes_and_range(sampler):
    pixels, captions = sampler.sample(24)
    assert pixels.shape == (24, 3, 128, 128) and pixels.dtype == torch.float32
    assert pixels.min() >= -1 and pixels.max() <= 1.000001
    assert len(captions) == 24 and all(captions)


def test_the_seed_decides(pictures):
    first, second, other = (SceneSampler(pictures, "cpu", seed).sample(12) for seed in (1, 1, 2))
    assert first[1] == second[1] and torch.equal(first[0], second[0])
    assert first[1] != other[1]


def test_small_scenes_are_the_same_pictures(sampler):
    """An apple and a brick of 64 px: the middle and a corner."""
    pixels = ((sampler.single_pictures([0, 3], 64) + 1) * 127.5).round()
    assert pixels.shape == (2, 3, 64, 64)
    assert pixels[:, :, 32, 32].tolist() == [list(COLOURS["red"]), list(COLOURS["brown"])]
    assert pixels[0, :, 2, 2].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", KINDS)
def test_every_scene_tells_facts_that_there_are(sampler, kind):
    for _ in range(60):
        facts = sampler.scene(kind).facts
        assert all(value in FACTS[name] for name, value in facts.items()), facts


@pytest.mark.parametrize("kind", ["white", "colour", "recoloured", "pair", "counted", "sized", "worn", "glyph"])
def test_backgrounds_have_exactly_the_colour_that_is_named(sampler, kind):
    for scene, picture in drawn(sampler, kind, 60):
        said = scene.facts["background"]
        assert scene.background == (said or "white")
        assert re.search(rf"(on|with|,)( an?)? {said}( background)?\b", scene.caption) if said else " background" not in scene.caption
        if said:
            assert (picture == COLOURS[said]).all(-1).any(), scene.caption


def test_recoloured_things_have_the_colour_that_is_named(plain):
    for scene, picture in drawn(plain, "recoloured", 150):
        said = scene.facts["colour"]
        assert f"{said} " in scene.caption
        assert nearest_colour(picture, inner(things(scene, picture))) == said, scene.caption


def test_a_colour_that_is_named_and_not_given_is_the_things_own(plain):
    told = [scene for scene in (plain.scene("white") for _ in range(400)) if scene.facts["colour"]]
    assert len(told) > 10
    assert all(named(scene.caption)[0] == (label, own_colour(label)) for scene in told for label in [plain.rows[scene.things[0].row].label])


def test_relations_are_those_of_the_pixels(plain):
    """Of the first thing to the second, by the middles of their pixels."""
    holds = {"left": lambda x, y: x < -0.2, "right": lambda x, y: x > 0.2, "above": lambda x, y: y < -0.2, "below": lambda x, y: y > 0.2,
             "on top": lambda x, y: y < -0.1 and abs(x) < 0.15, "in front": lambda x, y: y > 0.1, "behind": lambda x, y: y < -0.1,
             "beside": lambda x, y: abs(x) > 0.2 and abs(y) < 0.2}
    checked = dict.fromkeys(holds, 0)
    for scene, picture in drawn(plain, "pair", 400):
        said = named(scene.caption)
        colours = [colour_of(*thing) for thing in said]
        if scene.ground or len(said) != 2 or len({*colours, scene.background}) < 3:  # of a green leaf on green nothing is seen
            continue
        relation = scene.facts["relation"]
        assert any(words in scene.caption for words in RELATIONS[relation])
        boxes = [box_of(coloured(scene, picture, colour)) for colour in colours]
        (x, y), (other_x, other_y) = (((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in boxes)
        assert holds[relation](x - other_x, y - other_y), scene.caption
        checked[relation] += 1
    assert min(checked.values()) > 5


def test_what_is_on_top_stands_on_the_upper_edge(plain):
    scenes = [scene for scene in (plain.scene("pair") for _ in range(200)) if scene.facts.get("relation") == "on top"]
    assert len(scenes) > 10
    for scene in scenes:
        lower, upper = (box_of(alpha > 0.5) for alpha in plain.composer.placed(scene.things, 128)[:, 3].numpy())
        assert 0.01 <= upper[3] - lower[1] <= 0.06
        assert [plain.rows[thing.row].label for thing in scene.things[::-1]] == [label for label, _ in named(scene.caption)]


def test_what_is_in_front_hides_what_is_behind(plain):
    for scene, picture in drawn(plain, "pair", 200):
        said = [colour_of(*thing) for thing in named(scene.caption)]
        if scene.facts.get("relation") in ("in front", "behind") and len(set(said)) == 2:
            front = said[0 if scene.facts["relation"] == "in front" else 1]
            solid = plain.composer.placed(scene.things[1:], SIZE)[0, 3].numpy() > 0.99
            assert nearest_colour(picture, solid) == front, scene.caption


def test_three_things_are_listed(plain):
    listed = [(scene, picture) for scene, picture in drawn(plain, "pair", 150) if scene.facts["count"] == "several"]
    assert listed
    for scene, picture in listed:
        colours = {colour_of(*thing) for thing in named(scene.caption)}
        assert len(scene.things) == len(named(scene.caption)) == 3
        assert all(coloured(scene, picture, colour).any() for colour in colours), scene.caption


def test_pairs_on_a_ground_keep_their_sides(plain):
    checked = 0
    for scene in (plain.scene("pair") for _ in range(300)):
        said = named(scene.caption)
        if scene.ground and scene.facts["relation"] in ("left", "right"):
            (first, second), checked = scene.things, checked + 1
            assert [plain.rows[thing.row].label for thing in scene.things] == [label for label, _ in said]
            assert (first.centre[0] < second.centre[0]) == (scene.facts["relation"] == "left"), scene.caption
    assert checked > 10


def test_as_many_things_are_drawn_as_are_counted(plain):
    for scene, picture in drawn(plain, "counted", 150):
        count, label = int(scene.facts["count"]), plain.rows[scene.things[0].row].label
        if own_colour(label) == scene.background:
            continue  # nothing is seen of it
        assert any(f"{number} " in scene.caption for number in NUMBERS[count]), scene.caption
        assert ndimage.label(things(scene, picture))[1] == count, scene.caption
        if scene.facts["colour"]:
            assert nearest_colour(picture, inner(things(scene, picture))) == scene.facts["colour"], scene.caption


def test_sizes_and_places_are_those_of_the_pixels(plain):
    sizes = {"tiny": (0.15, 0.3), "small": (0.25, 0.45), "large": (0.6, 1.0), "huge": (0.85, 1.0), "": (0.25, 0.45)}
    seen = set()
    for scene, picture in drawn(plain, "sized", 250):
        left, top, right, bottom = box_of(things(scene, picture))
        size, place = scene.facts["size"], scene.facts["place"]
        seen |= {size, place}
        assert sizes[size][0] <= right - left <= sizes[size][1], scene.caption
        assert place in scene.caption
        assert ("left" in place) == (right < 0.5) and ("right" in place.removesuffix(" corner")) == (left > 0.5), scene.caption
        assert ("top" in place) == (bottom < 0.5) and ("bottom" in place) == (top > 0.5), scene.caption
    assert {"tiny", "small", "large", "huge", " in the top left corner", " on the right"} <= seen


def test_behind_what_fills_the_scene_no_background_is_named(plain):
    huge = [scene for scene in (plain.scene("sized") for _ in range(400)) if scene.facts["size"] == "huge"]
    discs = [scene for scene in huge if DISC * scene.things[0].width > 1 and plain.rows[scene.things[0].row].label in ("apple", "leaf", "mouse")]
    assert discs and not any(scene.facts["background"] for scene in discs)
    assert any(scene.facts["background"] for scene in huge)


def test_a_hat_is_on_the_head_and_glasses_are_before_it(sampler):
    for scene, picture in drawn(sampler, "worn", 80):
        worn = scene.facts["worn"]
        head = box_of(coloured(scene, picture, own_colour(sampler.rows[scene.things[0].row].label)))
        hat = box_of(coloured(scene, picture, {"top hat": "black", "glasses": "purple"}[worn]))
        assert re.search(rf"(wearing|with)( an?| the)? {worn}", scene.caption), scene.caption
        assert head[0] < hat[0] and hat[2] < head[2]
        assert (hat[3] < head[1] + 0.2 and hat[1] < head[1]) if worn == "top hat" else (hat[1] > head[1] and hat[3] < head[3]), scene.caption


def test_hats_are_of_the_heads_hand(sampler):
    for scene in (sampler.scene("worn") for _ in range(80)):
        assert len({sampler.rows[thing.row].style for thing in scene.things}) == 1


def test_glyphs_have_their_colour_and_number(sampler):
    for scene, picture in drawn(sampler, "glyph", 120, 128):
        mask = things(scene, picture)
        assert scene.facts["colour"] in scene.caption
        assert nearest_colour(picture, inner(mask) if inner(mask).any() else mask) == scene.facts["colour"], scene.caption
        if not re.search("letter|number|digit|word|text", scene.caption):
            assert ndimage.label(mask)[1] == int(scene.facts["count"]), scene.caption


def test_grounds_are_named_and_things_stand_on_their_floor(sampler):
    for scene in (sampler.scene("ground") for _ in range(200)):
        phrases = PLACES[scene.ground.place] if scene.things else (ALONE[scene.ground.place],)
        assert any(phrase in scene.caption for phrase in phrases), scene.caption
        assert scene.facts["ground"] == scene.ground.place
        assert scene.facts["time"] == ("" if scene.ground.time == "day" else scene.ground.time)
        assert any(words in scene.caption for words in TIME_WORDS[scene.ground.time]), scene.caption
        for thing in scene.things:
            bottom = box_of(sampler.composer.placed([thing], 256)[0, 3].numpy() > 0.5)[3]
            assert scene.ground.floor is None or bottom == pytest.approx(scene.ground.floor, abs=0.01)


def test_what_is_held_out_is_neither_drawn_nor_named(sampler):
    for kind in KINDS:
        for scene in (sampler.scene(kind) for _ in range(40)):
            assert not any(sampler.rows[thing.row].held_out for thing in scene.things if thing.row >= 0)
            assert HELD_OUT not in scene.caption


def test_with_never_joins_two_things(sampler):
    for scene in (sampler.scene("pair") for _ in range(300)):
        assert not re.search(r" with (?!an? [a-z ]+ background)", scene.caption), scene.caption


def test_unseen_words_never_occur(sampler):
    is_unseen = containing(UNSEEN)
    assert not any(is_unseen(sampler.scene(kind).caption) for kind in KINDS for _ in range(40))


def test_what_reads_from_one_side_is_never_mirrored(sampler):
    one_sided = {"flag: France", "three o’clock", "regional indicator A", "person running: facing right"}
    mirrored = {sampler.rows[thing.row].label for kind in ("white", "colour", "sized", "counted", "pair", "ground") for _ in range(80)
                for thing in sampler.scene(kind).things if thing.mirrored}
    assert not mirrored & one_sided
    assert {"apple", "brick", "robot"} <= mirrored


@pytest.mark.parametrize("kind", ["white", "colour", "recoloured", "ground", "pair", "counted", "sized", "worn"])
def test_a_style_is_named_where_the_picture_is_of_it(sampler, kind):
    finishes = {"sketch": {"sketch", "black and white"}, "pixel": {"pixel"}, "": set()}
    for scene in (sampler.scene(kind) for _ in range(100)):
        styles = {sampler.rows[thing.row].style for thing in scene.things}
        true = finishes[scene.finish] or styles
        assert scene.facts["style"] in {"", *true}
        others = {word for style, after in STYLE_AFTER.items() if style not in true for word in (style, *(words.strip(" ,") for words in after))}
        if "sketch" not in true:
            assert not any(re.search(rf"\b{re.escape(word)}\b", scene.caption) for word in others - {"sketch", "black and white"}), scene.caption


def test_line_drawings_are_grey_and_squares_are_square(sampler):
    white = drawn(sampler, "white", 250)
    lines = [picture for scene, picture in white if scene.finish == "sketch"]
    squares = [picture for scene, picture in white if scene.finish == "pixel"]
    assert lines and squares
    assert all(np.ptp(picture.astype(int), axis=-1).max() <= 1 and picture.min() < 128 for picture in lines)
    assert all((picture == picture[::2, ::2].repeat(2, 0).repeat(2, 1)).all() for picture in squares)  # 32 of them in a row


def test_colours_and_skin_tones_are_not_said_of_line_drawings(pictures, monkeypatch):
    monkeypatch.setattr(pictures.rows[0], "skin_tone", True)
    sampler = SceneSampler(pictures, "cpu", 1)
    assert not sampler._can_become("sketch", 0) and sampler._can_become("pixel", 0) and sampler._can_become("sketch", 3)


def test_a_thing_of_no_known_class_has_no_map(sampler):
    for scene in (sampler.scene(kind) for kind in ("white", "glyph") for _ in range(300)):
        if scene.mapped:
            assert all(thing.row >= 0 and sampler.rows[thing.row].subgroup >= 0 for thing in scene.things)


def test_heads_with_ready_captions_wear_nothing(pictures, monkeypatch):
    """Their captions would not say it."""
    for row in pictures.rows:
        monkeypatch.setattr(row, "captions", ["a head"] if row.label in ("monkey", "robot") else [])
    assert "worn" not in SceneSampler(pictures, "cpu", 1).kinds


def test_composition_is_over(sampler):
    """A brick at half the size over an apple, on navy: colours and classes of three places."""
    scene = Scene("", [Thing(0, kind=5), Thing(3, width=0.5, kind=7)], "navy", mapped=True)
    pixels, maps = sampler.composer.compose([scene])
    found = ((pixels[0] + 1) * 127.5).round().int()
    for (y, x), colour, kind in (((64, 64), "brown", 7), ((64, 24), "red", 5), ((4, 4), "navy", 0)):
        assert found[:, y, x].tolist() == list(COLOURS[colour]) and maps[0, y, x] == kind
    assert (maps[0] == 7).sum() == pytest.approx((SQUARE / 2 * 128) ** 2, rel=0.05)
    assert (maps[0] > 0).sum() == pytest.approx(np.pi / 4 * (DISC * 128) ** 2, rel=0.02)


def test_shares_add_up():
    assert sum(KINDS.values()) == pytest.approx(1)


def test_kinds_of_scenes_can_be_chosen(pictures):
    scenes = SceneSampler(pictures, "cpu", 1, {"pair": 1.0}).scenes(20)
    assert all(len(scene.things) in (2, 3) for scene in scenes)


def test_flags_keep_their_place(sampler):
    flags = [row for row, picture in enumerate(sampler.rows) if picture.group == FLAG_GROUP]
    assert all(sampler._jittered(row).width == 1.0 for row in flags)

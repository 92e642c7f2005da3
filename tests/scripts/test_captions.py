"""The caption grammar."""

import json
import re
from random import Random

import pytest

from training.captions import STYLE_ADJECTIVE, STYLE_AFTER, STYLE_BEFORE, Captions, Words, fixed_caption, spoken_labels, with_article
from training.dataset import STYLES, Picture, Subject
from training.words import add_words, read_dictionary

SUBJECTS = [Subject("1f34e", "red apple", ["fruit"], ["mac"], ["pome"]), Subject("1f44b", "waving hand", ["hello"])]
ROWS = [Picture("1f34e", "3d", "red apple", subject=0),
        Picture("1f44b-1f3fb", "noto", "waving hand: light skin tone", skin_tone=True, subject=1),
        Picture("a.png", "", "my boat", subject=0, captions=["my boat"])]


@pytest.mark.parametrize("label, spoken", [
    ("flag: France", "flag of france"), ("keycap: 3", "keycap 3"), ("man: red hair", "man with red hair"),
    ("ATM sign", "atm sign"), ("OK button", "ok"), ("person running: facing right", "person running facing right"),
    ("eight o’clock", "eight o'clock")])
def test_spoken_labels(label, spoken):
    assert spoken_labels(label)[0] == spoken


def test_fixed_captions():
    assert fixed_caption(ROWS[0], SUBJECTS[0]) == "red apple, 3d style"
    assert fixed_caption(ROWS[2], SUBJECTS[0]) == "my boat"


def test_articles():
    said = {with_article("apple", Random(seed)) for seed in range(100)}
    assert said == {"apple", "an apple", "the apple"}
    assert {with_article("scissors", Random(seed)) for seed in range(100)} == {"scissors"}


def many(make, count=400):
    return [make(Random(seed)) for seed in range(count)]


def test_singles_name_the_thing_and_mostly_the_style():
    said = many(lambda rng: Captions(ROWS, SUBJECTS).single(0, rng))
    assert all(any(word in text for word in ("apple", "fruit", "mac", "pome")) for text in said)
    assert 0.6 < sum("3d" in text for text in said) / len(said) < 0.8
    assert len(set(said)) > 60
    assert not any("flat" in text or "noto" in text or "  " in text for text in said)


def test_background_size_and_place_are_said():
    captions = Captions(ROWS, SUBJECTS)
    said = many(lambda rng: captions.single(0, rng, Words("orange", "small", " at the top")))
    assert all("orange" in text and " at the top" in text and ("small" in text or "little" in text) for text in said)
    assert any("on an orange background" in text for text in said)
    assert not any("a orange" in text for text in said)


def test_a_count_is_said_before_many():
    said = many(lambda rng: Captions(ROWS, SUBJECTS).single(0, rng, Words(colour="blue", count=3)))
    assert all(re.search("(three|3) blue ([a-z]+ )?[a-z]+s", text) for text in said)
    assert not any("a 3d three" in text or "3d three" in text.replace("3d style: ", "") or text.startswith("a 3d blue") for text in said)


def test_a_close_up_has_the_article_of_the_thing():
    subjects = [Subject("1f34a", "apricot")]
    said = many(lambda rng: Captions([Picture("1f34a", "3d", "apricot")], subjects).single(0, rng, Words(size="huge")))
    assert any("close-up of an apricot" in text for text in said)
    assert not any("close-up of a " in text for text in said)


def test_what_is_worn_is_said():
    said = many(lambda rng: Captions(ROWS, SUBJECTS).single(0, rng, Words(worn="crown")))
    assert all(re.search("(wearing|with) (a |the )?crown", text) for text in said)


def test_another_style_than_the_rows():
    said = many(lambda rng: Captions(ROWS, SUBJECTS).single(0, rng, style="pixel"))
    assert any("pixel" in text for text in said) and not any("3d" in text for text in said)


def test_pairs_keep_their_order():
    said = many(lambda rng: Captions(ROWS, SUBJECTS).pair(1, 0, "left", rng))
    assert all("left of" in text for text in said)
    assert all(text.index("left of") > text.index("waving hand") for text in said)


def test_skin_tones_are_sometimes_said():
    said = many(lambda rng: Captions(ROWS, SUBJECTS).pair(1, 1, "beside", rng))
    assert any("light skin tone" in text for text in said) and not all("light skin tone" in text for text in said)


def test_a_fixed_caption_stays():
    assert set(many(lambda rng: Captions(ROWS, SUBJECTS).single(2, rng))) == {"my boat"}
    said = set(many(lambda rng: Captions(ROWS, SUBJECTS).single(2, rng, Words("blue", "huge", " at the top"))))
    assert "my boat, close-up at the top on a blue background" in said


def test_ready_captions_are_chosen_among_and_take_a_style():
    art = Picture("clipart-a", "clip art", "a red apple", captions=["a red apple", "an apple"])
    said = set(many(lambda rng: Captions([art], SUBJECTS).single(0, rng)))
    assert {"a red apple", "an apple", "clip art of an apple", "a red apple, clip art", "clip art red apple"} <= said
    assert fixed_caption(art, SUBJECTS[0]) == "a red apple"
    assert set(many(lambda rng: Captions([art], SUBJECTS).plain(0, rng))) == {"a red apple", "an apple"}
    several = many(lambda rng: Captions([art], SUBJECTS).several([0, 0], rng))
    assert not any("a a " in text or "the a" in text or "a an" in text for text in several)


def test_no_background_is_said_behind_a_photograph():
    photograph = Picture("a.jpg", "", "my boat", captions=["my boat"], opaque=True)
    captions = Captions([photograph], SUBJECTS)
    assert set(many(lambda rng: captions.single(0, rng, Words("blue")))) == {"my boat"}
    assert all("blue" in text for text in many(lambda rng: captions.single(0, rng, Words("blue", "small"))))


def test_other_words_of_a_dictionary_are_used_for_names():
    captions = Captions(ROWS, SUBJECTS, {"red apple": ["pippin"], "boat": ["barge"]})
    said = many(lambda rng: captions.single(0, rng, Words("blue")))
    assert 0.1 < sum("pippin" in text for text in said) / len(said) < 0.4
    assert not any("pippin" in text for text in many(lambda rng: captions.single(1, rng)))


def test_a_dictionary_leaves_out_unseen_synonyms_and_far_words(tmp_path):
    entries = [("pippin", "red apple", 0.7), ("apple", "red apple", 0.9), ("eating apple", "red apple", 0.8), ("fruit", "red apple", 0.55)]
    lines = [json.dumps({"word": word, "name": name, "similarity": near}) + "\n" for word, name, near in entries]
    (tmp_path / "words.jsonl").write_text("".join(lines))
    assert read_dictionary(tmp_path / "words.jsonl", ["apple"]) == {"red apple": ["pippin"]}


def test_every_style_has_words():
    assert STYLE_AFTER.keys() == STYLE_BEFORE.keys() == STYLE_ADJECTIVE.keys() == {*STYLES, "clip art", "black and white", "pixel"}


class OneSenseWordNet:
    """Knows 'car' with many synonyms."""

    def __init__(self, lemmas):
        from training.wordnet import Synset

        self.senses = {("car", "noun"): ["1"]}
        self.synsets = {"noun": {"1": Synset("noun", ["car", *lemmas], "a vehicle", [], [])}}


def test_unseen_synonyms_stay_out_of_captions():
    lemmas = [f"word{chr(97 + i)}" for i in range(20)]
    subjects = [Subject("1", "car", ["worda", "drive"])]
    unseen = add_words(subjects, OneSenseWordNet(lemmas), {"1": ["wheels", "drive"]})
    assert unseen and all(places == [0] for places in unseen.values())
    assert "worda" not in unseen  # a tag says it already
    assert subjects[0].keywords == ["wheels"]
    assert sorted([*unseen, *subjects[0].synonyms]) == lemmas
    captions = Captions([Picture("1", "3d", "car", subject=0)], subjects)
    said = " ".join(many(lambda rng: captions.single(0, rng)))
    assert not any(word in said for word in unseen)

"""Teaching a text encoder new words and scenes: which sentences, and which of their hidden states shall be alike."""

import json

import pytest
import small_folder
import torch

from train import tune_text_encoder as tune
from train.teach_words import entries
from training.networks import BOS, CONTEXT_LENGTH, EOS, PAD
from training.sentences import Lesson, Sentences
from training.wordnet import Synset


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    pictures = small_folder.make(folder)
    entries = ({"word": "rodent", "name": "mouse", "similarity": 0.7}, {"word": "block", "name": "brick", "similarity": 0.8})
    (folder / "words.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return Sentences(pictures, folder / "words.jsonl", 1)


def framed(*pieces):
    ids = [BOS, *pieces, EOS]
    return ids + [PAD] * (CONTEXT_LENGTH - len(ids))


def test_a_new_word_stands_where_the_known_name_stands(sentences):
    for new, known in sentences.new_words(50):
        word, name = ("rodent", "mouse") if "rodent" in new else ("block", "brick")
        assert word in new and new.replace(word, name) == known


def test_a_pair_is_explained_by_its_things_in_the_captions_order(sentences):
    pairs = [lesson for lesson in sentences.lessons(300) if lesson.facts.get("relation")]
    assert len(pairs) > 30
    for pair in pairs:
        first, second = (part.split(",")[0] for part in pair.parts)
        assert first not in pair.caption or second not in pair.caption or pair.caption.index(first) <= pair.caption.rindex(second)
    sides = {"left": ("left", "right"), "right": ("right", "left"), "below": ("bottom", "top"), "on top": ("top", "bottom"), "behind": ("", "")}
    for relation, places in sides.items():
        assert all(pair.sides == places for pair in pairs if pair.facts["relation"] == relation)


def test_one_thing_is_explained_by_itself(sentences):
    for lesson in sentences.lessons(300):
        if not lesson.facts.get("relation"):
            assert lesson.parts[0] == lesson.parts[1] and lesson.sides == ("", "")


def test_unseen_words_are_new_words_only(sentences):
    """An encoder may learn them from others; no picture's caption has them."""
    assert not any("rodent" in lesson.caption for lesson in sentences.lessons(300))
    assert any("block" in lesson.caption for lesson in sentences.lessons(300))


def test_anchors_differ(sentences):
    assert len(set(sentences.known(40))) > 30


def test_the_common_end_reaches_to_the_last_piece_of_the_word():
    ids = torch.tensor([framed(10, 11, 12, 7, 8), framed(10, 11, 12, 7, 8)])
    others = torch.tensor([framed(20, 7, 8), framed(10, 11, 12, 7, 8)])
    # "7 8" and the piece before them; of equal sentences everything, bos too
    assert tune.common_end(ids, others).tolist() == [3, 6]


def test_sentences_are_laid_over_each_other_at_eos():
    ids, others = torch.tensor([framed(10, 11, 7)]), torch.tensor([framed(20, 7)])
    wanted = torch.randn(1, 12, 4)
    found = torch.zeros(1, 12, 4)
    found[:, 2:] = wanted[:, 1:-1]  # the word's last piece and everything behind it, one place later
    assert tune.aligned_difference(found, wanted, ids, others) == 0
    found[:, 1] += 100  # the word's first piece does not count
    assert tune.aligned_difference(found, wanted, ids, others) == 0
    found[:, 3] += 1  # what is said behind the word does: one of three places, and half of the loss
    assert tune.aligned_difference(found, wanted, ids, others) == pytest.approx(1 / 6)


def test_paddings_speak_of_the_two_things_in_turn():
    codes = torch.randn(2, 2, 256)
    pairs = [Lesson("", ("", ""), ("left", "right"), {}), Lesson("", ("", ""), ("bottom", "top"), {})]
    wanted = tune.wanted_paddings(codes, pairs, 6)
    assert wanted.shape == (2, 6, 256)
    assert torch.equal(wanted[:, 0], wanted[:, 4]) and torch.equal(wanted[:, 1], wanted[:, 3])
    assert torch.allclose(wanted[:, :2].norm(dim=-1), codes.norm(dim=-1))
    # the mark is all that was added
    marks = tune.marks(256)
    for row, places in ((0, (0, 1)), (1, (3, 2))):
        for thing, place in enumerate(places):
            marked = codes[row, thing] + marks[place]
            assert torch.allclose(wanted[row, thing], marked * codes[row, thing].norm() / marked.norm(), atol=1e-5)


def test_without_places_paddings_speak_of_the_thing():
    codes = torch.randn(1, 1, 256).expand(1, 2, 256)
    wanted = tune.wanted_paddings(codes, [Lesson("", ("", ""), ("", ""), {})], 4)
    torch.testing.assert_close(wanted, codes[:, :1].expand(1, 4, 256))


def test_rows_without_such_places_do_not_count():
    error = torch.tensor([[1.0, 3.0], [100.0, 100.0]])
    assert tune.mean_of(error, torch.tensor([[True, True], [False, False]])) == 2


class Dictionary:
    senses = {("chopper", "noun"): ["1", "2"]}
    synsets = {"noun": {"1": Synset("noun", ["cleaver", "chopper"], "a butcher's knife", [], []),
                        "2": Synset("noun", ["helicopter", "chopper"], "an aircraft without wings", [], [])}}


def test_a_word_is_looked_up_in_all_its_senses():
    assert entries("chopper", Dictionary()) == ["chopper, cleaver: a butcher's knife", "chopper, helicopter: an aircraft without wings"]
    assert entries("unheard of", Dictionary()) == []

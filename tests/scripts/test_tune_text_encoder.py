"""Teaching a text encoder new words and pairs: which sentences, and which of their hidden states shall be alike."""

import json

import pytest
import torch

import tune_text_encoder as tune
from teach_words import entries
from training.dataset import Picture, Pictures, Subject, write_descriptions
from training.networks import BOS, CONTEXT_LENGTH, EOS, PAD
from training.sentences import Pair, Sentences
from training.wordnet import Synset

SUBJECTS = [Subject("1f415", "dog", ["pet"]), Subject("1f408", "cat", ["pet"]), Subject("1f4cc", "pushpin", ["pin"])]


@pytest.fixture
def sentences(tmp_path):
    rows = [Picture(subject.hexcode, style, subject.label, subject=i) for i, subject in enumerate(SUBJECTS) for style in ("3d", "flat")]
    write_descriptions(tmp_path, rows, SUBJECTS, {})
    import numpy as np
    np.save(tmp_path / "pictures-128.npy", np.zeros((len(rows), 128, 128, 4), np.uint8))
    (tmp_path / "words.jsonl").write_text(json.dumps({"word": "thumbtack", "name": "pushpin", "similarity": 0.7}) + "\n")
    return Sentences(Pictures(tmp_path), tmp_path / "words.jsonl", 1)


def framed(*pieces):
    ids = [BOS, *pieces, EOS]
    return ids + [PAD] * (CONTEXT_LENGTH - len(ids))


def test_a_new_word_stands_where_the_known_name_stands(sentences):
    for new, known in sentences.new_words(50):  # there is one word
        assert "thumbtack" in new and new.replace("thumbtack", "pushpin") == known


def test_a_pair_is_explained_by_its_things_in_order(sentences):
    pairs = sentences.pairs(300)
    for pair in pairs:
        for part in pair.parts:
            assert part.split(",")[0].split(" on a ")[0] in ("dog", "cat", "pushpin")
        if pair.known and pair.parts[0] != pair.parts[1]:
            first, second = (part.split(",")[0].split(" on a ")[0] for part in pair.parts)
            assert pair.caption.index(first) <= pair.caption.index(second)
    assert all(("3d style" in pair.parts[0]) == ("3d" in pair.caption) for pair in pairs)
    assert any(not pair.known and "thumbtack" in pair.caption and "pushpin" in "".join(pair.parts) for pair in pairs)
    right_of = [pair for pair in pairs if "right of" in pair.caption]
    assert right_of and all(pair.places == ("right", "left") for pair in right_of)
    assert all(pair.places == ("bottom", "top") for pair in pairs if " below " in pair.caption)


def test_no_anchor_is_used_twice_in_a_row(sentences):
    assert len(set(sentences.known(20))) == 20


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
    pairs = [Pair("", ("", ""), ("left", "right"), True), Pair("", ("", ""), ("bottom", "top"), True)]
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

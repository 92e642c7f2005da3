"""More words for the subjects: CLDR's keywords and WordNet's synonyms.

Keywords: Debian's unicode-cldr-core (Unicode-DFS-2016 licence). Synonyms: WordNet (wordnet.py).

A synonym is a lemma of the synset that a subject's label most likely means. The fifth of the synonyms that a hash
picks are the unseen synonyms: they stand in no label, tag or keyword, no caption uses them, and evaluation asks for
them.
"""

import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from training.dataset import FLAG_GROUP, Subject
from training.wordnet import Synset, WordNet

CLDR_FILE = Path("/usr/share/unicode/cldr/common/annotations/en.xml")
UNSEEN_EVERY = 5
RARITY_COST = 0.5
CLOSE = 0.6  # least similarity of a word that stands for a picture
OFFENSIVE = frozenset({"fag", "nigger", "whore"})
# Words of a label that say how the emoji looks, not what it shows.
LABEL_ENDINGS = (" face", " button", " symbol", " sign")


def read_cldr_keywords(path: Path = CLDR_FILE) -> dict[str, list[str]]:
    """Hexcode without fe0f -> keywords."""
    if not path.is_file():
        raise SystemExit(f"{path}: no such file. Install it: apt-get install unicode-cldr-core.")
    keywords = {}
    for annotation in ElementTree.parse(path).iter("annotation"):
        if annotation.get("type") != "tts":
            hexcode = "-".join(f"{ord(character):x}" for character in annotation.get("cp"))
            keywords[hexcode] = [word.strip() for word in annotation.text.split("|")]
    return keywords


def add_words(subjects: list[Subject], wordnet: WordNet, cldr: dict[str, list[str]]) -> dict[str, list[int]]:
    """Fills keywords and synonyms of all subjects; returns the unseen synonyms (word -> subject indices)."""
    for subject in subjects:
        known = {subject.label.lower(), *subject.tags}
        subject.keywords = [word for word in cldr.get(subject.hexcode, []) if word.lower() not in known and re.search("[a-z]", word.lower())]
    spoken = {word for subject in subjects for text in (subject.label, *subject.tags, *subject.keywords)
              for word in (text.lower(), *re.findall(r"\w+", text.lower()))}
    unseen: dict[str, list[int]] = defaultdict(list)
    for index, subject in enumerate(subjects):
        for word in find_synonyms(subject, wordnet):
            # At least one word must be new: "volleyball game" says nothing that the tags do not say.
            if not spoken.issuperset(re.findall(r"\w+", word)) and is_unseen(word):
                unseen[word].append(index)
            else:
                subject.synonyms.append(word)
    names_unseen = containing(unseen)
    for subject in subjects:
        subject.synonyms = [synonym for synonym in subject.synonyms if not names_unseen(synonym)]
    return dict(sorted(unseen.items()))


def containing(unseen: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text contains one of the words: "family car" gives "car" away."""
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, unseen)) or '(?!)'})\b")
    return lambda text: pattern.search(text) is not None


def read_words(path: Path) -> list[dict]:
    """words.jsonl of train/teach_words.py: {"word": ..., "name": ..., "similarity": ...} each"""
    if not path.is_file():
        raise SystemExit(f"{path}: no such file. Make it with scripts/train/teach_words.py.")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_dictionary(path: Path, unseen: Iterable[str]) -> dict[str, list[str]]:
    """words.jsonl (train/teach_words.py) -> known name: other words for it, without those that contain an unseen one."""
    names_unseen = containing(unseen)
    dictionary: dict[str, list[str]] = defaultdict(list)
    for entry in read_words(path):
        if entry["similarity"] >= CLOSE and not names_unseen(entry["word"]):
            dictionary[entry["name"]].append(entry["word"])
    return dict(dictionary)


def is_unseen(word: str) -> bool:
    return int(hashlib.sha256(word.encode()).hexdigest()[:8], 16) % UNSEEN_EVERY == 0


def find_synonyms(subject: Subject, wordnet: WordNet) -> list[str]:
    """Lemmas of the sense of the label that shares most words with the subject's tags; never a proper name."""
    if subject.group == FLAG_GROUP:
        return []
    label = subject.label.lower()
    for ending in LABEL_ENDINGS:
        label = label.removesuffix(ending)
    offsets = wordnet.senses.get((label, "noun"), [])
    if not offsets:
        return []
    hints = {word for text in (*subject.tags, *subject.keywords) for word in re.findall(r"\w+", text.lower())}
    senses = [wordnet.synsets["noun"][offset] for offset in offsets]
    # Senses come by frequency: a rarer one must share more words to win.
    scores = [len(hints & _words_about(sense, wordnet)) - RARITY_COST * rank for rank, sense in enumerate(senses)]
    best = senses[scores.index(max(scores))]
    return [lemma for lemma in best.lemmas
            if lemma.islower() and lemma != label and len(lemma) > 2 and lemma not in OFFENSIVE]


def _words_about(sense: Synset, wordnet: WordNet) -> set[str]:
    above = [wordnet.synsets[sense.part][offset] for offset in sense.hypernyms]
    texts = [sense.gloss, *sense.lemmas, *(lemma for synset in above for lemma in synset.lemmas)]
    return {word for text in texts for word in re.findall(r"\w+", text.lower())}

"""Writes a dictionary from words that no caption contains to the nearest known name, for train/tune_text_encoder.py.

    scripts/train/teach_words.py --data data/emoji --out data/words.jsonl

The words are WordNet's nouns near the subjects. The teacher (train/teach.py) embeds the entries of each word's first senses ("fireman,
firefighter, fire fighter: a member of a fire department who tries to extinguish fires") and all names of the subjects; the most
similar name is the one the word is read as. Of several senses the one nearest to a subject counts: a model of emoji may take
"chopper" for a helicopter.

words.jsonl: {"word": "fireman", "name": "firefighter", "similarity": 0.777}, one line per word, in WordNet's order.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from train.teach import embed
from training.captions import Captions, spoken_labels
from training.dataset import FLAG_GROUP, Subject, read_subjects
from training.loop import write_atomically
from training.texts import GLOSS_LENGTH, wordnet_words
from training.wordnet import WordNet


@dataclass
class Defaults:
    senses: int = 4
    near: float = 0.55  # minimum similarity
    label_share: float = 0.3  # weight of the name's similarity; the rest is that of the subject's best name
    at_once: int = 2000


DEFAULTS = Defaults()


def entries(word: str, wordnet: WordNet) -> list[str]:
    """-> one entry per sense: 'fireman, firefighter, fire fighter: a member of a fire department who tries to extinguish fires'"""
    synsets = [wordnet.synsets["noun"][offset] for offset in wordnet.senses.get((word, "noun"), [])[: DEFAULTS.senses]]
    return [f"{', '.join([word, *(lemma for lemma in synset.lemmas if lemma.lower() != word)])}: {synset.gloss[:GLOSS_LENGTH]}"
            for synset in synsets]


class KnownNames:
    """Embeddings of all names that captions use."""

    def __init__(self, subjects: list[Subject]):
        captions = Captions([], subjects)
        drawn = [i for i, subject in enumerate(subjects) if subject.group != FLAG_GROUP]
        self.labels = [spoken_labels(subjects[i].label)[0] for i in drawn]
        names = [dict.fromkeys([*captions.names[i], *captions.words[i]]) for i in drawn]
        self.ends = np.cumsum([len(some) for some in names])
        self.vectors = embed([name for some in names for name in some])  # float32 [names, 384], unit length
        self.label_vectors = embed(self.labels)

    def nearest(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """[N, 384] -> indices of labels and similarities, each [N]"""
        best = np.maximum.reduceat(vectors @ self.vectors.T, np.concatenate([[0], self.ends[:-1]]), axis=1)
        similarities = (1 - DEFAULTS.label_share) * best + DEFAULTS.label_share * (vectors @ self.label_vectors.T)
        return similarities.argmax(1), similarities.max(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--out", type=Path, required=True, help="file to write, words.jsonl")
    parser.add_argument("--words", type=int, default=34_000, help="maximum number of WordNet words")
    options = parser.parse_args()

    wordnet, subjects = WordNet(), read_subjects(options.data)
    known = KnownNames(subjects)
    spoken = {name.lower() for some in Captions([], subjects).names for name in some}
    looked_up = [(word, entry) for word in wordnet_words(subjects, wordnet)[: options.words] if word not in spoken
                 for entry in entries(word, wordnet)]
    vectors = embed([entry for _, entry in looked_up])
    found: dict[str, tuple[float, str]] = {}
    for start in range(0, len(looked_up), DEFAULTS.at_once):
        labels, similarities = known.nearest(vectors[start : start + DEFAULTS.at_once])
        for (word, _), label, similarity in zip(looked_up[start:], labels, similarities.tolist()):
            found[word] = max(found.get(word, (0.0, "")), (similarity, known.labels[label]))
    lines = [json.dumps({"word": word, "name": name, "similarity": round(similarity, 3)}, ensure_ascii=False) + "\n"
             for word, (similarity, name) in found.items() if similarity >= DEFAULTS.near]
    write_atomically(options.out, lambda path: path.write_text("".join(lines), encoding="utf-8"))
    print(f"{options.out}: {len(lines)} of {len(found)} words stand near a known name")


if __name__ == "__main__":
    main()

"""A small reader of WordNet 3.0's database files (man wndb), as Debian's wordnet-base installs them.

Licence: WordNet 3.0 licence (Princeton University; use, copy, modify and distribute with notice).
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

WORDNET_FOLDER = Path("/usr/share/wordnet")
PARTS = ("noun", "verb", "adj", "adv")


@dataclass
class Synset:
    part: str  # one of PARTS
    lemmas: list[str]  # "ice cream": spaces, original case
    gloss: str  # the definition, without the examples
    hypernyms: list[str]  # offsets within the same part
    hyponyms: list[str]


class WordNet:
    def __init__(self, folder: Path = WORDNET_FOLDER):
        if not (folder / "data.noun").is_file():
            raise SystemExit(f"{folder}: WordNet's data.noun is not there. Install it: apt-get install wordnet-base.")
        self.folder = folder
        self.synsets = {part: dict(_read_synsets(folder / f"data.{part}", part)) for part in PARTS}

    @cached_property
    def senses(self) -> dict[tuple[str, str], list[str]]:
        """(lemma in lower case, part) -> synset offsets, the most frequent sense first."""
        index = {}
        for part in PARTS:
            with open(self.folder / f"index.{part}", encoding="utf-8") as lines:
                for line in lines:
                    if line.startswith("  "):  # the licence text
                        continue
                    words = line.split()
                    count = int(words[2])
                    index[words[0].replace("_", " "), part] = words[-count:]
        return index

    @cached_property
    def frequency(self) -> dict[str, int]:
        """Lemma in lower case -> how often its senses occur in the semantic concordance."""
        counts: dict[str, int] = defaultdict(int)
        with open(self.folder / "cntlist.rev", encoding="utf-8") as lines:
            for line in lines:
                key, _, count = line.split()
                counts[key.split("%")[0].replace("_", " ").lower()] += int(count)
        return counts


def _read_synsets(path: Path, part: str):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("  "):
                continue
            fields, _, gloss = line.partition("|")
            words = fields.split()
            lemma_count = int(words[3], 16)
            # An adjective may carry a marker of its position: "awake(p)".
            lemmas = [words[4 + 2 * i].split("(")[0].replace("_", " ") for i in range(lemma_count)]
            after = 4 + 2 * lemma_count
            pointers = [words[after + 1 + 4 * i : after + 5 + 4 * i] for i in range(int(words[after]))]
            related = {kind: [p[1] for p in pointers if p[0] == kind] for kind in ("@", "~")}
            definition = gloss.split('; "')[0].strip()
            yield words[0], Synset(part, lemmas, definition, related["@"], related["~"])

"""Texts without pictures: what the tokenizer and the distilled text encoder learn language from.

All names of the subjects, captions as the grammar makes them, WordNet's lemmas and glosses, and captions about
things that no picture shows ("flat icon of a violinist"), so that the student knows more words than the pictures
have. Unseen synonyms occur in WordNet's words and glosses, never in a caption. The same seed gives the same texts.
"""

from random import Random

from training.captions import RELATIONS, SIZE_WORDS, STYLE_AFTER, STYLE_BEFORE, Captions, Words, spoken_labels, with_article
from training.colours import COLOURS
from training.dataset import STYLES, Picture, Subject
from training.placing import SIZED
from training.plurals import article
from training.wordnet import WordNet

GLOSS_LENGTH = 90  # characters; longer glosses are left out
HYPONYM_DEPTH = 3


def subject_texts(subjects: list[Subject], unseen: dict[str, list[int]]) -> list[str]:
    """Labels, tags, keywords, synonyms (unseen ones too) and a few joined tags."""
    texts = [text for s in subjects for text in (*spoken_labels(s.label), *s.tags, *s.keywords, *s.synonyms)]
    joined = [", ".join(s.tags[:count]) for s in subjects for count in (2, 3) if len(s.tags) >= count]
    return _unique([*texts, *unseen, *joined])


def caption_texts(rows: list[Picture], subjects: list[Subject], count: int, rng: Random) -> list[str]:
    """Captions of rows that training may see, about one or two things."""
    captions = Captions(rows, subjects)
    weights = [0.1 if row.skin_tone else 1.0 for row in rows]
    allowed = [i for i, row in enumerate(rows) if not row.held_out]
    chosen = rng.choices(allowed, [weights[i] for i in allowed], k=2 * count)
    colours, relations, texts = list(COLOURS), list(RELATIONS), []
    for row, other in zip(chosen[::2], chosen[1::2]):
        kind, colour = rng.random(), rng.choice(colours)
        if kind < 0.5:
            texts.append(captions.single(row, rng))
        elif kind < 0.65:
            texts.append(captions.single(row, rng, Words(background=colour)))
        elif kind < 0.75:
            size, place, _, _ = rng.choice(SIZED)
            texts.append(captions.single(row, rng, Words(size=size, place=place)))
        elif kind < 0.95:
            texts.append(captions.pair(row, other, rng.choice(relations), rng, Words(background=colour if kind > 0.9 else "")))
        else:
            texts.append(captions.plain(row, rng))
    return _unique(texts)


def wordnet_words(subjects: list[Subject], wordnet: WordNet) -> list[str]:
    """Lemmas: first those near the subjects, then all others by falling frequency."""
    near = dict.fromkeys(lemma.lower() for synset in _near_subjects(subjects, wordnet) for lemma in synset.lemmas)
    frequent = sorted(wordnet.frequency, key=lambda lemma: (-wordnet.frequency[lemma], lemma))
    return [word for word in _unique([*near, *frequent]) if 2 < len(word) < 30 and word[0].isalpha()]


def wordnet_glosses(words: list[str], wordnet: WordNet) -> list[str]:
    """The first sense's gloss of each word, where it is short."""
    glosses = []
    for word in words:
        for part in ("noun", "verb", "adj"):
            if offsets := wordnet.senses.get((word, part)):
                glosses.append(wordnet.synsets[part][offsets[0]].gloss.lower())
                break
    return _unique([gloss for gloss in glosses if len(gloss) <= GLOSS_LENGTH])


def imagined_captions(words: list[str], unseen: dict[str, list[int]], count: int, rng: Random) -> list[str]:
    """Captions about words that have no picture."""
    words = [word for word in words if not any(part in unseen for part in (word, *word.split()))]
    texts = []
    for _ in range(count):
        style, thing = rng.choice(STYLES), with_article(rng.choice(words), rng)
        if rng.random() < 0.15:
            thing = f"{rng.choice(SIZE_WORDS['small'] + SIZE_WORDS['large'])} {thing}"
        if rng.random() < 0.15:
            colour = rng.choice(list(COLOURS))
            thing += f" on {article(colour)} {colour} background"
        if rng.random() < 0.1:
            thing = f"{thing} and {with_article(rng.choice(words), rng)}"
        before = rng.random() < 0.4
        texts.append(rng.choice(STYLE_BEFORE[style]) + thing if before else thing + rng.choice(STYLE_AFTER[style]))
    return _unique(texts)


def concrete_nouns(words: list[str], wordnet: WordNet) -> list[str]:
    """Those of the words whose first sense as a noun is a physical entity (by its chain of hypernyms)."""
    return [word for word in words if _is_physical((wordnet.senses.get((word, "noun")) or [""])[0], wordnet)]


def build_texts(rows: list[Picture], subjects: list[Subject], unseen: dict[str, list[int]], wordnet: WordNet,
                counts: dict[str, int], seed: int) -> list[str]:
    """counts: how many captions, words, glosses and imagined captions."""
    rng = Random(seed)
    words = wordnet_words(subjects, wordnet)[: counts["words"]]
    return _unique([
        *subject_texts(subjects, unseen), *words,
        *wordnet_glosses(words, wordnet)[: counts["glosses"]],
        *caption_texts(rows, subjects, counts["captions"], rng),
        *imagined_captions(concrete_nouns(words, wordnet), unseen, counts["imagined"], rng),
    ])


def _near_subjects(subjects: list[Subject], wordnet: WordNet):
    """Synsets of the subjects' words, their hypernyms, and their hyponyms down to HYPONYM_DEPTH."""
    nouns, seen = wordnet.synsets["noun"], {}
    names = _unique([name for s in subjects for name in (*spoken_labels(s.label), *s.synonyms, *s.tags)])
    level = [offset for name in names for offset in wordnet.senses.get((name.lower(), "noun"), [])[:2]]
    seen |= dict.fromkeys(level)
    seen |= dict.fromkeys(above for offset in level for above in nouns[offset].hypernyms)
    for _ in range(HYPONYM_DEPTH):
        level = [below for offset in level for below in nouns[offset].hyponyms if below not in seen]
        seen |= dict.fromkeys(level)
    return [nouns[offset] for offset in seen]


def _is_physical(offset: str, wordnet: WordNet) -> bool:
    nouns = wordnet.synsets["noun"]
    while offset in nouns:
        if nouns[offset].lemmas[0] == "physical entity":
            return True
        offset = (nouns[offset].hypernyms or [""])[0]
    return False


def _unique(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(text.lower().strip() for text in texts if text.strip()))

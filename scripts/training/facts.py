"""What a caption says beside the names of things: which facts there are, and which a scene's caption tells.

A fact that a caption leaves out has the value "". The text encoder learns to keep facts apart (train/tune_text_encoder.py), and
tests compare them with pixels.
"""

from training.captions import RELATIONS, SIZE_WORDS, STYLE_ADJECTIVE, STYLE_AFTER, STYLE_BEFORE, Words
from training.colours import COLOURS, THING_COLOURS
from training.grounds import PLACES, Ground
from training.placing import HATS, SIZED

# fact -> its values; the first is that of captions that do not say it
FACTS = {
    "style": ("", *STYLE_AFTER),
    "background": ("", *COLOURS),
    "colour": ("", *THING_COLOURS),
    "second colour": ("", *THING_COLOURS),
    "count": ("1", "2", "3", "4", "5", "several"),
    "relation": ("", *RELATIONS),
    "ground": ("", *PLACES),
    "time": ("", "night", "sunset"),
    "size": ("", *SIZE_WORDS),
    "place": ("", *dict.fromkeys(place for _, place, _, _ in SIZED if place)),
    "worn": ("", *dict.fromkeys(HATS.values())),
}
_STYLE_WORDS = {style: sorted({words.strip(" ,:").removeprefix("a ").removeprefix("an ")
                               for words in (*STYLE_AFTER[style], *STYLE_BEFORE[style], *STYLE_ADJECTIVE[style])},
                              key=len, reverse=True) for style in STYLE_AFTER}


def facts_of(said: Words, ground: Ground | None = None) -> dict[str, str]:
    facts = {"background": said.background, "colour": said.colour, "count": str(said.count), "size": said.size, "worn": said.worn}
    return facts | (ground_facts(ground) if ground else {"place": said.place})


def ground_facts(ground: Ground) -> dict[str, str]:
    return {"ground": ground.place, "time": ground.time if ground.time != "day" else ""}


def style_said(caption: str) -> str:
    """The style whose longest words stand in the caption; '' if none do."""
    padded = f" {caption.replace(',', ' ').replace(':', ' ')} "
    found = {style: next((len(word) for word in words if f" {word} " in padded), 0) for style, words in _STYLE_WORDS.items()}
    best = max(found, key=found.get)
    return best if found[best] else ""

"""One prompt that evaluation asks for, and what is right about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    prompt: str
    seed: int
    subjects: tuple[int, ...] = ()  # any of these is right; of a pair: the first and the second thing
    style: str = ""
    background: str = ""  # of COLOURS
    relation: str = ""  # of RELATION_WORDS
    rows: tuple[int, ...] = ()  # what a perfect drawing would be made of
    colour: str = ""  # of THING_COLOURS: the thing's
    count: int = 1
    ground: tuple[str, str] = ("", "")  # place and time of grounds.py
    letter: str = ""
    flags: tuple[str, ...] = ()  # more for the command line

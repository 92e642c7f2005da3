"""Articles, numbers and plurals of English names of things."""

import re

NUMBERS = {2: ("two", "2", "a pair of", "two"), 3: ("three", "3", "three"), 4: ("four", "4", "four"), 5: ("five", "5", "five")}
IRREGULAR = {
    "child": "children", "foot": "feet", "goose": "geese", "man": "men", "mouse": "mice", "ox": "oxen", "person": "people", "tooth": "teeth",
    "woman": "women", "fish": "fish", "sheep": "sheep", "shrimp": "shrimp", "squid": "squid", "bison": "bison", "moose": "moose", "deer": "deer",
    "die": "dice", "cactus": "cacti", "knife": "knives", "leaf": "leaves", "loaf": "loaves", "wolf": "wolves", "calf": "calves", "potato": "potatoes",
    "tomato": "tomatoes", "hero": "heroes", "mango": "mangoes", "scarf": "scarves", "elf": "elves", "half": "halves",
}
# What cannot be counted as it is, or is several already.
UNCOUNTABLE = frozenset("rice bread cheese bacon corn honey money broccoli sushi garlic butter salt milk water fire music oden sake tea beer ginger".split())
_COUNTABLE = re.compile(r"[a-z][a-z' -]*")
_HEAD = re.compile(r"(.+?)( (?:of|with|in|on|without) .+)?$")


def article(name: str) -> str:
    return "an" if name[0] in "aeiou" and not name.startswith(("uni", "one", "eu")) else "a"


def is_countable(name: str) -> bool:
    """Whether `plural` gives what people say: up to three words of plain letters, no plural, none of UNCOUNTABLE."""
    head = _HEAD.match(name).group(1) if name else ""
    words = head.split()
    if not _COUNTABLE.fullmatch(name) or not 0 < len(words) <= 3:
        return False
    last = words[-1]
    return not (last in UNCOUNTABLE or last in IRREGULAR.values() and last not in IRREGULAR or "not" in words
                or last in ("done", "up", "down", "off", "over") or last.endswith("ing")
                or last.endswith("s") and not last.endswith(("ss", "us")) or "," in name)


def plural(name: str) -> str:
    """'glass of milk' -> 'glasses of milk', 'mouse' -> 'mice', 'red apple' -> 'red apples'"""
    head, rest = _HEAD.match(name).groups()
    *before, last = head.split(" ")
    if last in IRREGULAR:
        last = IRREGULAR[last]
    elif last.endswith(("s", "x", "z", "ch", "sh")):
        last += "es"
    elif last.endswith("y") and last[-2:-1] not in tuple("aeiou"):
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*before, last]) + (rest or "")

"""People of dicebear's styles, in words: hair, beards, glasses, clothes and moods.

A beard makes a man; hair marked WOMAN in avatar_parts.py, which then has no beard, a woman; all else is a person.
"""

from random import Random

from training import avatar_parts as parts
from training.avatar_parts import ANY, WOMAN
from training.avatar_words import COLOURS, HAIR_COLOURS, Drawing, pick_hair_colour, with_colours, with_parts

SKINS = {"light": "#f6d3b6", "fair": "#ecb98f", "tan": "#d29a6a", "brown": "#a8693f", "dark": "#6b4329"}
SKIN_WORDS = {"light": "light skin", "brown": "brown skin", "dark": "dark skin"}
SKIN_NAMED = 0.15  # share of the people whose captions may name the skin
CLOTHES = tuple(name for name in COLOURS if name != "black")
CARTOON = ("a cartoon of ", "a portrait of ", "an avatar of ", "a drawing of ")
INK = ("a line drawing of ", "a black and white drawing of ", "an ink drawing of ", "a sketch of ")
VOXEL = ("voxel art of ", "a voxel figure of ", "a blocky 3d figure of ", "a voxel model of ")


def draw_peep(rng: Random) -> Drawing:
    clothing = rng.choice([name for name in CLOTHES if name != "white"])
    if rng.random() < 0.12:
        head, words, hint = rng.choice((("turban", f"a {clothing} turban", ANY), ("hatBeanie", f"a {clothing} beanie", ANY)))
    else:
        head = rng.choice(list(parts.PEEPS_HAIR))
        words, hint = parts.PEEPS_HAIR[head]
        words = words.replace("{shirt}", clothing)
    person = _Person(rng, words, hint, parts.PEEPS_BEARDS, parts.PEEPS_GLASSES)
    mask = "medicalMask" if not person.beard and rng.random() < 0.05 else None
    expression = rng.choice(list(parts.PEEPS_MOODS))
    mood = "" if mask else parts.PEEPS_MOODS[expression]
    options = with_parts(head=head, facialHair=person.beard, accessories=person.glasses, mask=mask,
                         expression=expression) | with_colours(
        clothing=COLOURS[clothing], headContrast=HAIR_COLOURS[person.hair_colour], skin=SKINS[person.skin])
    return person.drawing(options, mood, f" in a {clothing} shirt", CARTOON, "a white face mask" if mask else "")


def draw_adventurer(rng: Random) -> Drawing:
    hair = rng.choice(list(parts.ADVENTURER_HAIR))
    person = _Person(rng, *parts.ADVENTURER_HAIR[hair], {"mustache": "a black mustache"}, parts.ADVENTURER_GLASSES)
    detail = person.beard or rng.choice(("freckles", "blush", None, None))
    mouth = rng.choice(list(parts.ADVENTURER_MOUTHS))
    options = with_parts(hair=hair, details=detail, glasses=person.glasses, mouth=mouth, earrings=None) | with_colours(
        hair=HAIR_COLOURS[person.hair_colour], skin=SKINS[person.skin])
    extra = {"freckles": "freckles", "blush": "red cheeks"}.get(detail, "")
    person.nouns = {"woman": ["girl", "girl's head"], "man": ["man"], "person": ["person", "child"]}[person.nouns[0]]
    return person.drawing(options, parts.ADVENTURER_MOUTHS[mouth], "", CARTOON, extra)


def draw_lorelei(rng: Random) -> Drawing:
    hair = rng.choice(list(parts.LORELEI_HAIR))
    person = _Person(rng, *parts.LORELEI_HAIR[hair], {"variant01": "a big {} beard", "variant02": "a big {} beard"},
                     parts.LORELEI_GLASSES)
    if rng.random() < 0.7:
        person.hair_colour = "black"
    flowers = "flowers" if person.is_woman and rng.random() < 0.15 else None
    mouth = "happy14" if person.beard else rng.choice(list(parts.LORELEI_MOUTHS))
    options = with_parts(hair=hair, beard=person.beard, glasses=person.glasses, mouth=mouth, hairAccessories=flowers,
                         earrings=None, freckles=None)
    options |= with_colours(hair=HAIR_COLOURS[person.hair_colour])
    person.skin = "fair"  # white here, and not named
    return person.drawing(options, parts.LORELEI_MOUTHS[mouth], "", INK if person.hair_colour == "black" else INK[:1],
                          "flowers in the hair" if flowers else "")


def draw_notionist(rng: Random) -> Drawing:
    hair, clothes = rng.choice(list(parts.NOTIONISTS_HAIR)), rng.choice(list(parts.NOTIONISTS_CLOTHES))
    gesture = rng.choice(list(parts.NOTIONISTS_GESTURES)) if rng.random() < 0.3 else None
    person = _Person(rng, *parts.NOTIONISTS_HAIR[hair], parts.NOTIONISTS_BEARDS, parts.NOTIONISTS_GLASSES)
    person.skin = "fair"  # white here, and not named
    options = with_parts(hair=hair, beard=person.beard, glasses=person.glasses, clothes=clothes, clothesGraphic=None,
                         gesture=gesture)
    return person.drawing(options, "", f" in {parts.NOTIONISTS_CLOTHES[clothes]}", INK,
                          parts.NOTIONISTS_GESTURES[gesture] if gesture else "")


def draw_micah(rng: Random) -> Drawing:
    hair, mouth = rng.choice(list(parts.MICAH_HAIR)), rng.choice(list(parts.MICAH_MOODS))
    person = _Person(rng, *parts.MICAH_HAIR[hair], {"beard": "a {} beard", "scruff": "stubble"},
                     {"round": "round glasses", "square": "square glasses"})
    shirt, cloth = rng.choice(CLOTHES), rng.choice(CLOTHES)
    frame = rng.choice(("black", "red", "blue"))
    hoop = "hoop" if person.is_woman and rng.random() < 0.4 else None
    mouth = "smile" if person.beard else mouth
    options = with_parts(hair=hair, facialHair=person.beard, glasses=person.glasses, earrings=hoop, mouth=mouth, clothes="crew",
                         eyebrows="eyelashesUp" if person.is_woman else "up")
    hair_value = HAIR_COLOURS[person.hair_colour]
    if hair == "turban":
        person.hair_words = person.hair_words.format(cloth)
    options |= with_colours(hair=COLOURS[cloth] if hair == "turban" else hair_value, facialHair=hair_value,
                            shirt=COLOURS[shirt], glasses=COLOURS[frame], base=SKINS[person.skin],
                            earring="#f4d150")
    if person.glasses:
        person.glasses_words = f"{frame} {person.glasses_words}"
    return person.drawing(options, "" if person.beard else parts.MICAH_MOODS[mouth], f" in a {shirt} shirt", CARTOON,
                          "a golden earring" if hoop else "")


def draw_persona(rng: Random) -> Drawing:
    hair, eyes, mouth = (rng.choice(list(table)) for table in (parts.PERSONAS_HAIR, parts.PERSONAS_EYES, parts.PERSONAS_MOUTHS))
    clothes, shirt = rng.choice(list(parts.PERSONAS_CLOTHES)), rng.choice(CLOTHES)
    person = _Person(rng, *parts.PERSONAS_HAIR[hair], parts.PERSONAS_BEARDS, {})
    mouth = "smile" if person.beard else mouth
    person.glasses_words = parts.PERSONAS_EYES[eyes]
    options = with_parts(hair=hair, facialHair=person.beard, eyes=eyes, mouth=mouth, clothes=clothes)
    hair_value = HAIR_COLOURS[person.hair_colour]
    options |= with_colours(hair=hair_value, facialHair=hair_value, clothing=COLOURS[shirt], skin=SKINS[person.skin])
    person.skin = "fair"  # mixed with other colours here, and not named
    mood = "" if person.beard else "winking" if eyes == "wink" else parts.PERSONAS_MOUTHS[mouth]
    return person.drawing(options, mood, " in " + parts.PERSONAS_CLOTHES[clothes].format(shirt), CARTOON)


def draw_big_smile(rng: Random) -> Drawing:
    hair, mouth = rng.choice(list(parts.BIG_SMILE_HAIR)), rng.choice(list(parts.BIG_SMILE_MOUTHS))
    extra = rng.choice([*parts.BIG_SMILE_EXTRAS, None, None, None])
    words, hint = parts.BIG_SMILE_HAIR[hair]
    if extra == "mustache" and hint == WOMAN:
        extra = None
    person = _Person(rng, words, "man" if extra == "mustache" else hint, {}, {})
    mood = "" if extra in ("faceMask", "mustache") else parts.BIG_SMILE_MOUTHS[mouth]
    eyes = "starstruck" if mood in ("laughing",
                                    "grinning") and extra is None and rng.random() < 0.3 else "sad" if mood == "sad" else "normal"
    options = with_parts(hair=hair, mouth=mouth, accessories=extra, eyes=eyes) | with_colours(
        hair=HAIR_COLOURS[person.hair_colour], skin=SKINS[person.skin])
    return person.drawing(options, mood, "", CARTOON,
                          "stars in the eyes" if eyes == "starstruck" else parts.BIG_SMILE_EXTRAS.get(extra, ""))


def draw_toon(rng: Random) -> Drawing:
    hair, rear = rng.choice(list(parts.TOON_HAIR))
    person = _Person(rng, *parts.TOON_HAIR[hair, rear], parts.TOON_BEARDS, {})
    clothes, colour, mood = rng.choice(list(parts.TOON_CLOTHES)), rng.choice(CLOTHES), rng.choice(list(parts.TOON_MOODS))
    words = parts.TOON_CLOTHES[clothes]
    if person.is_woman and rng.random() < 0.3:
        clothes, words = "dress", "a {} dress"
    mouth, eyes, eyebrows = parts.TOON_MOODS[mood]
    options = with_parts(hair=hair, rearHair=rear, beard=person.beard, clothes=clothes, mouth=mouth, eyes=eyes,
                         eyebrows=eyebrows) | with_colours(
        hair=HAIR_COLOURS[person.hair_colour], clothes=COLOURS[colour], skin=SKINS[person.skin])
    return person.drawing(options, mood, " in " + words.format(colour), CARTOON)


def draw_voxel(rng: Random) -> Drawing:
    hat_colour = rng.choice([name for name in CLOTHES if name != "navy"])
    if rng.random() < 0.2:
        top = rng.choice(list(parts.VOXEL_HATS))
        words, hint = parts.VOXEL_HATS[top].format(hat_colour), ANY
    else:
        top = rng.choice(list(parts.VOXEL_HAIR))
        words, hint = parts.VOXEL_HAIR[top]
    person = _Person(rng, words, hint, parts.VOXEL_BEARDS, parts.VOXEL_GLASSES)
    outfit = rng.choice([name for name in parts.VOXEL_CLOTHES if name != "dress" or person.is_woman])
    clothes, named = parts.VOXEL_CLOTHES[outfit]
    shirt, jacket = rng.sample(CLOTHES, 2)
    options = with_parts(top=top, beard=person.beard, glasses=person.glasses, outfit=outfit, cheeks=None) | with_colours(
        hair=HAIR_COLOURS[person.hair_colour], hat=COLOURS[hat_colour], shirt=COLOURS[shirt], jacket=COLOURS[jacket],
        skin=SKINS[person.skin])
    return person.drawing(options, "", " in " + clothes.format(shirt if named == "shirt" else jacket), VOXEL)


def draw_miniature(rng: Random) -> Drawing:
    hair, shirt = rng.choice(list(parts.MINI_HAIR)), rng.choice(CLOTHES)
    person = _Person(rng, *parts.MINI_HAIR[hair], parts.MINI_BEARDS, {"normal": "round black glasses"})
    options = with_parts(hair=hair, mustache=person.beard, glasses=person.glasses, blush=None, body="tShirt") | with_colours(
        hair=HAIR_COLOURS[person.hair_colour], body=COLOURS[shirt], skin=SKINS[person.skin])
    return person.drawing(options, "", f" in a {shirt} shirt", CARTOON)


class _Person:
    """What the styles have in common: hair, beard, glasses, skin and the noun that they make plain."""

    def __init__(self, rng: Random, hair_words: str, hint: str, beards: dict[str, str], glasses: dict[str, str]):
        self.rng = rng
        self.hair_words = hair_words
        self.hair_colour = pick_hair_colour(rng)
        self.skin = rng.choice(list(SKINS))
        self.is_woman = hint == WOMAN
        self.beard = rng.choice(list(beards)) if beards and not self.is_woman and rng.random() < 0.4 else None
        self.beard_words = beards[self.beard] if self.beard else ""
        self.glasses = rng.choice(list(glasses)) if glasses and rng.random() < 0.3 else None
        self.glasses_words = glasses[self.glasses] if self.glasses else ""
        self.nouns = ["woman"] if self.is_woman else ["man"] if self.beard or hint == "man" else ["person"]

    def drawing(self, options: dict, mood: str, scene: str, looks: tuple[str, ...], extra: str = "") -> Drawing:
        features = [self.hair_words, self.beard_words, self.glasses_words, extra]
        if self.skin in SKIN_WORDS and self.rng.random() < SKIN_NAMED:
            features.append(SKIN_WORDS[self.skin])
        features = [words.format(self.hair_colour) for words in features if words]
        return Drawing(options, self.nouns, [mood] * bool(mood), "", features, scene, looks)

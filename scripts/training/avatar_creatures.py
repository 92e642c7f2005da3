"""Monsters and faces of dicebear's styles critters, clay, moods, fun-emoji and cutouts, in words."""

from random import Random

from training.avatar_words import HAIR_COLOURS, Drawing, pick_hair_colour, with_colours, with_parts

# Pale and strong enough for the dark faces that these styles draw.
SKINS = {
    "red": "#f2605c", "orange": "#f79a45", "yellow": "#f7d547", "green": "#6cc86a", "blue": "#62a0f2", "purple": "#a681e0",
    "pink": "#f7a0c8", "grey": "#b4b8bd", "brown": "#a8724a", "white": "#f2f2f2",
}
CLAYS = {
    "red": "#d4625a", "orange": "#e09a4f", "yellow": "#e5c34c", "green": "#86ad62", "blue": "#6f9ccc", "purple": "#a084c4",
    "pink": "#dc93b0", "grey": "#a5a5a5", "brown": "#966a4d",
}

# eyes -> (feature, adjective), and the mouths that go with the mood.
EYES = {
    "round": ("two eyes", ""), "bigPupils": ("big eyes", ""), "sideeye": ("", ""), "dots": ("small black eyes", ""),
    "mono": ("one eye", ""), "trio": ("three eyes", ""), "threeRow": ("three eyes in a row", ""), "four": ("four eyes", ""),
    "happy": ("", "happy"), "closedLine": ("closed eyes", ""), "wink": ("", "winking"), "sleepy": ("", "sleepy"),
    "angry": ("", "angry"), "monoSleepy": ("one sleepy eye", ""), "wide": ("wide eyes", ""),
}
CLAY_EYES = {
    "even": ("two eyes", ""), "big": ("big eyes", ""), "tiny": ("tiny eyes", ""), "mono": ("one eye", ""),
    "trio": ("three eyes", ""),
    "dots": ("small black eyes", ""), "happy": ("", "happy"), "wink": ("", "winking"), "up": ("eyes that look up", ""),
}
MOUTHS = {
    "smile": ("", "smiling"), "grin": ("", "laughing"), "laugh": ("", "laughing"), "teeth": ("big teeth", ""),
    "frown": ("", "sad"),
    "zigzag": ("a zigzag mouth", ""), "open": ("an open mouth", ""), "ooh": ("a round mouth", ""), "tooth": ("one tooth", ""),
    "tongue": ("its tongue out", ""), "line": ("", ""),
}
CLAY_MOUTHS = {
    "smileBig": ("", "smiling"), "smile": ("", "smiling"), "laugh": ("", "laughing"), "teeth": ("sharp teeth", ""),
    "toothy": ("two teeth", ""),
    "frown": ("", "sad"), "zigzag": ("a zigzag mouth", ""), "o": ("an open mouth", ""), "line": ("", ""),
}
MOUTHS_OF_MOOD = {  # mood of the eyes -> mouths that do not contradict it
    "angry": ("zigzag", "teeth", "frown", "line"), "sleepy": ("line",), "happy": ("smile", "laugh"),
    "winking": ("smile", "laugh", "line"),
}
TOPS = {
    "horns": "{} horns", "hornsIn": "{} horns", "hornsSmall": "small {} horns", "spike": "a {} spike", "antenna": "a {} antenna",
    "antennae": "two {} antennae", "earsRound": "round {} ears", "earsPointy": "pointed {} ears", "earsDroop": "{} ears",
    "spikes": "{} spikes", "fin": "a {} fin", "crown": "a {} crown", "sprout": "a {} sprout on its head",
    "bobble": "a {} ball on its head",
}
CLAY_TOPS = {
    "horns": "horns", "curl": "a curl on its head", "spikes": "spikes", "antenna": "two antennae", "ears": "ears",
    "hornsSmall": "small horns",
    "swirl": "a swirl on its head", "peak": "a pointed hat",
}
BODIES = {
    "tower": "tall", "chimney": "tall", "squat": "round", "round": "round", "block": "square", "blob": "", "bell": "",
    "dome": "", "peak": "",
    "wedge": "", "tilt": "", "lean": "", "steps": "",
}
CLAY_BODIES = {  # without gumdrop and dollop, which hide what is on the head
    "boulder": "round", "loaf": "fat", "column": "tall", "egg": "egg-shaped", "cube": "square", "squat": "round", "pear": "",
    "stack": "",
    "blob": "", "bell": "", "lean": "",
}

FACE_EYES = {
    "pupils": "", "bigPupils": "", "sparkle": "", "happy": "happy", "closed": "", "wink": "winking", "sleepy": "sleepy",
    "calm": "", "angry": "angry",
}
FACE_MOUTHS = {
    "smile": ("", "smiling"), "wide": ("", "smiling"), "bigSmile": ("", "laughing"), "smileOpen": ("", "laughing"),
    "laugh": ("", "laughing"),
    "open": ("an open mouth", "surprised"), "frown": ("", "sad"), "tongue": ("its tongue out", ""), "teeth": ("two teeth", ""),
    "line": ("", "serious"), "wavy": ("a wavy mouth", ""),
}
FACES_OF_MOOD = {
    "angry": ("frown", "line", "wavy"), "sleepy": ("line", "wavy"), "happy": ("smile", "bigSmile", "laugh"),
    "winking": ("smile", "smileOpen", "tongue"),
}
FACE_SHAPES = {
    "circle": "round", "squircle": "square", "softSquare": "square", "wide": "wide", "tall": "oval", "pebble": "",
    "blob": "", "bean": "",
}

EMOJI_EYES = {
    "glasses": ("glasses", ""), "love": ("heart eyes", ""), "shades": ("sunglasses", ""),
    "sleepClose": ("closed eyes", "sleeping"),
    "stars": ("star eyes", ""), "tearDrop": ("a tear", ""), "crying": ("tears", "crying"), "wink": ("", "winking"),
    "cute": ("big eyes", ""),
    "closed": ("closed eyes", ""),
}
EMOJI_MOUTHS = {
    "faceMask": "a face mask", "kissHeart": "a kiss and a heart", "lilSmile": "a smile", "sad": "a sad mouth",
    "shout": "a shouting mouth",
    "smileLol": "a laughing mouth", "smileTeeth": "a big white smile", "tongueOut": "its tongue out", "wideSmile": "a wide smile",
    "sick": "a thermometer in its mouth", "plain": "a straight mouth",
}
EMOJI_OF_MOOD = {"sleepClose": ("plain", "lilSmile"), "crying": ("sad",), "tearDrop": ("sad", "plain")}
CARTOON = ("a drawing of ", "a cartoon of ")
CUTOUT_HAIR = {"fringe": "", "crest": "", "tufts": "tufts of ", "swoosh": "", "sidePart": "", "curls": "curly ", "long": "long "}


def draw_critter(rng: Random) -> Drawing:
    return _monster(rng, SKINS, EYES, MOUTHS, TOPS, BODIES, CARTOON)


def draw_clay(rng: Random) -> Drawing:
    return _monster(rng, CLAYS, CLAY_EYES, CLAY_MOUTHS, CLAY_TOPS, CLAY_BODIES, ("a clay figure of ", "a toy figure of "))


def draw_mood(rng: Random) -> Drawing:
    """A face without a head: the style moods."""
    eyes, shape, colour = rng.choice(list(FACE_EYES)), rng.choice(list(FACE_SHAPES)), rng.choice(list(SKINS))
    mouth = rng.choice(FACES_OF_MOOD.get(FACE_EYES[eyes]) or list(FACE_MOUTHS))
    feature, mood = FACE_MOUTHS[mouth]
    moods = _words(FACE_EYES[eyes] or mood)
    options = with_parts(eyes=eyes, mouth=mouth, face=shape, cheeks=None) | with_colours(face=SKINS[colour])
    features = _words(feature, "closed eyes" if eyes == "closed" else "")
    return Drawing(options, ["face", "smiley", "emoji face"], [*moods, *_words(FACE_SHAPES[shape])], colour, features,
                   looks=CARTOON)


def draw_fun_emoji(rng: Random) -> Drawing:
    """A face that fills the square with its colour: the style fun-emoji."""
    eyes, colour = rng.choice(list(EMOJI_EYES)), rng.choice([name for name in SKINS if name != "white"])
    mouth = rng.choice(EMOJI_OF_MOOD.get(eyes) or list(EMOJI_MOUTHS))
    feature, mood = EMOJI_EYES[eyes]
    options = with_parts(eyes=eyes, mouth=mouth) | with_colours(background=SKINS[colour])
    return Drawing(options, ["face", "emoji face", "cartoon face"], _words(mood), colour,
                   _words(feature, EMOJI_MOUTHS[mouth]), looks=("a close-up of ",), opaque=True)


def draw_cutout(rng: Random) -> Drawing:
    """A face of torn paper: the style cutouts."""
    colour, hair = rng.choice([name for name in SKINS if name != "white"]), rng.choice([*CUTOUT_HAIR, None])
    hair_colour = pick_hair_colour(rng)
    options = with_parts(hair=hair) | with_colours(paperFace=SKINS[colour], paperHair=HAIR_COLOURS[hair_colour])
    features = [f"{CUTOUT_HAIR[hair]}{hair_colour} hair"] if hair else ["no hair"]
    return Drawing(options, ["paper face", "face cut out of paper", "paper collage of a face"], colour=colour,
                   features=features, looks=CARTOON[:1])


def _monster(rng: Random, skins: dict, all_eyes: dict, all_mouths: dict, tops: dict, bodies: dict, looks: tuple) -> Drawing:
    eyes, top, body = rng.choice(list(all_eyes)), rng.choice([*tops, None]), rng.choice(list(bodies))
    colour, accent = rng.sample(list(skins), 2)
    eye_feature, mood = all_eyes[eyes]
    fitting = [mouth for mouth in MOUTHS_OF_MOOD.get(mood, ()) if mouth in all_mouths]
    mouth = rng.choice(fitting or list(all_mouths))
    mouth_feature, mouth_mood = all_mouths[mouth]
    features = _words(eye_feature, tops[top].format(accent) if top else "", mouth_feature)
    adjectives = [*_words(mood or mouth_mood), *_words(bodies[body])]
    options = with_parts(eyes=eyes, top=top, body=body, mouth=mouth) | with_colours(body=skins[colour], accent=skins[accent])
    return Drawing(options, ["monster", "creature", "cartoon monster"], adjectives, colour, features, looks=looks)


def _words(*words: str) -> list[str]:
    """Without the empty ones."""
    return [word for word in words if word]

"""Potted plants, planets and landscapes of dicebear's styles sprouts, planets and landscape, in words."""

from random import Random

from training.avatar_creatures import CARTOON, SKINS
from training.avatar_words import COLOURS, Drawing, with_colours, with_parts

# plant -> names; {} is the bloom's colour.
PLANTS = {
    "sprout": ("sprout", "small plant", "seedling"), "seedling": ("seedling", "plant with a big leaf"),
    "cactus": ("cactus", "saguaro cactus"),
    "ball": ("round cactus with a {} flower", "cactus with a {} flower"), "succulent": ("succulent", "aloe plant"),
    "bush": ("bush", "round bush"), "tall": ("tall plant", "plant"), "flower": ("{} flower",), "tulip": ("{} tulip", "{} flower"),
    "palm": ("palm tree", "small palm tree"), "grass": ("grass plant", "plant"),
    "buds": ("plant with two {} buds", "plant with {} buds"),
}
GREENS = ("#4caf50", "#66bb6a", "#3f9f46", "#7cc35a", "#2e9e57")
POTS = {"taper": "", "cylinder": "", "bowl": "", "tub": "", "round": "round", "bag": "", "rim": ""}
POT_FACES = {  # (eyes, mouth) -> face
    ("round", "smile"): "smiling", ("happy", "grin"): "happy", ("wink", "smile"): "winking", ("sleepy", "line"): "sleepy",
    ("angry", "frown"): "angry",
    ("dots", "frown"): "sad", ("wide", "open"): "surprised", ("bigPupils", "smile"): "smiling",
}

PLANETS = {name: value for name, value in COLOURS.items() if name not in ("white", "black", "light blue", "navy")}
SURFACES = {
    "banded": "striped", "belted": "striped", "cratered": "cratered", "spotted": "spotted", "marbled": "marbled",
    "cracked": "cracked",
    "speckled": "speckled", "swirl": "", "terra": "", "cap": "",
}
SURFACE_FEATURES = {"terra": "continents", "cap": "polar caps", "swirl": "clouds"}
# The rings are pale: nothing of them is left on a white ground, so that only planets in space have one.
RINGS = {"thin": "a thin ring", "double": "two thin rings", "bold": "a wide ring"}
MOONS = {"one": "a moon", "two": "two moons", "tiny": "a tiny moon"}
SPACE = ("#17233f", "#0f1a30", "#23244a", "#1c1f27")

# ground -> (names, hills that fit, colours from far to near)
GROUNDS = {
    "green": (("green hills", "grassy hills", "meadows"), ("gentle", "rolling", "ridge", "slope"),
              ("#b5d99a", "#8cc474", "#5fa854", "#2f7a3a")),
    "desert": (("sand dunes", "desert dunes", "a desert"), ("dunes", "gentle", "rolling"),
               ("#f0dca6", "#e5c67e", "#d4a95e", "#bf8d48")),
    "snow": (("snowy hills", "snow-covered hills", "white hills"), ("gentle", "rolling", "slope"),
             ("#f5f9fd", "#e4edf6", "#d2e0ee", "#c0d2e4")),
    "blue": (("blue mountains", "blue hills"), ("peak", "ridge", "rugged"), ("#a9c8ea", "#7fa9da", "#5585c2", "#2f5c9c")),
    "brown": (("brown hills", "brown mountains"), ("mesa", "rugged", "peak"), ("#d9b48c", "#b98a60", "#946341", "#6b442b")),
    "purple": (("purple hills", "purple mountains"), ("peak", "ridge", "rolling"), ("#cdb3e6", "#ab88d0", "#865cb4", "#5f3a8c")),
    "autumn": (("orange hills", "hills in autumn"), ("gentle", "rolling", "slope"), ("#f5c27a", "#ec9f4d", "#d97a30", "#b3561f")),
}
# sky -> (after the hills, colour of the sky, orb's name, colour of the orb)
SKIES = {
    "day": ((" under a blue sky", " on a sunny day"), "#a9d8f7", "a yellow sun", "#f9cf3c"),
    "sunset": ((" under an orange sky", " at sunset"), "#f9b572", "a red sun", "#e2503a"),
    "pink": ((" under a pink sky", " at dawn"), "#f9c3cf", "an orange sun", "#f5923e"),
    "night": ((" under a dark sky", " at night"), "#1d2a55", "a full moon", "#f4efcf"),
}
WITHOUT_ORB = {"day": " under a blue sky", "sunset": " under an orange sky", "pink": " under a pink sky", "night": " at night"}


def draw_plant(rng: Random) -> Drawing:
    plant, pot, (eyes, mouth) = rng.choice(list(PLANTS)), rng.choice(list(POTS)), rng.choice(list(POT_FACES))
    colour, bloom = rng.sample([name for name in SKINS if name != "green"], 2)
    names = [name.format(bloom) for name in PLANTS[plant]]
    face = POT_FACES[eyes, mouth]
    in_pot = f"in a {POTS[pot]} {colour} pot"
    options = with_parts(plant=plant, pot=pot, eyes=eyes, mouth=mouth, cheeks=None) | with_colours(
        pot=SKINS[colour], plant=rng.choice(GREENS), bloom=SKINS[bloom])
    nouns = [f"{names[0]} {in_pot}", f"{rng.choice(names)} {in_pot}",
             f"potted {names[0]}" if " with " not in names[0] else f"{names[0]} {in_pot}"]
    return Drawing(options, nouns, features=[f"a {face} face"], looks=CARTOON, telling=True)


def draw_planet(rng: Random) -> Drawing:
    surface, colour, in_space = rng.choice(list(SURFACES)), rng.choice(list(PLANETS)), rng.random() < 0.6
    ring, moons = rng.choice([*RINGS, None, None]) if in_space else None, rng.choice([*MOONS, None, None])
    options = with_parts(surface=surface, ring=ring, moons=moons) | with_colours(planet=PLANETS[colour])
    scene = ""
    if in_space:
        options |= with_colours(background=rng.choice(SPACE))
        scene = rng.choice((" in space", " in dark space", " among the stars", " in the night sky"))
    options["starProbability"] = 100 if in_space else 0
    features = [words for words in (RINGS.get(ring), MOONS.get(moons)) if words]
    if surface in SURFACE_FEATURES:
        features.append(SURFACE_FEATURES[surface])
    adjectives = [word for word in (SURFACES[surface],) if word]
    return Drawing(options, ["planet"], adjectives, colour, features, scene, looks=CARTOON, opaque=in_space)


def draw_landscape(rng: Random) -> Drawing:
    ground, sky, orb = rng.choice(list(GROUNDS)), rng.choice(list(SKIES)), rng.choice(("sun", "sun", "glow", None))
    names, hills, colours = GROUNDS[ground]
    after, sky_colour, orb_name, orb_colour = SKIES[sky]
    if sky == "night" and orb == "glow":
        orb = "sun"  # the moon has no ring
    parts = {f"hill{i}": rng.choice(hills) for i in range(1, 5)}
    options = with_parts(orb=orb, **parts) | with_colours(background=sky_colour, orb=orb_colour) | {
        f"hill{i}Color": [colour] for i, colour in enumerate(colours, 1)}
    scene = rng.choice(after) if orb else WITHOUT_ORB[sky]
    nouns = [names[0] + scene, rng.choice(names) + scene, rng.choice(names) + scene]
    looks = ("a landscape with ", "a landscape of ", "a view of ", "a drawing of ")
    return Drawing(options, nouns, features=[orb_name] if orb else [], looks=looks, article="", opaque=True, telling=True)

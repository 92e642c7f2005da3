"""Emoji packages (npm .tgz files) -> picture sources and subjects.

    style     package                        drawn by, licence
    3d        lobehub-fluent-emoji-3d        Microsoft, MIT; WebP named by code points
    flat      iconify fluent-emoji-flat      Microsoft, MIT
    fluent    iconify fluent-emoji           Microsoft, MIT; the same drawings with gradients
    noto      iconify noto                   Google, Apache-2.0
    blob      iconify noto-v1                Google, Apache-2.0
    twemoji   iconify twemoji                Twitter and jdecked, CC BY 4.0
    emojitwo  iconify emojione               EmojiTwo, CC BY 4.0
    firefox   iconify fxemoji                Mozilla, Apache-2.0
    cartoon   iconify streamline-emojis      Streamline, CC BY 4.0
              emojibase-data                 labels, tags, groups, skin tones; Miles Johnson, MIT

Some sets give code points, the others names only: a name is looked up among the names of the sets with code points, then
among emojibase's labels, without hyphens.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from training.dataset import SKIN_TONES, Picture, Subject, is_held_out, plain_hexcode
from training.iconify import IconSet, open_package

WEBP_PACKAGE = "lobehub-fluent-emoji-3d"
LABEL_PACKAGE = "emojibase-data"
SETS = {"flat": "fluent-emoji-flat", "fluent": "fluent-emoji", "noto": "noto", "blob": "noto-v1", "twemoji": "twemoji",
        "emojitwo": "emojione", "firefox": "fxemoji", "cartoon": "streamline-emojis"}
NAMED_ALIKE = {"fluent": "flat"}  # a set whose icons have the names of a set with code points
# What emojibase calls the things that a set has another name for (keys as `name_key` makes them).
OTHER_NAMES = {
    "angry": "angry face", "aubergine": "eggplant", "bactriancamel": "two-hump camel", "cat": "cat face", "chilipepper": "hot pepper",
    "clap": "clapping hands", "confetti": "confetti ball", "cop": "police officer", "cow": "cow face", "dancer": "woman dancing",
    "darksunglasses": "sunglasses", "dog": "dog face", "dogside": "dog", "doveofpeace": "dove", "dragonhead": "dragon face",
    "dragonside": "dragon", "dromedarycamel": "camel", "earofmaize": "ear of corn", "electrictorch": "flashlight",
    "europeancastle": "castle", "evergreen": "evergreen tree", "exclamationmark": "red exclamation mark", "fatherchristmas": "Santa Claus",
    "fireworksparkler": "sparkler", "flexbicep": "flexed biceps", "folder": "file folder", "forkknife": "fork and knife",
    "framewithpicture": "framed picture", "gamedice": "game die", "gem": "gem stone", "golfer": "person golfing", "haircut": "person getting haircut",
    "hampster": "hamster", "handheldvideocamera": "video camera", "heartarrow": "heart with arrow", "heartblue": "blue heart",
    "hearteyes": "smiling face with heart-eyes", "heartgreen": "green heart", "heartpurple": "purple heart", "heartribbon": "heart with ribbon",
    "heartyellow": "yellow heart", "heels": "high-heeled shoe", "horse": "horse face", "hourglass": "hourglass done",
    "hourglassflowingsand": "hourglass not done", "housebuilding": "house", "kissclosedeyes": "kissing face with closed eyes",
    "laptopcomputer": "laptop", "leopardside": "leopard", "lips": "mouth", "lock": "locked", "medicalmask": "face with medical mask",
    "monkeyhear": "hear-no-evil monkey", "monkeysee": "see-no-evil monkey", "monkeyspeak": "speak-no-evil monkey", "mouse": "mouse face",
    "mouseside": "mouse", "moyai": "moai", "openlock": "unlocked", "pig": "pig face", "pigside": "pig", "pigsnout": "pig nose",
    "poo": "pile of poo", "portablestereo": "radio", "pray": "folded hands", "present": "wrapped gift", "questionmark": "red question mark",
    "rabbit": "rabbit face", "racecar": "racing car", "raincloud": "cloud with rain", "ringingbell": "bell", "rowboat": "person rowing boat",
    "running": "person running", "schoolbackpack": "backpack", "sheep": "ewe", "sleuthspy": "detective", "sliceofpizza": "pizza",
    "snowcloud": "cloud with snow", "snowmountains": "snow-capped mountain", "spurtingwhale": "spouting whale", "steamlocomotive": "locomotive",
    "stormcloud": "cloud with lightning", "studiomic": "studio microphone", "surfer": "person surfing", "swimming": "person swimming",
    "tennisball": "tennis", "tie": "necktie", "tiger": "tiger face", "tigerside": "tiger", "walking": "person walking", "waving": "waving hand",
    "weightlifter": "person lifting weights", "whitemediumstar": "star", "redwineglass": "wine glass",
}


@dataclass
class Source:
    """An encoded picture: a WebP file or an SVG document."""

    encoded: bytes
    picture: Picture


def read_emoji(packages: Path) -> tuple[list[Source], list[Subject], int]:
    """All pictures that emojibase has a label for, the subjects, and how many pictures had no label."""
    subjects, descriptions = _read_labels(packages)
    sets = {style: IconSet(packages, name) for style, name in SETS.items()}
    known = known_names(sets, descriptions)
    drawings = [("3d", hexcode, webp) for hexcode, webp in _read_webp(packages).items()]
    skipped = 0
    for style, icons in sets.items():
        named = sets[NAMED_ALIKE.get(style, style)].hexcodes
        found = {name: hexcode for hexcode, name in named.items() if name in icons.names}
        if not named:
            found = {name: hexcode_of(name, known) for name in icons.names}
        # An alias is the same drawing again; "cat-1" and "cat-2" are two.
        distinct = {(hexcode, icons.svg(name)) for name, hexcode in found.items()}
        # Blurs make these slow to render (0.2 s each), and skin tones are rarely drawn.
        plain_only = style == "fluent"
        drawings += [(style, hexcode, svg) for hexcode, svg in distinct
                     if hexcode and not (plain_only and descriptions.get(hexcode, {}).get("skin_tone"))]
        skipped += sum(hexcode is None for hexcode in found.values())
    sources = []
    for style, hexcode, content in sorted(drawings):
        if hexcode not in descriptions:
            skipped += 1
            continue
        picture = Picture(**descriptions[hexcode], style=style)
        picture.held_out = is_held_out(subjects[picture.subject].hexcode, style)
        sources.append(Source(content, picture))
    return sources, subjects, skipped


def name_key(name: str) -> str:
    """'man-farmer-1' and 'man farmer' -> 'manfarmer': letters and digits without a variant's number."""
    return re.sub("[^a-z0-9]", "", re.sub(r"-\d+$", "", name.lower().replace("’", "")))


def known_names(sets: dict[str, IconSet], descriptions: dict[str, dict]) -> dict[str, str]:
    """Keys of names -> hexcodes with skin tones. emojibase's labels win over the names of sets."""
    known = {name_key(name): hexcode for icons in sets.values() for hexcode, name in icons.hexcodes.items() if hexcode in descriptions}
    labels = {name_key(entry["label"]): hexcode for hexcode, entry in descriptions.items()}
    known |= labels
    return known | {key: labels[name_key(label)] for key, label in OTHER_NAMES.items()}


def hexcode_of(name: str, known: dict[str, str]) -> str | None:
    for key in (name_key(name), name_key(name).removesuffix("face"), name_key(name) + "face", name_key(name).removesuffix("symbol")):
        if key in known:
            return known[key]
    return None


def _read_labels(packages: Path) -> tuple[list[Subject], dict[str, dict]]:
    """Subjects in emojibase's order; hexcode with skin tones -> fields of a Picture."""
    with open_package(packages, LABEL_PACKAGE) as package:
        entries = json.load(package.extractfile("package/en/data.json"))
    subjects, descriptions = [], {}
    for index, entry in enumerate(entries):
        group, tags = entry.get("group", -1), entry.get("tags", [])
        subjects.append(Subject(plain_hexcode(entry["hexcode"]), entry["label"], tags, group=group))
        for variant in (entry, *entry.get("skins", [])):
            hexcode = plain_hexcode(variant["hexcode"], keep_skin_tones=True)
            descriptions[hexcode] = {
                "hexcode": hexcode, "label": variant["label"], "tags": tags, "group": group, "subgroup": entry.get("subgroup", -1),
                "skin_tone": len(hexcode) > 5 and bool(SKIN_TONES & set(hexcode.split("-"))), "subject": index}
    return subjects, descriptions


def _read_webp(packages: Path) -> dict[str, bytes]:
    with open_package(packages, WEBP_PACKAGE) as package:
        return {plain_hexcode(Path(member.name).stem, keep_skin_tones=True): package.extractfile(member).read()
                for member in package if member.name.endswith(".webp")}

"""Icon sets that are no emoji (npm .tgz files) -> picture sources and subjects of their own.

    style    package                                drawn by, licence
    flat     iconify flat-color-icons               Icons8, MIT
    outline  iconify streamline-ultimate-color      Streamline, CC BY 4.0
    sketch   iconify streamline-freehand-color      Streamline, CC BY 4.0

Their names are "group-thing-number" ("accounting-calculator-1"). The thing is the longest end of the name that WordNet
knows as something one can see or touch in its most frequent sense; an icon without such an end shows an interface or an
idea and is left out. The sense must have one of the hypernyms CONCRETE.
"""

import re
from collections.abc import Callable
from pathlib import Path

from training.dataset import Picture, Subject, is_held_out
from training.emoji import Source, name_key
from training.iconify import IconSet
from training.wordnet import WordNet

SETS = {"flat": "flat-color-icons", "outline": "streamline-ultimate-color", "sketch": "streamline-freehand-color"}
LONGEST = 3  # words of a thing
CONCRETE = frozenset({"artifact", "living thing", "food", "natural object", "body part", "geological formation", "atmospheric phenomenon"})
# Words of names that tell an interface, a brand, or something that the picture is not.
ABSTRACT = frozenset("""
    ab add adobe align amazon analytics android app apple application apps arrange arrow bluetooth browser bubble button chart check cloud
    code computer connect content control coding cursor data database delete design diagram disable document download email file files
    filter flow folder google graph hierarchy html idea internet keyboard layout layers like link list login logo logos logout mail menu
    messages microsoft monetization module monitor move multimedia navigation network no office optimization page paginate payment
    performance phone pin play power programming protocol question rating read remove resize safe search select send server settings
    share shield show sign sms social sort sound startup sync synchronize tag task team text time toggle touch tracking trading transfer
    type upload user users vector video view voice warning web wifi window wireless zoom money business allowances crypto qr product
    gesture hand lock barcode calculator-off sim chip board card smart conversation location transit way direction directions
    """.split())
# Ends of names that WordNet takes for another thing, or that say too little.
UNFIT = {"conference call", "basket star", "neutral face", "ice water"} | frozenset("""
    square circle triangle view board stack body human man woman male female head part set product action off on up down left right
    top bottom light bar line lines point corner back front close open flash power person table book mail site space support layer
    cross key note style page frame plate block strip strategy cash bill cover station center stop start switch thumb remote bit pill
    record touch jack launch hold star box file report shot track contact push mute single double call plus hot medium ring rock pop
    assistant automatic release pro mix sensor export reel auto cap map import invite manager planner structure vip voicemail leg hanging
    guard small empty machine picker dj connector forward cargo fuse letter stick e dashboard bars draw skin cone customer loading
    decoration straight feed face food queen sperm low knob crazy stand terminal candidate working architecture exit player elevator
    banner album cashier cannabis pot delivery picture circuit shrink apparel tube screen disc socket stool clock hospital chimney
    engine watch hook knight jet baby dam bath
    """.split())


def read_icons(packages: Path, subjects: list[Subject], wordnet: WordNet, unseen: Callable[[str], bool]) -> tuple[list[Source], int]:
    """Pictures of things, whose subjects are found among `subjects` by their labels or added to them; and how many were left out.

    unseen: whether a word must stand in no caption.
    """
    places = {name_key(subject.label): index for index, subject in reversed(list(enumerate(subjects)))}
    places = {key.removesuffix("face"): place for key, place in places.items()} | places
    sources, left_out = [], 0
    for style, name in SETS.items():
        icons = IconSet(packages, name)
        for icon in icons.names:
            thing = thing_of(icon, wordnet)
            if thing is None or unseen(thing):
                left_out += 1
                continue
            if name_key(thing) not in places:
                places[name_key(thing)] = len(subjects)
                subjects.append(Subject(f"word-{thing.replace(' ', '-')}", thing))
            subject = places[name_key(thing)]
            hexcode = subjects[subject].hexcode
            picture = Picture(hexcode, style, subjects[subject].label, subjects[subject].tags, subjects[subject].group,
                              held_out=is_held_out(hexcode, style), subject=subject)
            sources.append(Source(icons.svg(icon), picture))
    return sources, left_out


def thing_of(name: str, wordnet: WordNet) -> str | None:
    """'amusement-park-ferris-wheel-1' -> 'ferris wheel'"""
    words = [word for word in re.sub(r"(-\d+)+$", "", name).split("-") if word]
    if ABSTRACT & set(words) or any(word.isdigit() for word in words):
        return None
    for length in range(min(LONGEST, len(words)), 0, -1):
        thing = " ".join(words[-length:])
        if thing not in UNFIT and is_concrete(thing, wordnet):
            return thing
    return None


def is_concrete(thing: str, wordnet: WordNet) -> bool:
    """Whether the most frequent sense is something one can see or touch."""
    above = wordnet.senses.get((thing, "noun"), [])[:1]
    for _ in range(20):
        synsets = [wordnet.synsets["noun"][offset] for offset in above]
        if any(CONCRETE & set(synset.lemmas) for synset in synsets):
            return True
        above = [offset for synset in synsets for offset in synset.hypernyms if offset in wordnet.synsets["noun"]]
    return False

"""The parts of dicebear's people that have words, style by style: part -> words.

Where a style names its parts by number only, the words were found by looking at each part; parts without good words are left out.
{} stands for the colour. Hair comes with the noun that it suggests: WOMAN, "man", or ANY for a person.
"""

WOMAN, ANY = "woman", ""

PEEPS_HAIR = {  # the black parts of this style are its ink and stay black
    "afro": ("a black afro", ANY), "bangs": ("a {} bob with bangs", WOMAN), "bangs2": ("a black bob with bangs", WOMAN),
    "bantuKnots": ("black bantu knots", ANY), "bun": ("a black bun with a {shirt} headband", WOMAN),
    "bun2": ("a big black bun", WOMAN),
    "buns": ("black hair in buns", WOMAN), "cornrows": ("long cornrows", ANY), "dreads1": ("black curly hair", ANY),
    "dreads2": ("short dreadlocks", ANY),
    "flatTop": ("a black flat top", ANY), "flatTopLong": ("a high flat top", ANY), "grayBun": ("{} hair in a bun", WOMAN),
    "grayMedium": ("{} hair tied back", WOMAN), "grayShort": ("short {} hair", ANY), "hatHip": ("a black hat", ANY),
    "hijab": ("a black hijab", WOMAN),
    "long": ("long black hair", WOMAN), "longAfro": ("a huge black afro", ANY), "longBangs": ("long black hair", WOMAN),
    "longCurly": ("long curly black hair", WOMAN), "medium1": ("a black bob", WOMAN),
    "medium3": ("shoulder-length black hair", WOMAN),
    "mediumBangs2": ("curly {} hair", ANY), "mediumStraight": ("straight black hair", WOMAN), "mohawk": ("a {} mohawk", ANY),
    "mohawk2": ("a spiky {} mohawk", ANY), "noHair1": ("a bald head", ANY), "noHair3": ("a bald head", ANY),
    "pomp": ("a black quiff", ANY),
    "short1": ("short black hair", ANY), "short2": ("short black hair", ANY), "short4": ("short {} hair", ANY),
    "short5": ("short black hair", ANY),
    "twists": ("short black twists", ANY),
}
PEEPS_BEARDS = {
    "full2": "a black beard", "full3": "a full black beard", "full4": "a {} beard", "goatee2": "a black goatee",
    "goatee1": "a black goatee",
    "moustache2": "a big black mustache", "moustache3": "a curled mustache", "moustache5": "a black mustache",
    "moustache6": "a black mustache",
    "moustache9": "a {} mustache",
}
PEEPS_GLASSES = {
    "glasses": "glasses", "glasses2": "glasses", "glasses3": "glasses", "glasses4": "white glasses", "glasses5": "round glasses",
    "sunglasses": "sunglasses", "sunglasses2": "sunglasses", "eyepatch": "an eyepatch",
}
PEEPS_MOODS = {
    "smile": "smiling", "smileBig": "smiling", "smileLOL": "laughing", "cute": "", "calm": "", "serious": "serious",
    "rage": "angry",
    "veryAngry": "angry", "solemn": "sad", "tired": "tired", "fear": "scared", "awe": "surprised", "blank": "",
    "suspicious": "suspicious",
}

ADVENTURER_HAIR = {
    "long01": ("a {} bob", WOMAN), "long02": ("short {} hair", ANY), "long03": ("short {} hair with flowers", WOMAN),
    "long04": ("long {} hair", WOMAN),
    "long05": ("shoulder-length {} hair", WOMAN), "long06": ("very long wavy {} hair", WOMAN),
    "long07": ("long {} hair with bangs", WOMAN),
    "long08": ("long {} hair with a flower crown", WOMAN), "long09": ("long {} hair", WOMAN), "long10": ("a messy {} bun", WOMAN),
    "long13": ("two {} buns", WOMAN), "long15": ("{} pigtails", WOMAN), "long16": ("a {} braid", WOMAN),
    "long17": ("long wavy {} hair", WOMAN),
    "long18": ("long wavy {} hair with a flower", WOMAN), "long19": ("a {} ponytail", WOMAN),
    "long20": ("shoulder-length {} hair", WOMAN),
    "long22": ("big wavy {} hair", WOMAN), "long23": ("two {} buns", WOMAN), "long24": ("wavy {} hair", WOMAN),
    "long25": ("a {} bob", WOMAN),
    "short01": ("short {} hair", ANY), "short02": ("short {} hair", ANY), "short03": ("curly {} hair", ANY),
    "short04": ("short {} hair", ANY),
    "short06": ("{} hair over the eyes", ANY), "short07": ("short wavy {} hair", ANY), "short10": ("short {} hair", ANY),
    "short11": ("short {} hair", ANY),
    "short14": ("very short {} hair", ANY), "short15": ("a {} mohawk", ANY), "short16": ("spiky {} hair", ANY),
    "short17": ("short curly {} hair", ANY),
    "short18": ("a curly {} flat top", ANY), "short19": ("a bald head", ANY),
}
ADVENTURER_MOUTHS = {
    "variant05": "smiling", "variant22": "smiling", "variant23": "smiling", "variant24": "laughing", "variant26": "laughing",
    "variant28": "laughing",
    "variant09": "", "variant11": "", "variant17": "", "variant15": "shouting",
}
ADVENTURER_GLASSES = {
    "variant01": "black sunglasses", "variant02": "glasses", "variant03": "glasses", "variant04": "round glasses",
    "variant05": "glasses"}

LORELEI_HAIR = {
    "variant01": ("short {} hair", ANY), "variant02": ("short {} hair", ANY), "variant03": ("short {} hair", ANY),
    "variant05": ("curly {} hair", ANY),
    "variant08": ("a {} quiff", ANY), "variant09": ("short curly {} hair", ANY), "variant12": ("short {} hair", ANY),
    "variant13": ("shoulder-length {} hair", WOMAN), "variant14": ("a {} bun", WOMAN), "variant15": ("long {} hair", WOMAN),
    "variant16": ("long {} hair", WOMAN), "variant18": ("wavy {} hair", WOMAN), "variant19": ("a {} bob", WOMAN),
    "variant21": ("long {} hair", WOMAN),
    "variant22": ("short curly {} hair", ANY), "variant23": ("a {} bob with bangs", WOMAN),
    "variant24": ("long curly {} hair", WOMAN),
    "variant25": ("little hair", ANY), "variant26": ("two {} buns", WOMAN), "variant27": ("a spiky {} mohawk", ANY),
    "variant28": ("very short {} hair", ANY),
    "variant32": ("wavy {} hair", WOMAN), "variant33": ("a {} ponytail", WOMAN),
    "variant34": ("a bald head with one tuft of hair", ANY),
    "variant35": ("long wavy {} hair", WOMAN), "variant37": ("wavy {} hair", WOMAN), "variant38": ("a {} bun", WOMAN),
    "variant39": ("a curly {} flat top", ANY),
    "variant40": ("long {} hair", WOMAN), "variant45": ("a big messy {} bun", WOMAN), "variant47": ("very short {} hair", ANY),
}
LORELEI_GLASSES = {
    "variant01": "round glasses", "variant02": "sunglasses", "variant03": "glasses", "variant04": "glasses",
    "variant05": "glasses"}
LORELEI_MOUTHS = {
    "happy01": "smiling", "happy02": "smiling", "happy05": "smiling", "happy16": "grinning", "happy14": "", "sad09": "",
}

NOTIONISTS_HAIR = {
    "hat": ("a baseball cap", ANY), "variant02": ("a black bob", WOMAN), "variant05": ("short black hair", ANY),
    "variant06": ("short black hair", ANY),
    "variant08": ("long black hair with a headband", WOMAN), "variant10": ("a black bob with bangs", WOMAN),
    "variant13": ("short black hair", ANY),
    "variant16": ("short black hair", ANY), "variant20": ("big curly black hair", ANY), "variant22": ("curly black hair", ANY),
    "variant23": ("shoulder-length black hair", WOMAN), "variant25": ("short black hair", ANY),
    "variant28": ("long black hair", WOMAN),
    "variant34": ("short black hair", ANY), "variant35": ("short black hair", ANY), "variant36": ("a wavy black bob", WOMAN),
    "variant40": ("curly black hair", ANY), "variant41": ("long straight black hair", WOMAN),
    "variant45": ("a black ponytail", WOMAN),
    "variant46": ("long black hair with a headband", WOMAN), "variant47": ("a black ponytail", WOMAN),
    "variant48": ("a black bun", WOMAN),
    "variant50": ("spiky black hair", ANY), "variant51": ("a spiky mohawk", ANY), "variant52": ("messy black hair", ANY),
    "variant55": ("short black hair", ANY),
    "variant57": ("a black bun", WOMAN), "variant58": ("shoulder-length black hair", WOMAN),
    "variant59": ("two black buns", WOMAN),
    "variant61": ("a white turban", ANY), "variant62": ("a black hijab", WOMAN), "variant63": ("a black hijab", WOMAN),
}
NOTIONISTS_BEARDS = {"variant02": "a full black beard", "variant07": "a mustache", "variant09": "a mustache",
                     "variant03": "a black mustache",
                     "variant01": "a black goatee", "variant12": "a small goatee"}
NOTIONISTS_GLASSES = {
    "variant01": "sunglasses", "variant02": "sunglasses", "variant03": "glasses", "variant07": "sunglasses",
    "variant08": "glasses",
    "variant09": "round sunglasses", "variant10": "round sunglasses", "variant11": "round glasses",
}
NOTIONISTS_CLOTHES = {
    "variant02": "a black shirt", "variant06": "a black vest", "variant05": "a white vest", "variant08": "a black hoodie",
    "variant13": "a short-sleeved shirt",
    "variant15": "a polka dot shirt", "variant16": "a white jacket", "variant17": "a black jacket",
    "variant19": "a white shirt and a tie",
    "variant20": "a white shirt and a black tie", "variant22": "a patterned shirt", "variant23": "a white hoodie",
    "variant24": "a dotted hoodie",
    "variant25": "a shirt with pens in the pocket",
}
NOTIONISTS_GESTURES = {
    "handPhone": "a phone in the hand", "okLongArm": "a hand that makes the ok sign", "pointLongArm": "a raised finger",
    "waveLongArm": "a waving hand",
    "waveLongArms": "both hands raised",
}

MICAH_HAIR = {
    "fonze": ("a {} quiff", ANY), "full": ("long {} hair", WOMAN), "mrT": ("a {} mohawk", ANY), "pixie": ("a {} bob", WOMAN),
    "turban": ("a {} turban", ANY), "mrClean": ("a bald head", ANY), "dannyPhantom": ("a {} fringe", ANY),
}
MICAH_MOODS = {
    "smile": "smiling", "laughing": "laughing", "sad": "sad", "frown": "sad", "surprised": "surprised", "nervous": "nervous",
    "smirk": "",
}

PERSONAS_HAIR = {
    "bald": ("a bald head", ANY), "balding": ("little {} hair", "man"), "beanie": ("a red beanie", ANY),
    "cap": ("an orange cap", ANY),
    "bobBangs": ("a {} bob", WOMAN), "bobCut": ("a {} bob", WOMAN), "buzzcut": ("a buzz cut", ANY),
    "curly": ("big curly {} hair", ANY),
    "curlyBun": ("a curly {} bun", WOMAN), "curlyHighTop": ("curly {} hair", ANY), "extraLong": ("very long {} hair", WOMAN),
    "fade": ("short {} hair", ANY),
    "long": ("long {} hair", WOMAN), "mohawk": ("a {} mohawk", ANY), "pigtails": ("{} pigtails", WOMAN),
    "shortCombover": ("short {} hair", ANY),
    "shortComboverChops": ("short {} hair", ANY), "straightBun": ("a {} bun", WOMAN),
}
PERSONAS_EYES = {"glasses": "glasses", "sunglasses": "sunglasses", "open": "", "happy": "", "sleep": "closed eyes", "wink": ""}
PERSONAS_MOUTHS = {"bigSmile": "laughing", "smile": "smiling", "frown": "sad", "surprise": "surprised", "smirk": ""}
PERSONAS_BEARDS = {
    "beardMustache": "a full {} beard", "goatee": "a {} goatee", "walrus": "a {} mustache", "pyramid": "a {} mustache",
}
PERSONAS_CLOTHES = {"checkered": "a checkered {} shirt", "rounded": "a {} shirt", "squared": "a {} shirt"}

BIG_SMILE_HAIR = {
    "bangs": ("long {} hair with bangs", WOMAN), "bowlCutHair": ("a {} bowl cut", ANY), "braids": ("{} braids", WOMAN),
    "bunHair": ("a {} bun", WOMAN),
    "curlyBob": ("a curly {} bob", WOMAN), "curlyShortHair": ("short curly {} hair", ANY),
    "froBun": ("a {} afro bun", WOMAN), "mohawk": ("a {} mohawk", ANY),
    "shavedHead": ("very short {} hair", ANY), "shortHair": ("short {} hair", ANY), "straightHair": ("straight {} hair", WOMAN),
    "wavyBob": ("a wavy {} bob", WOMAN), "halfShavedHead": ("a half-shaved head with {} hair", ANY),
}
BIG_SMILE_EXTRAS = {
    "catEars": "cat ears", "clownNose": "a red clown nose", "faceMask": "a white face mask", "glasses": "golden glasses",
    "mustache": "a mustache",
    "sailormoonCrown": "a golden tiara", "sleepMask": "a purple sleep mask", "sunglasses": "sunglasses",
}
BIG_SMILE_MOUTHS = {
    "openedSmile": "laughing", "teethSmile": "grinning", "kawaii": "smiling", "openSad": "sad", "unimpressed": "serious",
}

TOON_HAIR = {  # (hair, rear hair)
    ("bun", None): ("a {} bun", WOMAN), ("sideComed", None): ("short {} hair", ANY), ("spiky", None): ("spiky {} hair", ANY),
    ("undercut", None): ("short {} hair", ANY), ("sideComed", "longStraight"): ("long {} hair", WOMAN),
    ("sideComed", "longWavy"): ("long wavy {} hair", WOMAN),
    ("sideComed", "neckHigh"): ("a {} bob", WOMAN), ("sideComed", "shoulderHigh"): ("shoulder-length {} hair", WOMAN),
    ("spiky", "longStraight"): ("long spiky {} hair", WOMAN),
}
TOON_BEARDS = {
    "chinMoustache": "a {} mustache", "fullBeard": "a {} beard", "longBeard": "a long {} beard",
    "moustacheTwirl": "a twirled {} mustache",
}
TOON_CLOTHES = {
    "openJacket": "a {} jacket", "shirt": "a {} sweater with a collar", "tShirt": "a {} t-shirt",
    "turtleNeck": "a {} turtleneck",
}
TOON_MOODS = {  # mood -> (mouth, eyes, eyebrows)
    "smiling": ("smile", "happy", "happy"), "laughing": ("laugh", "happy", "raised"), "sad": ("sad", "humble", "sad"),
    "angry": ("angry", "happy", "angry"),
    "surprised": ("agape", "wide", "raised"), "winking": ("smile", "wink", "happy"),
}

VOXEL_HAIR = {
    "short": ("short {} hair", ANY), "spiky": ("spiky {} hair", ANY), "bowl": ("a {} bowl cut", ANY),
    "sideSwept": ("short {} hair", ANY),
    "curly": ("curly {} hair", ANY), "mohawk": ("a {} mohawk", ANY), "buns": ("two {} buns", WOMAN), "bob": ("a {} bob", WOMAN),
    "shoulderLength": ("shoulder-length {} hair", WOMAN), "longStraight": ("long {} hair", WOMAN),
    "longWavy": ("long wavy {} hair", WOMAN),
    "partedLong": ("long {} hair", WOMAN), "braids": ("{} braids", WOMAN), "twinTails": ("{} pigtails", WOMAN),
    "afro": ("a {} afro", ANY),
}
VOXEL_HATS = {
    "cap": "a {} cap", "beanie": "a {} beanie", "animalEars": "a {} hat with animal ears",
    "bunnyEars": "a {} hat with bunny ears",
}
VOXEL_BEARDS = {"full": "a {} beard", "mustache": "a {} mustache", "goatee": "a {} goatee"}
VOXEL_GLASSES = {"round": "glasses", "square": "glasses", "shades": "sunglasses"}
VOXEL_CLOTHES = {  # outfit -> (words, the colour they name)
    "plain": ("a {} shirt", "shirt"), "stripes": ("a striped {} shirt", "shirt"), "jacket": ("a {} jacket", "jacket"),
    "overalls": ("overalls", "shirt"),
    "hoodie": ("a {} hoodie", "shirt"), "coat": ("a {} coat", "jacket"), "suit": ("a {} suit", "jacket"),
    "dress": ("a {} dress", "jacket"),
}

MINI_HAIR = {
    "balndess": ("a bald head", ANY), "slaughter": ("little {} hair", "man"), "classic01": ("short {} hair", ANY),
    "classic02": ("short {} hair", ANY),
    "curly": ("curly {} hair", ANY), "elvis": ("a {} quiff", ANY), "stylish": ("short {} hair", ANY),
    "long": ("long {} hair", WOMAN),
    "ponyTail": ("a {} ponytail", WOMAN),
}
MINI_BEARDS = {"freddy": "a {} mustache", "horshoe": "a horseshoe mustache", "pencilThin": "a thin {} mustache"}

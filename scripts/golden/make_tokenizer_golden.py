"""Writes golden token ids of several thousand texts, from transformers' CLIPTokenizer.

    scripts/golden/make_tokenizer_golden.py --merges models/graphs/clip/merges.txt --out tests/text/clip_tokens.bin

The texts are generated with a fixed seed: prompts, emoji with joiners, many scripts, marks, control characters, contractions,
digits, runs of punctuation, very long words, broken UTF-8, and code points from every block of Unicode. Broken UTF-8 is
decoded by Python with errors="replace" first. Each record of the file, little-endian: length of the text in bytes (uint16), the
text, number of ids (uint16), the ids (uint16) without bos and eos.
"""

import argparse
import json
import random
import struct
import tempfile
from pathlib import Path

from transformers import CLIPTokenizer

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
WORDS = """a an the of in on at by with and cat dog fox castle river portrait photo photograph painting oil watercolor sketch render
Unreal Engine 4k 8K HDR UHD octane trending artstation masterpiece best quality highly detailed intricate cinematic lighting
bokeh f/1.8 35mm ISO-400 Greg Rutkowski Van-Gogh Hokusai's they're we've I'm you'll he'd don't it's ROCK'N'ROLL 'tis cyberpunk
steampunk neon-lit 1girl solo blue_eyes long_hair looking_at_viewer (masterpiece:1.2) [blurry] ((sharp)) \\(literal\\) BREAK AND
smørrebrød naïve café Ångström STRASSE straße İstanbul ΣΊΣΥΦΟΣ Москва 東京 서울 上海 ไทย हिन्दी عربي עברית ქართული አማርኛ ខ្មែរ""".split()
EMOJI = ["😀", "🐱", "🦊", "❤️", "👩‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇯🇵", "🇩🇪", "👍🏽", "1️⃣", "🧑🏿‍🤝‍🧑🏻", "☃︎", "✨", "🫠", "🪿", "\U0001fae8"]
SCRIPTS = {  # first and last code point
    "latin": (0xC0, 0x24F), "ipa": (0x250, 0x2FF), "greek": (0x370, 0x3FF), "cyrillic": (0x400, 0x52F), "armenian": (0x531, 0x58F),
    "hebrew": (0x591, 0x5F4), "arabic": (0x600, 0x6FF), "devanagari": (0x900, 0x97F), "bengali": (0x980, 0x9FF), "tamil": (0xB82, 0xBFA),
    "thai": (0xE01, 0xE5B), "tibetan": (0xF00, 0xFDA), "georgian": (0x10A0, 0x10FF), "jamo": (0x1100, 0x11FF), "khmer": (0x1780, 0x17F9),
    "greek extended": (0x1F00, 0x1FFE), "kana": (0x3041, 0x30FF), "cjk": (0x4E00, 0x9FFF), "hangul": (0xAC00, 0xD7A3),
    "compatibility": (0xF900, 0xFAFF), "forms": (0xFB00, 0xFDFF), "full width": (0xFF01, 0xFFEE), "gothic": (0x10330, 0x1034A),
    "mathematical": (0x1D400, 0x1D7FF), "adlam": (0x1E900, 0x1E95F), "cjk b": (0x20000, 0x2A6DF),
}
CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA1), 0xAD, 0x180E, *range(0x2000, 0x2010), *range(0x2028, 0x2030),
                                   0x205F, *range(0x2060, 0x2070), 0x3000, 0xFEFF, 0xFFF9, 0xFFFD, 0xFFFE, 0xFFFF, 0xE0001, 0x10FFFF)]
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«»“”‘’…—–•·¿¡§©®™°±×÷€£¥₿"
BROKEN = [b"\x80", b"\xbf", b"\xc0\xaf", b"\xc3", b"\xe2\x82", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80",
          b"\xf5", b"\xff", b"\xfe", b"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", b"\xf0\x90\x28\xbc"]


class Texts:
    def __init__(self, seed: int):
        self.chance = random.Random(seed)

    def some(self, choices, low: int, high: int) -> list:
        return [self.chance.choice(choices) for _ in range(self.chance.randint(low, high))]

    def any_code(self) -> str:
        code = 0xD800
        while 0xD800 <= code < 0xE000:
            code = self.chance.randrange(self.chance.choice([0x80, 0x800, 0x10000, 0x110000]))
        return chr(code)

    def prompt(self) -> str:
        return self.chance.choice([" ", ", ", "  "]).join(self.some(WORDS, 1, 18))

    def script(self) -> str:
        first, last = self.chance.choice(list(SCRIPTS.values()))
        return " ".join("".join(chr(self.chance.randint(first, last)) for _ in range(self.chance.randint(1, 8))) for _ in range(self.chance.randint(1, 4)))

    def marks(self) -> str:
        marks = [chr(code) for code in (*range(0x300, 0x370), 0x323, 0x3099, 0x309A, 0x5B0, 0x64B, 0x93C, 0x1DC0, 0x20D0, 0x1D165, 0x11938)]
        return "".join(self.chance.choice("aeiouAEIOUÅêσかは ") + "".join(self.some(marks, 0, 4)) for _ in range(self.chance.randint(1, 6)))

    def contractions(self) -> str:
        ends = ["'s", "'S", "'t", "'re", "'VE", "'m", "'ll", "'d", "'x", "''s", "’s", "'", "'ſ"]
        return "".join(self.chance.choice([*WORDS[:20], "", " ", "1", "!"]) + self.chance.choice(ends) for _ in range(self.chance.randint(1, 6)))

    def digits(self) -> str:
        return "".join(self.some([*"0123456789", ".", ",", " ", "x", "²", "½", "٣", "४", "Ⅷ", "①", "百", "𝟗"], 1, 20))

    def long_word(self) -> str:
        return self.chance.choice(["a", "ab", "aaab", "na", "xyz", "😀", "中", "é", "!", "?!"]) * self.chance.randint(20, 200)

    def mixed(self) -> str:
        kinds = [self.prompt, self.script, self.marks, self.contractions, self.digits, self.any_code]
        return self.chance.choice(["", " "]).join(self.chance.choice(kinds)() for _ in range(self.chance.randint(2, 4)))

    def control_names(self) -> str:
        return "".join(self.some([BEGIN, END, BEGIN.upper(), "<|EndOfText|>", "<|endoftext", "<|", "|>", "cat", " ", "!!", "\u0338", "ſ"], 1, 6))

    def broken(self) -> bytes:
        parts = [*BROKEN, b"cat", b" ", "é".encode(), "😀".encode()]
        if self.chance.random() < 0.5:
            return b"".join(self.some(parts, 1, 8))
        return self.chance.randbytes(self.chance.randint(1, 24))

    def all(self) -> list[bytes]:
        texts: list[str | bytes] = ["", " ", "a", *WORDS, *EMOJI, *CONTROLS, *PUNCTUATION]
        texts += [f"a{control}b{control}" for control in CONTROLS]
        for kind, count in ((self.prompt, 900), (self.script, 900), (self.marks, 450), (self.contractions, 300), (self.digits, 300),
                            (self.long_word, 60), (self.mixed, 500), (self.control_names, 200), (self.broken, 700)):
            texts += [kind() for _ in range(count)]
        texts += ["".join(self.some([*EMOJI, "\u200d", "\ufe0f", "a", " "], 1, 10)) for _ in range(300)]
        texts += ["".join(self.some(PUNCTUATION, 1, 12)) for _ in range(300)]
        texts += ["".join(self.some([*CONTROLS, "a", "B", "é"], 1, 10)) for _ in range(300)]
        # of each 256 code points the first, the last and a few others
        for block in range(0, 0x110000, 256):
            if 0xD800 <= block < 0xE000 or (block > 0x33000 and block % 0x4000 and not 0xE0000 <= block < 0xE0200):
                continue
            codes = sorted({block, block + 255, *(block + self.chance.randrange(256) for _ in range(6))})
            texts.append("".join(map(chr, codes)))
        return [text if isinstance(text, bytes) else text.encode() for text in texts]


def clip_tokenizer(merges: Path, **special: str) -> CLIPTokenizer:
    """transformers' tokenizer, built from the merges, which determine the vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    alphabet = [*map(chr, printable), *(chr(256 + i) for i in range(256 - len(printable)))]
    lines = merges.read_text(encoding="utf-8").splitlines()[1:]
    symbols = [*alphabet, *(letter + "</w>" for letter in alphabet), *("".join(line.split(" ")) for line in lines), BEGIN, END]
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = Path(folder) / "vocab.json"
        vocabulary.write_text(json.dumps({symbol: place for place, symbol in enumerate(symbols)}), encoding="utf-8")
        return CLIPTokenizer(vocab=str(vocabulary), merges=str(merges), model_max_length=77, **special)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--merges", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tokenizer = clip_tokenizer(options.merges)
    with options.out.open("wb") as file:
        texts = Texts(options.seed).all()
        for text in texts:
            ids = tokenizer(text.decode("utf-8", errors="replace"), add_special_tokens=False)["input_ids"]
            file.write(struct.pack("<H", len(text)) + text + struct.pack(f"<H{len(ids)}H", len(ids), *ids))
    print(f"{options.out}: {len(texts)} texts, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()

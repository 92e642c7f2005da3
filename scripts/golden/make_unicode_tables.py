"""Writes Unicode tables for the CLIP tokenizer, measured on the tokenizers library, which transformers' CLIPTokenizer uses.

    scripts/golden/make_unicode_tables.py --out src/text/unicode_tables.inc

That library takes lower case from Rust, normalisation from a crate, and letters, numbers and white space from Oniguruma: three
versions of Unicode. So each table is measured one code point at a time instead of read from the Unicode standard. The tables are
then applied as in src/text/unicode.cpp to every code point and to random texts, and compared with the library.
"""

import argparse
import random
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

CODES = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
HANGUL = range(0xAC00, 0xAC00 + 11172)  # composed and decomposed by arithmetic
LOWER, NFC, NFD = (normalizer().normalize_str for normalizer in (normalizers.Lowercase, normalizers.NFC, normalizers.NFD))
WIDTH = 120


def matched(pattern: str) -> set[int]:
    """The code points that match the regular expression in Oniguruma."""
    split = pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True)
    found: set[int] = set()
    for start in range(0, len(CODES), 5000):
        text = "".join(map(chr, CODES[start:start + 5000]))
        found.update(ord(character) for piece, _ in split.pre_tokenize_str(text) for character in piece)
    return found


def ranges(codes: set[int]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for code in sorted(codes):
        if result and result[-1][1] == code - 1:
            result[-1] = (result[-1][0], code)
        else:
            result.append((code, code))
    return result


def lower_runs() -> list[tuple[int, int, int, int]]:
    """-> (first, last, stride, difference): lower case of every stride-th code point from first to last is itself + difference.
    U+0130, the only one whose lower case is two characters, is left to the program."""
    lowered = {code: LOWER(chr(code)) for code in CODES}
    many = [code for code, text in lowered.items() if len(text) != 1]
    assert many == [0x130] and lowered[0x130] == "i\u0307", many
    runs: list[list[int]] = []
    for code, text in lowered.items():
        difference = ord(text[0]) - code
        if len(text) != 1 or difference == 0:
            continue
        last = runs[-1] if runs else None
        if last and last[3] == difference and (code - last[1] == last[2] or (last[0] == last[1] and code - last[1] in (1, 2))):
            last[1], last[2] = code, code - last[1]
        else:
            runs.append([code, code, 1, difference])
    return [tuple(run) for run in runs]


def combining_classes() -> dict[int, int]:
    """Combining classes, derived from the order of marks after NFD: a mark moves before marks of greater class."""
    lowest, highest = "\u0334", "\u0345"  # marks of class 1 and of class 240, the lowest and the highest

    def order(text: str) -> str:
        return NFD("a" + text)[1:]

    plain = [chr(code) for code in CODES if code not in HANGUL and NFD(chr(code)) == chr(code) and chr(code) != "a"]
    marks = [mark for mark in plain if order(highest + mark) != highest + mark or order(mark + lowest) != mark + lowest]
    marks += [lowest, highest]
    probes: dict[int, str] = {}  # class -> a mark of that class
    for mark in marks:
        probes.setdefault(unicodedata.combining(mark), mark)
    classes = {}
    for mark in marks:
        fits = [number for number, probe in probes.items()
                if order(mark + probe) == mark + probe and order(probe + mark) == probe + mark]
        assert len(fits) == 1, (hex(ord(mark)), fits)
        classes[ord(mark)] = fits[0]
    return classes


def class_ranges(classes: dict[int, int]) -> list[tuple[int, int, int]]:
    return sorted((first, last, number) for number in set(classes.values())
                  for first, last in ranges({code for code in classes if classes[code] == number}))


def decompositions() -> dict[int, str]:
    return {code: NFD(chr(code)) for code in CODES if code not in HANGUL and NFD(chr(code)) != chr(code)}


def compositions(decomposed: dict[int, str]) -> dict[tuple[int, int], int]:
    result = {}
    for code, text in decomposed.items():
        if NFC(chr(code)) != chr(code):
            continue  # excluded from composition
        first, second = NFC(text[:-1]), text[-1]
        assert len(first) == 1 and NFC(first + second) == chr(code), hex(code)
        result[ord(first), ord(second)] = code
    return result


class Tables:
    """The tables, applied as in src/text/unicode.cpp."""

    def __init__(self) -> None:
        self.letters, self.numbers, self.spaces = (ranges(matched(pattern)) for pattern in (r"\p{L}", r"\p{N}", r"\s"))
        self.lower = lower_runs()
        self.classes = combining_classes()
        self.decomposed = decompositions()
        self.composed = compositions(self.decomposed)

    def lowered(self, text: str) -> str:
        def one(code: int) -> str:
            if code == 0x130:
                return "i\u0307"
            for first, last, stride, difference in self.lower:
                if first <= code <= last and (code - first) % stride == 0:
                    return chr(code + difference)
            return chr(code)
        return "".join(one(ord(character)) for character in text)

    def _compose(self, first: int, second: int) -> int | None:
        lead, vowel, tail = first - 0x1100, second - 0x1161, second - 0x11A7
        if 0 <= lead < 19 and 0 <= vowel < 21:
            return 0xAC00 + (lead * 21 + vowel) * 28
        if first in HANGUL and (first - 0xAC00) % 28 == 0 and 0 < tail < 28:
            return first + tail
        return self.composed.get((first, second))

    def nfc(self, text: str) -> str:
        codes: list[int] = []
        for character in text:
            index = ord(character) - 0xAC00
            if ord(character) in HANGUL:
                codes += [0x1100 + index // 588, 0x1161 + index % 588 // 28] + ([0x11A7 + index % 28] if index % 28 else [])
            else:
                codes += map(ord, self.decomposed.get(ord(character), character))
        start = 0
        for end in range(len(codes) + 1):  # marks between two starters, by class
            if end == len(codes) or codes[end] not in self.classes:
                codes[start:end] = sorted(codes[start:end], key=lambda code: self.classes.get(code, 0))
                start = end
        result: list[int] = []
        starter = -1
        last_class = -1  # class of the previous mark; -1 directly after the starter
        for code in codes:
            own = self.classes.get(code, 0)
            whole = self._compose(result[starter], code) if starter >= 0 and last_class < own else None
            if whole is not None:
                result[starter] = whole
                continue
            if own == 0:
                starter, last_class = len(result), -1
            else:
                last_class = own
            result.append(code)
        return "".join(map(chr, result))

    def check(self) -> None:
        for code in CODES:
            assert self.nfc(chr(code)) == NFC(chr(code)), hex(code)
            assert self.lowered(chr(code)) == LOWER(chr(code)), hex(code)
        chance = random.Random(0)
        spice = [*self.classes, *self.decomposed, *(code for pair in self.composed for code in pair), *range(0x1100, 0x1200), 0xAC00, 0xAC1C, 0x41]
        for _ in range(300_000):
            text = "".join(chr(chance.choice(spice)) for _ in range(chance.randint(2, 6)))
            assert self.nfc(text) == NFC(text), text.encode("unicode_escape")

    def write(self, path: Path) -> None:
        def hexadecimal(*numbers: int) -> str:
            return "{" + ", ".join(f"0x{number:X}" if number > 9 else str(number) for number in numbers) + "}"

        arrays = {
            "Range kLetters": [hexadecimal(*entry) for entry in self.letters],
            "Range kNumbers": [hexadecimal(*entry) for entry in self.numbers],
            "Range kSpaces": [hexadecimal(*entry) for entry in self.spaces],
            "LowerRun kLower": [f"{{0x{first:X}, 0x{last:X}, {stride}, {by}}}" for first, last, stride, by in self.lower],
            "ClassRange kClasses": [f"{{0x{first:X}, 0x{last:X}, {number}}}" for first, last, number in class_ranges(self.classes)],
            "Decomposition kDecompositions": [f"{{0x{code:X}, {hexadecimal(*map(ord, text))}}}" for code, text in sorted(self.decomposed.items())],
            "Composition kCompositions": [hexadecimal(*pair, code) for pair, code in sorted(self.composed.items())],
        }
        lines = [f"// Made by scripts/golden/make_unicode_tables.py with tokenizers {tokenizers.__version__}. Included by unicode.cpp.", ""]
        for declaration, entries in arrays.items():
            lines.append(f"constexpr {declaration}[] = {{")
            line = "   "
            for entry in entries:
                if len(line) + len(entry) + 2 > WIDTH:
                    lines.append(line)
                    line = "   "
                line += f" {entry},"
            lines += [line, "};", ""]
        path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    tables = Tables()
    tables.check()
    tables.write(options.out)


if __name__ == "__main__":
    main()

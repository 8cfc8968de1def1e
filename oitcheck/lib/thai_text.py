"""Thai text: folding, so that two spellings compare equal, and repair of what PDF writers do to Thai."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = {ord(t): str(i) for i, t in enumerate(THAI_DIGITS)}
_TO_THAI = {ord(str(i)): t for i, t in enumerate(THAI_DIGITS)}

SARA_AM = "ำ"
NIKHAHIT = "ํ"
SARA_AA = "า"
TONES = "่้๊๋"

# Glyphs that old Thai fonts keep in the private use area for shifted vowels and tone marks (Windows layout, as listed
# in the OpenType Thai notes): each stands for one ordinary mark.
PRIVATE_USE = {
    0xF700: "ฐ", 0xF701: "ิ", 0xF702: "ี", 0xF703: "ึ", 0xF704: "ื", 0xF705: "่", 0xF706: "้", 0xF707: "๊",
    0xF708: "๋", 0xF709: "์", 0xF70A: "่", 0xF70B: "้", 0xF70C: "๊", 0xF70D: "๋", 0xF70E: "์", 0xF70F: "ญ",
    0xF710: "ั", 0xF711: "ํ", 0xF712: "็", 0xF713: "่", 0xF714: "้", 0xF715: "๊", 0xF716: "๋", 0xF717: "์",
    0xF718: "ุ", 0xF719: "ู", 0xF71A: "ฺ",
}  # fmt: skip

_ABOVE_BELOW = "ัิีึืฺุู็่้๊๋์ํ๎"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_SARA_AAS = re.compile(f"{SARA_AA}{{2,}}")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")


def arabic_digits(text: str) -> str:
    """`text` with Thai digits as 0–9; every position stays where it was."""
    return text.translate(_TO_ARABIC)


def thai_digits(text: str) -> str:
    """`text` with 0–9 as Thai digits, as official papers want them."""
    return text.translate(_TO_THAI)


def clean(text: str) -> str:
    """One line of text as shown:

    NFC, invisible characters out, runs of blanks to one, private-use Thai glyphs mapped.
    """
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).translate(PRIVATE_USE)
    text = text.replace(NIKHAHIT + SARA_AA, SARA_AM)
    return _SPACES.sub(" ", text).strip()


# Applied in this order; none of them changes a word of a Thai dictionary (measured: design notes of the project).
_REPAIRS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("blank_before_mark", re.compile(rf"(?<=[ก-ฮ{_ABOVE_BELOW}]) +(?=[{_ABOVE_BELOW}])"), ""),
    ("split_sara_am", re.compile(rf"([ก-ฮ][{TONES}]?) +า"), rf"\1{SARA_AM}"),
    ("split_sara_am", re.compile(rf"([ก-ฮ][{TONES}]?) +{SARA_AM}"), rf"\1{SARA_AM}"),
    ("nikhahit", re.compile(rf"{NIKHAHIT}([{TONES}]?){SARA_AA}"), rf"\1{SARA_AM}"),
    ("nikhahit", re.compile(rf"([{TONES}]){NIKHAHIT}{SARA_AA}"), rf"\1{SARA_AM}"),
    ("tone_before_vowel", re.compile(rf"([{TONES}์])([ัิีึืุู])"), r"\2\1"),
    # Two tone marks on one letter: the second is a nikhahit drawn as mai tho ("น้้า").
    ("tone_as_nikhahit", re.compile(rf"([{TONES}])[{TONES}]{SARA_AA}"), rf"\1{SARA_AM}"),
    ("doubled_mark", re.compile(rf"([{_ABOVE_BELOW}])\1+"), r"\1"),
    ("double_sara_e", re.compile("เเ"), "แ"),
)


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    """Extracted PDF text with the safe repairs applied, and the names of those that changed something."""
    text = clean(text)
    used: list[str] = []
    for name, pattern, replacement in _REPAIRS:
        mended = pattern.sub(replacement, text)
        if mended != text and name not in used:
            used.append(name)
        text = mended
    return text, tuple(used)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with, for each of its characters, the index of the character of the original it came from."""

    text: str
    origins: tuple[int, ...]
    original: str

    def quote(self, start: int, end: int) -> str:
        """The stretch of the original that the folded stretch [start, end) came from, with marks that follow it."""
        if start >= end:
            return ""
        first, last = self.origins[start], self.origins[end - 1] + 1
        while last < len(self.original) and (
            self.original[last] in _ABOVE_BELOW or self.original[last] in SARA_AM + "ๆฯ"
        ):
            last += 1
        if self.original[first:last].count(".") == 1 and self.original[last : last + 1] == ".":
            last += 1  # the second dot of an abbreviation
        return self.original[first:last]


def fold_with_origins(text: str) -> Folded:
    """Fold `text` and remember where each character came from. See `fold`."""
    out: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        for piece in _folded_char(char):
            if out and out[-1] == "เ" and piece == "เ":
                out[-1] = "แ"
                continue
            if out and out[-1] == SARA_AA and piece == SARA_AA:
                continue  # ำา, as some fonts write ำ
            out.append(piece)
            origins.append(index)
    return Folded("".join(out), tuple(origins), text)


def fold(text: str) -> str:
    """The skeleton by which texts are compared.

    Drops blanks, punctuation, tone marks, thanthakhat and nikhahit; makes ำ one with า (PDF writers swap and split
    them), Thai digits Arabic, Latin lower case. Two texts that an official reads as the same word fold alike; the price
    is that a few different words do too (นำ and นา), which whole phrases make up for.
    """
    return _SARA_AAS.sub(SARA_AA, "".join(_fold_pieces(text)).replace("เเ", "แ"))


def _fold_pieces(text: str) -> list[str]:
    return [piece for char in text for piece in _folded_char(char)]


_FOLD_CACHE: dict[str, str] = {}


def _folded_char(char: str) -> str:
    cached = _FOLD_CACHE.get(char)
    if cached is None:
        cached = _FOLD_CACHE[char] = _fold_char(char)
    return cached


def _fold_char(char: str) -> str:
    code = ord(char)
    char = PRIVATE_USE.get(code, char)
    if char in TONES or char in "์ํ๎ฺ":
        return ""
    if char == SARA_AM:
        return SARA_AA
    if char in THAI_DIGITS:
        return str(THAI_DIGITS.index(char))
    if "\u0e00" <= char <= "\u0e7f":
        return "" if char in "ฯ๏๚๛" else char
    folded = unicodedata.normalize("NFKC", char).casefold()
    return "".join(c for c in folded if c.isalnum())


def thai_share(text: str) -> float:
    """Share of Thai letters among all letters of `text` (0–1; 0 when there is no letter)."""
    thai = sum("ก" <= c <= "ฮ" for c in text)
    letters = sum(c.isalpha() and not ("\u0e00" <= c <= "\u0e7f") for c in text)
    return thai / (thai + letters) if thai + letters else 0.0


def similar_words(word: str, known: tuple[str, ...], *, most: int = 1, least: float = 0.6) -> tuple[str, ...]:
    """The nearest of `known` to a mistyped `word`, for "did you mean"; alike by at least so much (0–1)."""
    import difflib

    return tuple(difflib.get_close_matches(word, known, n=most, cutoff=least))

"""What the fonts of a PDF page really write where their Unicode tables lie: decided by the dictionary, font by font.

Three lies are put right: Thai written in the places of Latin or private-use characters, every า written ำ, and marks
(nikhahit, tone marks) given as blanks. Each is changed only when the page has clearly more dictionary words afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from oitcheck.extract.quality import CLEARLY_BETTER, GARBLED_BELOW, misfit, text_quality
from oitcheck.lib.thai_text import NIKHAHIT, SARA_AA, SARA_AM, TONES, repair, thai_share

# Stand-ins for glyphs that a font draws without saying which mark they are: one character for each glyph of a font.
_FIRST_LOST = 0x100000
_LOST_MOST = 200
_LOST = f"{chr(_FIRST_LOST)}-{chr(_FIRST_LOST + _LOST_MOST)}"
_LOST_CHAR = re.compile(f"[{_LOST}]")
_LOST_BEFORE_VOWEL = re.compile(f"[{_LOST}{NIKHAHIT}]([{TONES}]?){SARA_AM}")
_PLAIN_AA = re.compile(f"(?<![{NIKHAHIT}{_LOST}])(?<![{NIKHAHIT}{_LOST}][{TONES}]){SARA_AA}")
_AROUND = 14
_CONTEXTS_MOST = 30
_KINDS_MOST = 16
# "" first: it wins ties. A lost vowel is rarer than a lost tone mark.
_CANDIDATES = ("", *TONES, NIKHAHIT, "์", "็", "ั", "ิ", "ี", "ึ", "ื", "ุ", "ู")
_FEW_LETTERS = 60
_DECODE_LETTERS = 12

# Single-byte Thai fonts: windows-874 in the upper half; below it the shifted marks of the Macintosh Thai table.
_SHIFTED = {
    0x83: "่", 0x84: "้", 0x85: "๊", 0x86: "๋", 0x87: "์", 0x88: "่", 0x89: "้", 0x8A: "๊", 0x8B: "๋", 0x8C: "์",
    0x8F: "ํ", 0x92: "ั", 0x93: "็", 0x94: "ิ", 0x95: "ี", 0x96: "ึ", 0x97: "ื", 0x98: "่", 0x99: "้", 0x9A: "๊",
    0x9B: "๋", 0x9C: "์",
}  # fmt: skip


class LostGlyphs:
    """Stand-in characters for the unnamed glyphs of one page, the same for the same glyph of a font."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], str] = {}

    def stand_in(self, font: str, glyph: int) -> str:
        """One character that stands for the glyph; "" when a page has too many kinds of them."""
        key = (font, glyph)
        if key not in self._known and len(self._known) < _LOST_MOST:
            self._known[key] = chr(_FIRST_LOST + len(self._known))
        return self._known.get(key, "")


def is_lost(text: str) -> bool:
    """Whether `text` is a stand-in of an unnamed glyph."""
    return len(text) == 1 and _FIRST_LOST <= ord(text) <= _FIRST_LOST + _LOST_MOST


def decoding(text: str) -> Callable[[str], str] | None:
    """How to read the characters of a font whose `text` is Thai in disguise; None when it is what it says."""
    if sum(char.isalnum() or char > "\u00a0" for char in text) < _DECODE_LETTERS or thai_share(text) > 0.3:
        return None
    if not any("\u00a0" < char < "\u0100" or "\ue000" <= char <= "\uf8ff" for char in text):
        return None
    best, best_quality = None, max(GARBLED_BELOW, text_quality(text) + CLEARLY_BETTER)
    for decoder in (_from_offset, _from_single_byte):
        decoded = "".join(map(decoder, text))
        quality = text_quality(repair(decoded)[0])
        if thai_share(decoded) > 0.5 and quality > best_quality:
            best, best_quality = decoder, quality
    return best


def _from_offset(char: str) -> str:
    """Thai kept in the private use area in the order of its Unicode block."""
    code = ord(char)
    return chr(0x0E00 + code - 0xE000) if 0xE001 <= code <= 0xE05B else char


def _from_single_byte(char: str) -> str:
    code = ord(char)
    if 0xF080 <= code <= 0xF0FF:
        code -= 0xF000
    elif code > 0xFF:
        try:
            code = char.encode("cp1252")[0]
        except UnicodeEncodeError:
            return char
    if code in _SHIFTED:
        return _SHIFTED[code]
    return chr(0x0E00 + code - 0xA0) if 0xA1 <= code <= 0xDA or 0xDF <= code <= 0xFB else char


def swapped_groups(by_font: Iterable[Sequence[str]]) -> list[int]:
    """The indexes of the fonts (given as pieces of their text) that write every า as ำ.

    A font is one of them when it writes no า and its text has more dictionary words with it; fonts of a few letters
    are judged together.
    """
    found: list[int] = []
    few: list[tuple[int, str]] = []
    for index, pieces in enumerate(by_font):
        text = "".join(pieces)
        if SARA_AM not in text or _PLAIN_AA.search(text):
            continue
        if len(text) < _FEW_LETTERS:
            few.append((index, text))
        elif _reads_better_swapped(text):
            found.append(index)
    if few and _reads_better_swapped(" ".join(text for _, text in few)):
        found += [index for index, _ in few]
    return found


def swapped(text: str) -> str:
    """`text` of such a font with า for ำ; where a nikhahit stands before it, joining the two makes ำ again."""
    return text.replace(SARA_AM, SARA_AA)


def _reads_better_swapped(text: str) -> bool:
    as_written = _LOST_CHAR.sub("", text.replace(NIKHAHIT, ""))
    kept = _LOST_BEFORE_VOWEL.sub("\\1\x00", text).replace(SARA_AM, SARA_AA).replace("\x00", SARA_AM)
    as_meant = _LOST_CHAR.sub("", kept)
    return text_quality(as_meant) > text_quality(as_written) + CLEARLY_BETTER


def lost_marks(text: str) -> dict[str, str]:
    """What each stand-in of `text` most likely is: the mark that leaves the fewest letters outside dictionary words."""
    counts = Counter(_LOST_CHAR.findall(text))
    guesses = {char: _first_guess(text, char) for char in counts}
    kinds = [char for char, _ in counts.most_common(_KINDS_MOST)]
    for _ in range(2 if len(kinds) > 1 else 1):
        for char in kinds:
            guesses[char] = _best_mark(_contexts(text, char), char, guesses)
    return guesses


def _best_mark(contexts: list[str], char: str, guesses: dict[str, str]) -> str:
    costs = {mark: _cost(contexts, {**guesses, char: mark}) for mark in _CANDIDATES}
    best: str = min(costs, key=lambda mark: costs[mark])
    # A lost nikhahit is by far the commonest of all; another mark must make better words, not only commoner ones.
    if guesses[char] == NIKHAHIT and costs[NIKHAHIT][:2] == costs[best][:2]:
        return NIKHAHIT
    return best


def _first_guess(text: str, char: str) -> str:
    followed = len(re.findall(f"{char}[{TONES}{_LOST}]?{SARA_AA}", text))
    return NIKHAHIT if followed * 5 >= text.count(char) * 4 else ""


def _contexts(text: str, char: str) -> list[str]:
    """Stretches of Thai around the places of a stand-in, each different one once."""
    pattern = re.compile(f"[ก-๎{_LOST}]{{0,{_AROUND}}}{char}[ก-๎{_LOST}]{{0,{_AROUND}}}")
    found = dict.fromkeys(match.group() for match in pattern.finditer(text))
    return list(islice(found, _CONTEXTS_MOST))


def _cost(contexts: list[str], marks: dict[str, str]) -> tuple[int, int, float]:
    letters = words = 0
    rarity = 0.0
    for context in contexts:
        resolved = repair(_LOST_CHAR.sub(lambda match: marks.get(match.group(), ""), context))[0]
        loose, count, rare = misfit(resolved)
        letters += loose
        words += count
        rarity += rare
    return letters, words, round(rarity, 3)

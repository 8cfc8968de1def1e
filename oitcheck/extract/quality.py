"""How much of a text is real Thai: the measure by which a page's text layer is trusted, read another way or refused."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from oitcheck.lib.thai_text import NIKHAHIT, SARA_AA, SARA_AM, TONES
from oitcheck.lib.thai_words import corpus, words_in

# Measured on 106 readable pages of agencies' PDF files: 0.91–1.00 (median 0.99); the same pages without tone marks
# 0.82 and more, with every า as ำ 0.54 and more, with both faults 0.51 and more: a person still reads all of these.
# Junk of an earlier OCR and Thai mapped to other scripts: 0.0.
GARBLED_BELOW = 0.4
# Below this the page is read a second way.
POOR_BELOW = 0.85
# A second reading must be better by this much to be preferred; less is chance.
CLEARLY_BETTER = 0.04

# Enough for a share that is right to two hundredths, at half a millisecond a page.
_SAMPLE_CHARS = 2_400
# Fewer letters than this (a page number, a table of figures) tell nothing about a text layer.
_LETTERS_TO_JUDGE = 12
# Latin words in a Thai paper (units, addresses, names) are not looked at below this share of all letters.
_LATIN_LITTLE = 0.3

_THAI = re.compile(r"[ก-ฺเ-๎]+")
_ADDRESS = re.compile(
    r"\b(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.(?:th|com|org|net|pdf|docx?|xlsx?)\b\S*", re.I
)
_TOKEN = re.compile(r"\S+")
_PLAIN_WORD = re.compile(r"[(\"'“‘]*([A-Z]?[a-z]+(?:[-'’][a-z]+)*|[A-Z]{2,}s?|[A-Z]|[a-z])[)\"'”’.,:;!?]*$")
# The commonest words of English: prose has about one in three, accidental letters next to none.
_ENGLISH = frozenset(
    ("the", "of", "and", "to", "in", "a", "is", "for", "on", "by", "with", "as", "at", "be", "this", "that", "from",
     "or", "are", "an", "it", "not", "shall", "will", "was", "all", "any", "no", "date", "name", "page", "total")
)  # fmt: skip
_ENGLISH_SHARE = 0.1
# One-letter and two-letter words stand everywhere by chance; they count only beside a longer word.
_LONG_WORD = 3


def text_quality(text: str) -> float:
    """The share (0–1) of letters of `text` that can be trusted: Thai letters in dictionary words, plain Latin words.

    Letters of other scripts, unmapped characters and shapeless Latin count against it. 1.0 for text with next to no
    letters, such as a table of figures. Looks at a sample of about 2,400 characters from start, middle and end.
    """
    sample = _sample(text)
    thai = sum(map(len, _THAI.findall(sample)))
    latin, latin_good = _latin(sample)
    foreign = sum(_is_foreign(char) for char in sample)
    if thai + latin + foreign < _LETTERS_TO_JUDGE:
        return 1.0
    known = _known_letters(sample) if thai else 0
    if latin <= _LATIN_LITTLE * (thai + latin + foreign):
        latin = latin_good = 0
    return round((known + latin_good) / max(1, thai + latin + foreign), 4)


def is_word(text: str) -> bool:
    """Whether `text` is a word of the Thai dictionary."""
    return text in _words()


@lru_cache(maxsize=20_000)
def misfit(text: str) -> tuple[int, int, float]:
    """How badly a stretch of Thai reads: letters outside dictionary words, number of pieces, rarity of its words."""
    known = _words()
    pieces = words_in(text)
    frequencies = _frequencies()
    rarity = -sum(math.log1p(frequencies.get(piece, 0)) for piece in pieces)
    return sum(len(piece) for piece in pieces if piece not in known), len(pieces), rarity


def mend_swapped_sara_am(text: str) -> tuple[str, bool]:
    """`text` with ำ put back where it was written ้า ("ต้าบล"), and whether anything changed.

    A form is touched only if it is no word of the dictionary while its ำ form is one, and the letters around it fall
    into fewer loose letters and pieces afterwards: sound text stays as it is.
    """
    if _SWAPPED not in text:
        return text, False
    mended = _THAI.sub(lambda run: _mended_run(run.group()), text)
    return mended, mended != text


def _mended_run(run: str) -> str:
    forms = _swapped_forms()
    out: list[str] = []
    done = 0
    for match in re.finditer(_SWAPPED, run):
        found = _longest_form(run, done, match.start(), forms) if match.start() >= done else None
        if found:
            start, end = found
            out += (run[done:start], forms[run[start:end]])
            done = end
    mended = "".join(out) + run[done:]
    return mended if out and misfit(mended)[:2] < misfit(run)[:2] else run


_SWAPPED = "้" + SARA_AA
_FORM_LENGTHS = range(12, 3, -1)


def _longest_form(text: str, least: int, middle: int, forms: dict[str, str]) -> tuple[int, int] | None:
    for length in _FORM_LENGTHS:
        for start in range(max(least, middle + 2 - length), middle):
            if text[start : start + length] in forms:
                return start, start + length
    return None


@cache
def _swapped_forms() -> dict[str, str]:
    words = _words()
    forms: dict[str, str] = {}
    for word in words:
        if SARA_AM not in word or not 3 < len(word) < _FORM_LENGTHS.start:
            continue
        swapped = re.sub(f"[{TONES}]?{SARA_AM}", _SWAPPED, word)
        if swapped not in words:
            forms[swapped] = word
    return forms


def _known_letters(sample: str) -> int:
    known = 0
    for run in _THAI.findall(sample):
        words = words_in(run)
        known_words = _words()
        flags = [word in known_words for word in words]
        for index, word in enumerate(words):
            near = [i for i in (index - 1, index + 1) if 0 <= i < len(words)]
            beside = not near or any(flags[i] and len(words[i]) >= _LONG_WORD for i in near)
            if flags[index] and (beside or len(word) >= _LONG_WORD):
                known += len(word)
    return known


def _latin(sample: str) -> tuple[int, int]:
    """Latin letters of the sample outside addresses, and how many of them stand in plausible words."""
    letters = good = plain = english = tokens = 0
    for token in _TOKEN.findall(_ADDRESS.sub(" ", sample)):
        count = sum(char.isascii() and char.isalpha() for char in token)
        if not count or _THAI.search(token):
            continue
        letters += count
        tokens += 1
        match = _PLAIN_WORD.match(token)
        if match:
            plain += count
            english += match.group(1).lower() in _ENGLISH
    if tokens and english >= _ENGLISH_SHARE * tokens:
        good = plain
    return letters, good


def _is_foreign(char: str) -> bool:
    """Whether a character has no place in a Thai paper: another script, an unmapped glyph."""
    if char <= "\u00ff" or "\u0e00" <= char <= "\u0e7f":
        return "\u00c0" <= char <= "\u00ff"
    return char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char.isalpha()


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE_CHARS:
        return text
    part = _SAMPLE_CHARS // 3
    middle = len(text) // 2 - part // 2
    return " ".join((text[:part], text[middle : middle + part], text[-part:]))


@cache
def _words() -> frozenset[str]:
    words = (corpus() / "words_th.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(word.strip() for word in words if word.strip() and word.strip() not in (NIKHAHIT,))


@cache
def _frequencies() -> dict[str, int]:
    lines = (corpus() / "ttc_freq.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return {pair[0]: int(pair[1]) for pair in pairs if pair[1].strip().isdigit()}

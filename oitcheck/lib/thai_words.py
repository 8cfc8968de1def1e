"""Thai, which has no blanks between words, cut into them by a dictionary."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import nlpo3

_DICTIONARY = "oitcheck-words"


def words_in(text: str) -> list[str]:
    """The words of a stretch of Thai, together the whole of it; what the dictionary does not know is cut at letters."""
    _load()
    return list(nlpo3.segment(text, _DICTIONARY, True))


@cache
def corpus() -> Path:
    """The folder of PyThaiNLP's word lists."""
    # find_spec does not import the package, which takes seconds.
    spec = find_spec("pythainlp")
    if spec is None or spec.origin is None:  # pragma: no cover - a broken installation
        raise RuntimeError("the word list of PyThaiNLP is not installed; install the package pythainlp")
    return Path(spec.origin).parent / "corpus"


@cache
def _load() -> None:
    nlpo3.load_dict(str(corpus() / "words_th.txt"), _DICTIONARY)

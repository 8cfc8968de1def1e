"""The URLs in a cell, however they were put there."""

from __future__ import annotations

import re

from oitcheck.intake.rows import RowNote, RowRejected
from oitcheck.lib.thai_text import clean
from oitcheck.lib.urls import BadUrl, normalized

# A URL begins after a separator only: one within the query of another is part of it.
_STARTS = re.compile(r"(?:(?<=[\s,;|\u200b([\"'“])|^)(?=https?:/?/?\S|www\.\S)", re.IGNORECASE)
# A label before the first one ("URL:http://…"): words without anything that belongs to an address.
_LABEL = re.compile(r"^[^/.?=&]*?(?=https?:/?/?\S)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;|\u200b]*(?:\s\(?\d{1,2}[.)]|\s-|\sและ|\sหรือ)?[\s,;|\u200b)\]]*$")
_PLACEHOLDERS = frozenset({"-", "--", "---", "–", "—", "ไม่มี", "ยังไม่มี", "n/a", "none", "."})


def urls_in(text: str, link: str, cell: str) -> tuple[tuple[str, ...], tuple[RowNote, ...]]:
    """The requestable URLs of a cell (none: nothing submitted) and what was corrected; `link` is the address behind it.

    Raises RowRejected when the cell holds something, but no web address.
    """
    shown = clean(text)
    if link and not _STARTS.search(text.strip()):
        return _normalized([link], [RowNote("url_from_link", cell, shown, link)], cell)
    if not shown:
        return (), ()
    if shown.lower() in _PLACEHOLDERS:
        return (), (RowNote("url_placeholder", cell, shown),)
    pieces, notes = _pieces(text, cell)
    return _normalized(pieces, notes, cell)


def _pieces(text: str, cell: str) -> tuple[list[str], list[RowNote]]:
    starts = [match.start() for match in _STARTS.finditer(text)]
    label = _LABEL.match(text)
    if label and label.end() not in starts:
        starts = [label.end(), *starts]
    if not starts:
        return [text], []
    ends = [*starts[1:], len(text)]
    pieces = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    notes = []
    if len(pieces) > 1:
        pieces = [_BETWEEN.sub("", piece) for piece in pieces]
        notes.append(RowNote("urls_split", cell, clean(text), str(len(pieces))))
    before = text[: starts[0]]
    if clean(before).strip("\"'“<"):
        notes.append(RowNote("url_cut_out", cell, clean(text), clean(pieces[0])))
    elif before:
        notes.append(RowNote("url_trimmed", cell, clean(text), clean(pieces[0])))
    return pieces, notes


def _normalized(pieces: list[str], notes: list[RowNote], cell: str) -> tuple[tuple[str, ...], tuple[RowNote, ...]]:
    urls: list[str] = []
    refused: list[RowRejected] = []
    for piece in pieces:
        try:
            url, corrections = normalized(piece)
        except BadUrl as bad:
            code = "url_no_host" if bad.reason == "empty" else f"url_{bad.reason}"
            refused.append(RowRejected(code, cell, clean(piece)))
            continue
        found = [RowNote(f"url_{name}", cell, clean(piece), url) for name in corrections]
        notes += [note for note in found if all(note.code != known.code for known in notes)]
        if url not in urls:
            urls.append(url)
    if not urls:
        raise refused[0]
    notes += [RowNote("url_part_left_out", cell, rejected.note.was) for rejected in refused]
    return tuple(urls), tuple(notes)

"""The URLs in a cell, however they were put there."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from oitcheck.intake.formulas import link_of
from oitcheck.intake.rows import RowNote, RowRejected
from oitcheck.lib.thai_text import clean, fold
from oitcheck.lib.urls import BadUrl, host_of, normalized

# A URL begins after a separator only: one within the query of another is part of it.
_STARTS = re.compile(
    r"(?:(?<=[\s,;|\u200b([\"'“])|^)(?=https?:/?/?\S|www\.\S)"
    # One that follows another without a blank; "/", "=" or "%2F" before it make it a part of that one.
    r"|(?<=[a-z0-9\u0e00-\u0e7f])(?<!%[0-9a-f]{2})(?=https?://\S)",
    re.IGNORECASE,
)
# A host without http:// or www. begins one at the start of a line or after a comma, unless it is the name of a file.
_BARE_STARTS = re.compile(
    r"(?:(?<=[\n,;|])|^)[ \t]*(?=(?:[\w-]+\.)+(?!(?:html?|php|aspx?|jsp|pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|zip|rar)\b)"
    r"[a-z]{2,24}(?:[/:?#\s,;|]|$))",
    re.IGNORECASE,
)
# A label before the first one ("URL:http://…"): words without anything that belongs to an address.
_LABEL = re.compile(r"^[^/.?=&]{0,80}?(?=https?:/?/?\S)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;|\u200b]*(?:\s\(?\d{1,2}[.)]|\s-|\sและ|\sหรือ)?[\s,;|\u200b)\]]*$")
_PLACEHOLDERS = frozenset({"-", "--", "---", "–", "—", "−", "_", "n/a", "none", ".", "na", "null", "x"})
_NONE_WORDS = frozenset(
    map(fold, ("ไม่มี", "ยังไม่มี", "ไม่มีข้อมูล", "ยังไม่มีข้อมูล", "ไม่มีรายการ", "ไม่มี URL", "ไม่มีลิงก์", "ไม่ได้จัดส่ง",
               "ยังไม่จัดส่ง", "ไม่ได้ดำเนินการ", "ยังไม่ได้ดำเนินการ", "ยังไม่ดำเนินการ", "ว่าง"))
)  # fmt: skip
_UNDER_WAY_WORDS = tuple(map(fold, ("อยู่ระหว่าง", "under way", "กำลังดำเนินการ", "กำลังจัดทำ", "รอดำเนินการ")))
_MOST_UNDER_WAY = 60

# ！ to ～ and the wide blank, as typed with an Asian keyboard or pasted from a chat.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SCHEME_TYPED = re.compile(
    r"(?<![\w/=?&%.])h\s?t{1,3}\s?p{1,2}(?P<s>s?)\s*(?:[:;]+\s*[/\\]{1,2}|[/\\]{1,2}\s*[:;])(?=[^\s/\\])", re.IGNORECASE
)
_SCHEME_TWICE = re.compile(r"(?<![\w/=?&%.])https?://(?=https?://)", re.IGNORECASE)
_WWW_COMMA = re.compile(r"(?:(?<=://www)|(?<=^www)),(?=[a-z0-9-]+\.)", re.IGNORECASE)
_INVISIBLE = {0x00AD: None}  # the soft hyphen, of text that a word processor broke
_FOLLOWED = re.compile(r"[ \t\u00a0](?=[\u0e00-\u0e7f(\[“\"])")
_FILE_NAME = re.compile(
    r"\.(?:html?|php|aspx?|jsp|pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|zip|rar)\b|[/=?&]", re.IGNORECASE
)
_WRAPPED = re.compile(r"[\w\u0e00-\u0e7f\-./?=&%#~+:,;@!$*()\[\]]+")
_BREAKS = ("/", "-", "_", "?", "=", "&", "%", ".")
_MARKS = ".,;:!”’»。」…๏๚๛"
_MOST_URL_CHARACTERS = 4_000
_MAIL = re.compile(r"(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)

SHORTENERS = frozenset(
    ("bit.ly", "bitly.com", "shorturl.at", "tinyurl.com", "t.co", "goo.gl", "is.gd", "cutt.ly", "rebrand.ly", "ow.ly",
     "shorturl.asia", "qrgo.page.link", "me-qr.com", "t.ly", "rb.gy", "s.id", "lnk.to", "lin.ee", "moi.im", "bit.do")
)  # fmt: skip


def urls_in(text: str, link: str, cell: str) -> tuple[tuple[str, ...], tuple[RowNote, ...]]:
    """The requestable URLs of a cell (none: nothing submitted) and what was corrected; `link` is the address behind it.

    Raises RowRejected when the cell holds something, but no web address.
    """
    address, label = link_of(text)
    if address:  # a formula that a CSV file holds as text
        text, link = label, address
    text, notes = _mended(text, cell)
    shown = clean(text)
    if link and not _STARTS.search(text.strip()) and _is_web(link, or_no_text=not _is_bare(text)):
        return _normalized([link], [*notes, RowNote("url_from_link", cell, shown, link)], cell)
    if not shown:
        return (), ()
    if is_placeholder(shown):
        return (), (RowNote("url_placeholder", cell, shown),)
    if _MAIL.fullmatch(shown) and not shown.lower().startswith("mailto:"):
        raise RowRejected("url_email", cell, shown)
    pieces, more = _pieces(text, cell)
    if link and len(pieces) == 1 and shown.endswith(("...", "…")) and _is_web(link, or_no_text=False):
        return _normalized([link], [*notes, RowNote("url_from_link", cell, shown, link)], cell)
    urls, told = _normalized(pieces, [*notes, *more], cell)
    if link and _is_web(link, or_no_text=False) and _target(link) not in {_target(url) for url in urls}:
        told = (*told, RowNote("url_link_differs", cell, shown, link))
    return urls, told


def is_placeholder(text: str) -> bool:
    """Whether the words say that nothing was submitted ("-", "ไม่มี", "อยู่ระหว่างดำเนินการ")."""
    tidy = text.strip().strip("()[]").strip()
    return tidy.lower() in _PLACEHOLDERS or fold(tidy) in _NONE_WORDS or is_under_way(tidy)


def is_under_way(text: str) -> bool:
    """Whether the words say that the agency is still at work on it."""
    return len(text) <= _MOST_UNDER_WAY and "http" not in text and fold(text).startswith(_UNDER_WAY_WORDS)


def holds_url(text: str) -> bool:
    """Whether a URL begins anywhere in the text."""
    return bool(_STARTS.search(text.strip()) or _SCHEME_TYPED.search(text))


def _is_web(link: str, *, or_no_text: bool) -> bool:
    """Whether the address behind a cell leads to the web; one that does not is still named when there is no text."""
    return link.lower().startswith(("http:", "https:", "www.")) or or_no_text


def _is_bare(text: str) -> bool:
    try:
        normalized(clean(text))
    except BadUrl:
        return False
    return True


def _target(url: str) -> str:
    """What two spellings of one address have in common."""
    try:
        parts = urlsplit(normalized(url)[0])
    except BadUrl:
        return url
    return unquote(f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}", errors="replace")


def _mended(text: str, cell: str) -> tuple[str, list[RowNote]]:
    """The text with ordinary letters and properly written schemes."""
    notes = []
    seen = text.translate(_INVISIBLE)
    if seen != text:
        notes.append(RowNote("url_trimmed", cell, clean(text), clean(seen)))
        text = seen
    narrow = text.translate(_HALF_WIDTH)
    if narrow != text:
        notes.append(RowNote("url_full_width", cell, clean(text), clean(narrow)))
    proper = _WWW_COMMA.sub(".", _SCHEME_TWICE.sub("", _SCHEME_TYPED.sub(_scheme, narrow)))
    if proper != narrow:
        proper = proper.replace("\\", "/")
    if proper.lower() != narrow.lower():
        notes.append(RowNote("url_scheme_corrected", cell, clean(narrow), clean(proper)))
        return proper, notes
    return narrow, notes


def _scheme(match: re.Match[str]) -> str:
    return f"http{match['s']}://"


def _pieces(text: str, cell: str) -> tuple[list[str], list[RowNote]]:
    starts = sorted({match.start() for match in _STARTS.finditer(text)})
    covered = set(starts)
    for match in _BARE_STARTS.finditer(text):
        # "www." at the start of a line is found both ways; the blanks before it are no part of either.
        if match.end() not in covered and not any(match.start() <= start <= match.end() for start in starts):
            covered.add(match.end())
    label = _LABEL.match(text)
    if label and label.end() not in covered:
        covered.add(label.end())
    starts = sorted(covered)
    if not starts:
        return _without_what_follows([text], cell)
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
    pieces, more = _without_what_follows(pieces, cell)
    return pieces, [*notes, *more]


def _without_what_follows(pieces: list[str], cell: str) -> tuple[list[str], list[RowNote]]:
    """The pieces without words and marks that stand after the address."""
    notes: list[RowNote] = []
    kept = []
    for piece in pieces:
        lines = piece.strip("\r\n").split("\n")
        address = lines[0]
        words: list[str] = []
        for line in lines[1:]:
            if not words and _goes_on(address, line.strip()):
                address += "\n" + line
            elif line.strip():
                words.append(line.strip())
        follows = _FOLLOWED.search(address.rstrip(), len(address) - len(address.lstrip()))
        if follows and not _FILE_NAME.search(address, follows.end()):
            words.insert(0, address[follows.end() :].strip())
            address = address[: follows.start()]
        if words:
            notes.append(RowNote("url_words_left_out", cell, clean(" ".join(words))))
        bare = _without_marks(address)
        if bare != address:
            notes.append(RowNote("url_punctuation", cell, clean(address), clean(bare)))
        kept.append(bare)
    return kept, notes


def _goes_on(address: str, line: str) -> bool:
    """Whether a line is the rest of an address that was wrapped, rather than words below it."""
    if not _WRAPPED.fullmatch(line.replace("\u200b", "")):
        return False
    if line.isascii():
        return any(not char.isalpha() for char in line) or address.rstrip().endswith(_BREAKS)
    return not address.isascii() or "%E0%B8" in address.upper()


def _without_marks(address: str) -> str:
    bare = address.rstrip()
    while bare:
        end = bare[-1]
        unopened = (end == ")" and "(" not in bare) or (end == "]" and "[" not in bare)
        # "ฯ" and "ๆ" end words of Thai addresses; after other letters they belong to the sentence.
        sign = end in "ฯๆ" and not "ก" <= bare[-2:-1] <= "๎"
        if not (end in _MARKS or unopened or sign):
            break
        bare = bare[:-1].rstrip()
    return bare if bare != address.rstrip() else address


def _normalized(pieces: list[str], notes: list[RowNote], cell: str) -> tuple[tuple[str, ...], tuple[RowNote, ...]]:
    urls: dict[str, None] = {}
    refused: list[RowRejected] = []
    for piece in pieces:
        try:
            url, corrections = normalized(piece)
        except BadUrl as bad:
            code = "url_no_host" if bad.reason == "empty" else f"url_{bad.reason}"
            refused.append(RowRejected(code, cell, clean(piece)))
            continue
        if _is_number(host_of(url)):  # a date or an amount: 31.1.2566
            refused.append(RowRejected("url_no_host", cell, clean(piece)))
            continue
        if len(url) > _MOST_URL_CHARACTERS:
            refused.append(RowRejected("url_too_long", cell, clean(piece)[:80], str(_MOST_URL_CHARACTERS)))
            continue
        found = [RowNote(f"url_{name}", cell, clean(piece), url) for name in corrections]
        found += _warnings(url, cell)
        notes += [note for note in found if all(note.code != known.code for known in notes)]
        urls[url] = None
    if not urls:
        raise refused[0]
    for one in refused:
        code = one.note.code if one.note.code == "url_too_long" else "url_part_left_out"
        notes.append(RowNote(code, cell, one.note.was, one.note.now))
    return tuple(urls), tuple(notes)


def _warnings(url: str, cell: str) -> list[RowNote]:
    host = host_of(url)
    if host.removeprefix("www.") in SHORTENERS:
        return [RowNote("url_shortener", cell, url)]
    if _is_local(host):
        return [RowNote("url_local", cell, url)]
    return []


def _is_number(host: str) -> bool:
    """Whether a host is made of numbers and is no address of a network either."""
    if not host.rsplit(".", 1)[-1].isdecimal():
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".lan"))

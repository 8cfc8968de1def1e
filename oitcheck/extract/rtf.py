"""RTF files → sections under their headings, paragraphs and tables: what Word and WordPad write, Thai in windows-874.

Only text, tables, links and the presence of pictures are read; nothing of a file is ever run, fetched or opened.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from oitcheck.extract.charset import looks_like_874
from oitcheck.extract.flow import MOST_BLOCKS, Flow, Paper, Result, frame, mended, read_as, squared, text_in
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.package import Unreadable
from oitcheck.extract.pasted import MOST_PICTURES, Pasted
from oitcheck.extract.pdf import NO_SCANS
from oitcheck.extract.rtf_tokens import DEEPEST, Token, Tokens, too_deep
from oitcheck.model.evidence import BlindReason, Capture, Link, Locator

_MOST_TOKENS = 4_000_000
_MOST_PICTURE_BYTES = 60_000_000
_MOST_CELLS = 200
_SHEET_TWIPS = 11_906 * 16_838
_CODEC_OF_CHARSET = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip
_CODECS = {874: "cp874", 65001: "utf-8", 10000: "mac_roman"}
# Groups that hold no text of the paper.
_ASIDE = frozenset(
    (
        "colortbl", "info", "generator", "listtable", "listoverridetable", "revtbl", "rsidtbl", "xmlnstbl", "themedata",
        "colorschememapping", "datastore", "latentstyles", "pgdsctbl", "filetbl", "objdata", "nonshppict", "bkmkstart",
        "bkmkend", "xe", "tc", "tcn", "rxe", "annotation", "atnid", "atnauthor", "atrfstart", "atrfend", "blipuid",
        "picprop", "sp", "falt", "template", "operator", "author", "userprops", "docvar", "listpicture",
        "pnseclvl", "nesttableprops", "private", "objclass", "objname", "fchars", "lchars", "mmathPr",
    )
)  # fmt: skip
# Groups marked as skippable (\*) that hold shown text or pictures all the same.
_SHOWN_ANYWAY = frozenset(("shppict", "shpinst", "shptxt"))
_FRAMES = frozenset(("header", "footer", "headerl", "headerr", "headerf", "footerl", "footerr", "footerf"))
_CHARACTERS = {
    "tab": " ", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n",
}  # fmt: skip
_HYPERLINK = re.compile(r'HYPERLINK\s+(?:\\[a-z]\s+)*"([^"]*)"')
_HEADING = re.compile(r"^(?:heading|หัวเรื่อง|หัวข้อ)\s*(\d)$", re.IGNORECASE)


_PROPERTIES = frozenset(("ansicpg", "f", "af", "fcharset", "b", "ab", "v", "plain", "uc", "picwgoal", "pichgoal"))
_LAYOUT = frozenset(
    (
        "s", "par", "sect", "page", "pard", "intbl", "outlinelevel", "trowd", "clvmrg", "clmrg", "cellx", "cell",
        "nestcell", "row",
    )
)  # fmt: skip
_GROUPS = frozenset(("fldinst", "pict", "fonttbl", "stylesheet"))
# Most words only say how things look.
_KNOWN = _ASIDE | _FRAMES | _PROPERTIES | _LAYOUT | _GROUPS | frozenset(_CHARACTERS)


class _State(NamedTuple):
    """What holds inside a group. `into`: where its text goes: body, frame, fonts, styles, field or picture."""

    into: str = "body"
    codec: str = "cp874"
    font: int = -1
    bold: bool = False
    hidden: bool = False
    skip: int = 1  # characters that stand in for one \u


@dataclass(slots=True)
class _Row:
    """A row of a table as it grows: its cells, and which of them go on from above or from the left."""

    cells: list[str] = field(default_factory=list)
    above: list[bool] = field(default_factory=list)
    left: list[bool] = field(default_factory=list)


@dataclass(slots=True)
class _Picture:
    """A picture as it comes: its hexadecimal digits, and the size at which it is shown in twips."""

    digits: list[bytes] = field(default_factory=list)
    length: int = 0
    width: int = 0
    height: int = 0


def read(capture: Capture, body: bytes, limits: ExtractLimits, scans: Mapping[int, ScanPage] = NO_SCANS) -> Result:
    """The document of an RTF file; a blind spot when it is empty or made to break readers.

    `scans` are the pictures in it that OCR has read, by number.
    """
    return read_as(lambda: _paper(body, capture.sha256), capture, limits, scans)


def text_at(body: bytes, place: str) -> str:
    """The text of a place ("paragraph:12", "table:2"), of a table each row as one line and each cell. "" if none."""
    return text_in(lambda: _paper(body, ""), place)


def pictures(body: bytes) -> tuple[Pasted, ...]:
    """The pictures in an RTF file, in the order in which they stand. Raises Unreadable."""
    return _paper(body, "").pictures


def _paper(body: bytes, sha256: str) -> Paper:
    reader = _Reader(sha256)
    stream = Tokens(body)
    for count, token in enumerate(stream):
        if count > _MOST_TOKENS or reader.blocks > MOST_BLOCKS:
            reader.cut = f"paragraph:{reader.paragraphs + 1}"
            break
        if reader.take(token):
            stream.skip_group()
    paper = reader.finished()
    if not paper.sections and not paper.pictures and not paper.cut and b"\\pict" in body:
        raise Unreadable(BlindReason.SCANNED_NO_OCR, "pictures in drawn shapes")
    return paper


class _Reader:
    """Takes one token after the other and keeps what the paper says."""

    def __init__(self, sha256: str) -> None:
        self.paragraphs = 0
        self.tables = 0
        self.cut = ""
        self._flow = Flow(sha256)
        self._state = _State()
        self._stack: list[_State] = []
        self._text: list[str] = []  # the paragraph or cell of the moment
        self._bold = self._letters = 0
        self._raw: list[bytes] = []  # bytes that wait for their code page
        self._left_to_skip = 0
        self._high = 0  # the first half of a pair of UTF-16
        self._star = self._aside = False
        self._level = self._style = 0
        self._in_table = False
        self._row = _Row()
        self._spans: list[tuple[bool, bool]] = []
        self._span = (False, False)
        self._rows: list[_Row] = []
        self._fonts: dict[int, str] = {}
        self._font = -1
        self._styles: dict[int, int] = {}
        self._style_name: list[str] = []
        self._style_number = -1
        self._frames: list[str] = []
        self._instruction: list[str] = []
        self._links: list[str] = []
        self._pictures: list[_Picture] = []

    @property
    def blocks(self) -> int:
        return self.paragraphs + self.tables + len(self._rows)

    def take(self, token: Token) -> bool:
        """Take a token in; whether what is left of its group holds nothing of the paper."""
        self._aside = False
        if token.kind == "text":
            self._take_bytes(token.raw)
        elif token.kind == "char":
            self._take_text(token.name)
        elif token.kind == "open":
            self._open()
        elif token.kind == "close":
            self._close()
        else:
            self._word(token.name, token.number)
        return self._aside

    def finished(self) -> Paper:
        reason = BlindReason.TOO_LARGE
        if self._stack and not self.cut:
            self.cut, reason = f"paragraph:{self.paragraphs + 1}", BlindReason.CORRUPT
        self._end_paragraph()
        self._end_table()
        self._flow.close()
        sections = (*self._flow.sections, *frame(self._flow.sha256, self._frames))
        pictures = tuple(
            Pasted(min(1.0, p.width * p.height / _SHEET_TWIPS), lambda p=p: _unhexed(p))  # type: ignore[misc]
            for p in self._pictures
            if p.length
        )
        return Paper("rtf", "rtf", sections, pictures, cut=self.cut, cut_reason=reason)

    # groups

    def _open(self) -> None:
        self._settle()
        if len(self._stack) >= DEEPEST:
            raise too_deep()
        self._stack.append(self._state)
        self._star = False

    def _close(self) -> None:
        self._settle()
        self._left_to_skip = 0
        if not self._stack:
            return
        before, self._state = self._state, self._stack.pop()
        if before.into == self._state.into:
            return
        if before.into == "frame":
            text = mended("".join(self._text))
            self._text = []
            self._frames += [text] if text and len(self._frames) < MOST_BLOCKS else []
        elif before.into == "field":
            found = _HYPERLINK.search("".join(self._instruction))
            self._instruction = []
            self._links += [found[1]] if found else []

    # words

    def _word(self, name: str, number: int | None) -> None:
        if name == "u" and number is not None:
            self._unicode(number)
            return
        self._settle()
        starred, self._star = self._star, name == "*"
        if name not in _KNOWN and not starred:
            return
        if name in _FRAMES:
            self._end_paragraph()
            self._state = self._state._replace(into="frame")
        elif name == "fldinst":
            self._state = self._state._replace(into="field")
        elif name == "pict":
            self._begin_picture()
        elif name == "fonttbl":
            self._state = self._state._replace(into="fonts")
        elif name == "stylesheet":
            self._state = self._state._replace(into="styles")
        elif name in _ASIDE or (starred and name not in _SHOWN_ANYWAY):
            # A style of characters is marked as skippable inside the table of styles, which is read.
            if self._state.into != "styles":
                self._aside = True
        elif name in _CHARACTERS:
            self._take_text(_CHARACTERS[name])
        elif not self._property(name, number):
            self._layout(name, number)

    def _property(self, name: str, number: int | None) -> bool:
        """Properties that end with their group."""
        state = self._state
        if name == "ansicpg":
            codec = _codec(number or 0)
            self._state = state._replace(codec=codec)
            # Some writers open the file with the code page inside a group of its own.
            self._stack = [above._replace(codec=codec) for above in self._stack]
        elif name in ("f", "af") and state.into == "fonts":
            self._font = number or 0
        elif name == "fcharset" and state.into == "fonts":
            if (number or 0) in _CODEC_OF_CHARSET:
                self._fonts[self._font] = _CODEC_OF_CHARSET[number or 0]
        elif name == "f":
            self._state = state._replace(font=number or 0)
        elif name in ("b", "ab"):
            self._state = state._replace(bold=number != 0)
        elif name == "v":
            self._state = state._replace(hidden=number != 0)
        elif name == "plain":
            self._state = state._replace(bold=False, hidden=False)
        elif name == "uc":
            self._state = state._replace(skip=max(0, min(number or 0, 8)))
        elif name in ("picwgoal", "pichgoal") and self._pictures and state.into == "picture":
            setattr(self._pictures[-1], "width" if name == "picwgoal" else "height", max(0, number or 0))
        else:
            return False
        return True

    def _layout(self, name: str, number: int | None) -> None:
        """Paragraphs, headings and tables."""
        into = self._state.into
        if into == "styles":
            if name == "s":
                self._style_number = number or 0
        elif into == "frame" and name == "par":
            self._text.append(" ")
        elif into != "body":
            return
        elif name in ("par", "sect", "page"):
            if self._in_table or self._row.cells:
                self._text.append(" ")
            else:
                self._end_paragraph()
        elif name == "pard":
            self._in_table = False
            self._level = self._style = 0
        elif name == "intbl":
            self._in_table = True
        elif name == "s":
            self._style = number or 0
        elif name == "outlinelevel":
            self._level = (number or 0) + 1 if number is not None and 0 <= number < 9 else 0
        elif name == "trowd":
            self._spans = []
        elif name == "clvmrg":
            self._span = (True, self._span[1])
        elif name == "clmrg":
            self._span = (self._span[0], True)
        elif name == "cellx":
            if len(self._spans) < _MOST_CELLS:
                self._spans.append(self._span)
            self._span = (False, False)
        elif name == "cell":
            self._end_cell()
        elif name == "nestcell":
            self._text.append(" ")
        elif name == "row":
            self._end_row()

    # text

    def _take_bytes(self, raw: bytes) -> None:
        into = self._state.into
        if into == "picture":
            picture = self._pictures[-1]
            if picture.length + len(raw) <= 2 * _MOST_PICTURE_BYTES:
                picture.digits.append(raw)
                picture.length += len(raw)
            return
        if self._left_to_skip:
            skipped = min(len(raw), self._left_to_skip)
            self._left_to_skip -= skipped
            raw = raw[skipped:]
        self._star = False
        self._raw.append(raw)

    def _unicode(self, number: int) -> None:
        self._settle_bytes()
        code = number & 0xFFFF
        self._left_to_skip = self._state.skip
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xDC00 <= code < 0xE000:
            if self._high:
                self._take_text(chr(0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00), keep_skip=True)
            self._high = 0
            return
        # Symbol fonts are addressed by private-use characters; Thai ones among them are repaired as everywhere.
        self._take_text(chr(code), keep_skip=True)

    def _settle(self) -> None:
        self._settle_bytes()
        self._left_to_skip = 0

    def _settle_bytes(self) -> None:
        if not self._raw:
            return
        raw, self._raw = b"".join(self._raw), []
        codec = self._fonts.get(self._state.font, self._state.codec)
        # Thai typed in a font that says that it is Latin.
        codec = "cp874" if codec == "cp1252" and looks_like_874(raw) else codec
        self._take_text(raw.decode(codec, "replace"), keep_skip=True)

    def _take_text(self, text: str, *, keep_skip: bool = False) -> None:
        if not keep_skip:
            self._settle()
        into, state = self._state.into, self._state
        if into == "field":
            self._instruction.append(text)
        elif into == "styles":
            self._style_text(text)
        elif into in ("body", "frame") and not state.hidden:
            self._text.append(text)
            count = len(text.strip())
            self._letters += count
            self._bold += count if state.bold else 0

    def _style_text(self, text: str) -> None:
        """The table of styles: "\\s1 heading 1;" names what paragraphs call by number."""
        self._style_name.append(text)
        if ";" in text:
            found = _HEADING.match("".join(self._style_name).split(";")[0].strip())
            if found and self._style_number >= 0:
                self._styles[self._style_number] = max(1, int(found[1]))
            self._style_name, self._style_number = [], -1

    def _begin_picture(self) -> None:
        if len(self._pictures) >= 2 * MOST_PICTURES:
            self._aside = True
            return
        self._pictures.append(_Picture())
        self._state = self._state._replace(into="picture")

    # blocks

    def _ended_text(self) -> tuple[str, bool]:
        self._settle()
        text, bold = "".join(self._text), self._bold * 2 > self._letters > 0
        self._text, self._bold, self._letters = [], 0, 0
        return text, bold

    def _end_paragraph(self) -> None:
        text, bold = self._ended_text()
        links, self._links = self._links, []
        parts = [shown for part in text.split("\n") if (shown := mended(part))]
        if not parts and not links:
            return
        self._end_table()
        self.paragraphs += 1
        place = f"paragraph:{self.paragraphs}"
        level = self._level or self._styles.get(self._style, 0)
        for number, part in enumerate(parts):
            if level and number == 0:
                self._flow.begin(level, part)
            self._flow.line(part, place, strong=bold or (level > 0 and number == 0))
        self._add_links(links, place, " ".join(parts))

    def _add_links(self, links: list[str], place: str, text: str) -> None:
        at = Locator(self._flow.sha256, place)
        self._flow.blocks += (Link(url, text[:200], url.strip() in ("", "#"), at) for url in links)

    def _end_cell(self) -> None:
        text, _ = self._ended_text()
        if len(self._row.cells) >= _MOST_CELLS:
            return
        above, left = self._spans[len(self._row.cells)] if len(self._row.cells) < len(self._spans) else (False, False)
        self._row.cells.append(mended(text))
        self._row.above.append(above)
        self._row.left.append(left)

    def _end_row(self) -> None:
        row, self._row = self._row, _Row()
        if row.cells:
            self._rows.append(row)

    def _end_table(self) -> None:
        self._end_row()
        rows, self._rows = self._rows, []
        if not rows:
            return
        grid: list[list[str]] = []
        for row in rows:
            line: list[str] = []
            for column, text in enumerate(row.cells):
                if row.left[column] and line:
                    text = text or line[-1]
                elif row.above[column] and grid and column < len(grid[-1]):
                    text = text or grid[-1][column]
                line.append(text)
            grid.append(line)
        self.tables += 1
        place = f"table:{self.tables}"
        self._flow.table(squared(grid), place)
        links, self._links = self._links, []
        self._add_links(links, place, "")


def _codec(page: int) -> str:
    if page in _CODECS:
        return _CODECS[page]
    try:
        return codecs.lookup(f"cp{page}").name
    except LookupError:
        return "cp874"


def _unhexed(picture: _Picture) -> bytes:
    digits = re.sub(rb"[^0-9a-fA-F]", b"", b"".join(picture.digits))
    return bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))

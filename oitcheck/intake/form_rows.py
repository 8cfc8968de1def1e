"""One row of a form: its cells by what they hold, and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from oitcheck.intake.addresses import holds_url, is_placeholder, is_under_way, urls_in
from oitcheck.intake.headers import Columns, Kind
from oitcheck.intake.items import Titles
from oitcheck.intake.messages import WORDS
from oitcheck.intake.register import Register
from oitcheck.intake.rows import RowNote, RowOutcome, RowRejected, RowReport, place
from oitcheck.intake.sheets import Sheet, cell_name
from oitcheck.lib.item_codes import code_and_title, item_code
from oitcheck.lib.thai_text import clean
from oitcheck.lib.urls import BadUrl, normalized
from oitcheck.model.agency import Agency

_MOST_NOTE_CHARACTERS = 2_000
_MOST_MERGED_CELLS = 200_000
_MOST_CODE_CHARACTERS = 12
# An address of another kind: javascript:void(0), ftp://…, C:\a.pdf, \\server\a.pdf. A label ("Tel:") is none.
_OTHER_ADDRESS = re.compile(
    r"(?:(?:javascript|vbscript|data|about|file):|[a-z][a-z0-9+.-]*://|[a-z]:[\\/]|\\\\)\S", re.IGNORECASE
)
_CODE_LIKE = re.compile(r"[\d๐-๙?]|^[oOi๐]")

_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

Block = tuple[int, int, int, int]
Place = tuple[int, int]


@dataclass(slots=True)
class Row:
    """A data row on its way to its report."""

    file: str
    sheet: str
    index: int
    column: int
    notes: list[RowNote] = field(default_factory=list)
    rejected: bool = False
    agency: Agency | None = None
    year_be: int | None = None
    item: str = ""
    ordinal: str = ""  # the running number, as it stands there
    urls: tuple[str, ...] = ()
    remark: str = ""
    url_cell: str = ""
    said_none: bool = False  # the row says in words that there is no URL; else a row without one is just blank

    def reject(self, note: RowNote) -> None:
        """End the row as rejected; notes of what was corrected before stay."""
        self.notes.append(note)
        self.rejected = True

    def report(self) -> RowReport:
        outcome = RowOutcome.REJECTED if self.rejected else RowOutcome.CORRECTED if self.notes else RowOutcome.ACCEPTED
        return RowReport(
            self.file, self.sheet, self.index + 1, outcome, tuple(self.notes),
            self.agency.id if self.agency else "", self.item, self.urls, self.column,
        )  # fmt: skip

    @property
    def name(self) -> str:
        """Where the row stands, for people."""
        return place(self.file, self.sheet, str(self.index + 1))


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of one row that belong to one table. `urls`: text, address behind it, formula without value, column."""

    row: int
    columns: Columns
    ordinal: str
    item: str
    title: str
    urls: tuple[tuple[str, str, str, int], ...]
    status: str
    note: str
    agency: str
    item_formula: str
    words: str  # everything, for people

    def cell(self, kind: Kind) -> str:
        """The name of the cell of a kind; the first of the table when it has no such column."""
        column = self.columns.one(kind)
        return cell_name(self.row, self.columns.first if column is None else column)

    @property
    def has_url(self) -> bool:
        """Whether the row says anything of a URL, be it that there is none, or one that is no web address."""
        return any(
            (bool(link) and not link.lower().startswith("mailto:"))
            or bool(_OTHER_ADDRESS.match(text.strip()))
            or holds_url(text)
            or _is_address(text)
            or is_placeholder(clean(text))
            for text, link, _, _ in self.urls
        )

    @property
    def has_formula(self) -> bool:
        """Whether a formula without a value stands where the item or the URL should be."""
        return bool(self.item_formula) or any(formula for _, _, formula, _ in self.urls)

    @property
    def is_bad_code(self) -> bool:
        """Whether what stands in the column of the items was meant as a code, and is none."""
        given = clean(self.item)
        return bool(given) and len(given) <= _MOST_CODE_CHARACTERS and bool(_CODE_LIKE.search(given))


def _is_address(text: str) -> bool:
    try:
        return bool(text.strip()) and "@" not in text and bool(normalized(clean(text)))
    except BadUrl:
        return False


def merged_cells(sheet: Sheet) -> dict[Place, Block]:
    """The block of each cell that shows the value of one above it. A block across columns is a heading."""
    cells = (
        ((row, block[1]), block)
        for block in sheet.merged
        for row in range(block[0] + 1, min(block[2] + 1, len(sheet.rows)))
    )
    return dict(islice(cells, _MOST_MERGED_CELLS))


def line_of(sheet: Sheet, row: int, columns: Columns, merged: Mapping[Place, Block]) -> Line:
    """The cells of a row, those of merged blocks with the value of the block."""

    def origin(at: int) -> Place:
        block = merged.get((row, at))
        return (block[0], block[1]) if block else (row, at)

    def shown(at: int) -> str:
        line, column = origin(at)
        return sheet.rows[line][column] if column < len(sheet.rows[line]) else ""

    def text(kind: Kind) -> str:
        return "\n".join(filter(None, map(shown, columns.all(kind))))

    urls = tuple(
        (shown(at), sheet.links.get(origin(at), ""), sheet.formulas.get(origin(at), ""), at)
        for at in columns.all(Kind.URL)
    )
    own = range(columns.first, columns.last + 1)
    said = [clean(" ".join(cell.split())) for cell in sheet.rows[row][columns.first : columns.last + 1]]
    said += [sheet.formulas[row, at] for at in own if (row, at) in sheet.formulas]
    said = [one for one in said if one] or [sheet.links[row, at] for at in own if sheet.links.get((row, at))]
    at = columns.one(Kind.ITEM)
    formula = sheet.formulas.get(origin(at), "") if at is not None else ""
    return Line(
        row, columns, clean(text(Kind.ORDINAL)), text(Kind.ITEM), text(Kind.TITLE), urls, text(Kind.STATUS),
        text(Kind.NOTE), text(Kind.AGENCY), formula, " | ".join(said),
    )  # fmt: skip


def is_titled(line: Line, titles: Titles) -> bool:
    """Whether the row has an item by its title, or by a code before it."""
    if code_and_title(line.item)[0] or code_and_title(line.title)[0]:
        return True
    return any(text and titles.item(clean(" ".join(text.split()))) for text in (line.title, line.item))


def read_item(
    line: Line, titles: Titles, counts: Mapping[str, int], above: Row | None, row: Row, known: Register,
    years: tuple[int, ...],
) -> str:  # fmt: skip
    """The item of a row by its code, the code before its title, its title, or the row above. Raises RowRejected.

    `counts` says how often each code stands in the table: one printed twice is told apart by the titles.
    """
    cell = line.cell(Kind.ITEM if line.columns.one(Kind.ITEM) is not None else Kind.TITLE)
    given, title = clean(" ".join(line.item.split())), clean(" ".join(line.title.split()))
    if line.item_formula and not given:
        raise RowRejected("formula_without_value", cell, line.item_formula)
    if not given and not title:
        row.ordinal = line.ordinal or (above.ordinal if above is not None else "")
        if above is not None and _has_own_number(line.ordinal, above.ordinal):
            raise RowRejected("item_missing_numbered", cell, line.ordinal)
        if above is not None and above.item:
            row.notes.append(RowNote("item_from_above", cell, "", above.item))
            return above.item
        raise RowRejected("item_missing", cell)
    row.ordinal = line.ordinal
    code = item_code(given) if given else None
    if code is None:
        code, _ = code_and_title(given or title)
        by_title = None if code else titles.item(given or title) or (titles.item(title) if given and title else None)
        if by_title:
            row.notes.append(RowNote("item_from_title", cell, given or title, by_title))
            return by_title
        if code is None:
            raise RowRejected("item_bad" if given else "item_missing", cell, given or title)
        row.notes.append(RowNote("item_corrected", cell, given or title, code))
    elif title and (foreign := titles.foreign(title, code)):
        if counts.get(code, 0) > 1 and not counts.get(foreign, 0):
            row.notes.append(RowNote("item_repeated_title", cell, given, foreign))
            return foreign
        row.notes.append(RowNote("title_differs", line.cell(Kind.TITLE), title, foreign))
    if not known.knows(code, years):
        raise RowRejected("item_unknown", cell, given or title, code)
    if given and code != given and all(note.code != "item_corrected" for note in row.notes):
        row.notes.append(RowNote("item_corrected", cell, given, code))
    return code


def _has_own_number(ordinal: str, above: str) -> bool:
    """Whether a row begins a new entry by its running number: neither that of the row above, nor below it (6, 6.1)."""
    if not any(char.isdecimal() for char in ordinal):
        return False
    own, before = (re.findall(r"\d+", text.translate(_ARABIC)) for text in (ordinal, above))
    return not before or own[: len(before)] != before


def read_urls(line: Line, row: Row) -> None:
    """Fill in the URLs, the remark and whether the row says that there is nothing. Raises RowRejected."""
    row.url_cell = line.cell(Kind.URL)
    urls: dict[str, None] = {}
    under_way = []
    for text, link, formula, at in line.urls:
        cell = cell_name(line.row, at)
        if formula and not text and not link:
            raise RowRejected("formula_without_value", cell, formula)
        found, notes = urls_in(text, link, cell)
        row.notes += [note for note in notes if note not in row.notes]
        row.said_none = row.said_none or any(note.code == "url_placeholder" for note in notes)
        urls.update(dict.fromkeys(found))
        if is_under_way(clean(text)):
            under_way.append(clean(text))
    row.urls = tuple(urls)
    row.remark = clean(" ".join(line.note.split()))[:_MOST_NOTE_CHARACTERS]
    status = clean(" ".join(line.status.split()))
    if status and is_placeholder(status):
        if row.urls:
            row.notes.append(RowNote("status_with_url", line.cell(Kind.STATUS), status))
        else:
            row.said_none = True
            row.notes.append(RowNote("url_placeholder", line.cell(Kind.STATUS), status))
            under_way += [status] if is_under_way(status) else []
    elif status and not row.urls and not row.said_none:
        row.notes.append(RowNote("status_without_url", line.cell(Kind.STATUS), status))
    if under_way and not row.urls and not row.remark:
        row.remark = under_way[0]


def note_elsewhere(sheet: Sheet, line: Line, others: Sequence[Columns], header: int, row: Row) -> None:
    """Say which cells of a row hold URLs that were not read, since they stand in no column of URLs.

    What stands in the column of notes is kept as a note, and told only where the row has no URL. Of a CSV file cells
    beyond the header are told whatever they hold: a URL with the separator in it was cut there.
    """
    read = {at for at in line.columns.all(Kind.URL)}
    read |= {at for one in others for at in range(one.first, one.last + 1)}
    # What an earlier annotated copy says beside the table.
    read |= {at for at, name in enumerate(sheet.rows[header]) if name.strip() in WORDS["result"]}
    for at in range(line.columns.first, line.columns.last + 1):
        said = " ".join(sheet.comments.get((line.row, at), "").split())
        if holds_url(said):
            row.notes.append(RowNote("url_in_comment", cell_name(line.row, at), clean(said)))
    notes = set(line.columns.all(Kind.NOTE))
    for at, text in enumerate(sheet.rows[line.row]):
        if at in read or (at in notes and row.urls) or not text.strip():
            continue
        cell = cell_name(line.row, at)
        beyond = not sheet.name and not any(name.strip() for name in sheet.rows[header][at:])
        if beyond:
            row.notes.append(RowNote("cell_beyond", cell, clean(text)))
        elif holds_url(text) and not any(re.search(re.escape(url) + r"(?![\w/?=&%.-])", text) for url in row.urls):
            row.notes.append(RowNote("url_elsewhere", cell, clean(text)))


def note_merged(line: Line, merged: Mapping[Place, Block], row: Row) -> None:
    """Say which values came from merged cells."""
    for kind, text in ((Kind.ITEM, line.item), (Kind.URL, "".join(url[0] for url in line.urls))):
        for at in line.columns.all(kind) if text.strip() else ():
            block = merged.get((line.row, at))
            if block:
                name = f"{cell_name(block[0], block[1])}:{cell_name(block[2], block[3])}"
                row.notes.append(RowNote("cell_merged", cell_name(line.row, at), name))

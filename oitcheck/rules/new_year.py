"""The checklist of a fiscal year made from that of another: periods moved on, and what a person must confirm marked.

The files are edited line by line, so that comments and layout stay and `diff -r` shows what was changed.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from oitcheck.lib.thai_calendar import BE_OFFSET, MONTH_NAMES, SHORT_MONTHS
from oitcheck.lib.thai_text import THAI_DIGITS, arabic_digits, thai_digits
from oitcheck.rules.declare import load, natural_key
from oitcheck.rules.places import Entry, entries

MARK = "# CONFIRM:"
# Every basis stays what it is, but for the one that only the text of the year itself can give.
NEW_BASIS = {"direct": "analogue"}

_WORDED = ("title", "title_en", "text", "text_en")
_DAYS = ("opens_on", "closes_on", "consultation_on")

_DIGIT = rf"[0-9{THAI_DIGITS}]"
_THAI_MONTH = "|".join(re.escape(name) for name in (*MONTH_NAMES, *SHORT_MONTHS))
_ENGLISH_MONTH = (
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
# Two digits are a year only behind a month or a word for the year; \u2568 is a letter.
_YEAR = re.compile(
    rf"(?<!\\u)(?<!{_DIGIT})(?<!{_DIGIT}[.,])(?P<long>{_DIGIT}{{4}})(?!{_DIGIT}|[.,]{_DIGIT})"
    rf"|(?:{_THAI_MONTH}|{_ENGLISH_MONTH}|ปี(?:งบประมาณ)?|พ\.ศ\.|FY)\s*'?"
    rf"(?P<short>{_DIGIT}{{2}})(?!{_DIGIT})"
)
_SPAN = re.compile(rf"({_DIGIT}{{4}})\s*(?:[-–—/]|ถึง|to)\s*(?:พ\.ศ\.\s*)?({_DIGIT}{{4}})")
_LAW = (
    r"พระราชบัญญัติ|พระราชกฤษฎีกา|พระราชกำหนด|พ\.?\s?ร\.?\s?[บฎก]\.|กฎกระทรวง|ระเบียบ|รัฐธรรมนูญ|ประมวลกฎหมาย"
    r"|\bActs?\b|\bRegulations?\b|\bDecree\b|\bConstitution\b"
)
# "พ.ร.บ. จัดซื้อจัดจ้างฯ พ.ศ. 2560", "Procurement Act 2017", but not "ตามระเบียบ ประจำปี 2568".
_LAW_BEFORE = re.compile(rf"(?:{_LAW})[^\n]{{0,60}}$")
_YEAR_WORD = re.compile(r"(?:ปี|ปีงบประมาณ|(?:fiscal )?years?|FY)\s*(?:พ\.ศ\.|B\.?E\.?)?\s*$", re.IGNORECASE)
_LAW_AFTER = re.compile(r"^ [A-Z][\w ]{0,40}\b(?:Act|Regulation|Decree|Constitution)\b")
_STRING = re.compile(r'"""(?:\\.|(?!""").)*"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*', re.DOTALL)
_MONTH_KEY = re.compile(r"""(["'])(\d{4})-(\d{1,2})\1""")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Move:
    """From one fiscal year (BE) to another."""

    from_be: int
    to_be: int

    @property
    def years(self) -> int:
        return self.to_be - self.from_be

    def moves(self, year: int) -> bool:
        """Whether a year, BE or CE, is the one left, or the one before or after it."""
        return abs(year - self.from_be) <= 1 or abs(year + BE_OFFSET - self.from_be) <= 1


@dataclass(frozen=True, slots=True)
class Confirm:
    """A place that a person must confirm: file (below the folder of checklists), line, and what."""

    name: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Worded:
    """A text with its years moved: those that moved ("2568 → 2569"), and those that were left, with the reason."""

    text: str
    moved: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def worded(text: str, move: Move) -> Worded:
    """`text` with the year left behind, and the years beside it, moved on; in their own digits and era.

    The year of a law stays, and so does a span of years that reaches further.
    """
    moved: list[str] = []
    left: list[str] = []
    spans = [m for m in _SPAN.finditer(text) if not all(move.moves(_number(part)) for part in m.groups())]

    def turned(match: re.Match[str]) -> str:
        group = "long" if match["long"] else "short"
        shown, at = match[group], match.start(group)
        if not (move.moves(_number(shown)) if group == "long" else _is_short(_number(shown), move)):
            return match[0]
        if any(m.start() <= at < m.end() for m in spans):
            left.append(f"{shown} is part of a span of years")
            return match[0]
        if _is_of_a_law(text, at, at + len(shown)):
            left.append(f"{shown} stands with a law")
            return match[0]
        new = _like(shown, (_number(shown) + move.years) % 10 ** len(shown))
        moved.append(f"{shown} → {new}")
        return match[0][: at - match.start()] + new

    return Worded(_YEAR.sub(turned, text), tuple(dict.fromkeys(moved)), tuple(dict.fromkeys(left)))


def _number(digits: str) -> int:
    return int(arabic_digits(digits))


def _like(shown: str, number: int) -> str:
    """`number` in as many digits as `shown` has, Thai ones where it has Thai ones."""
    text = f"{number:0{len(shown)}d}"
    return thai_digits(text) if shown[0] in THAI_DIGITS else text


def _is_short(two_digits: int, move: Move) -> bool:
    """Whether two digits are the year left, or one beside it, in BE. In CE they could as well be a day."""
    return any((move.from_be + beside) % 100 == two_digits for beside in (-1, 0, 1))


def _is_of_a_law(text: str, start: int, end: int) -> bool:
    if _LAW_AFTER.match(text[end:]):
        return True
    before = text[:start]
    return bool(_LAW_BEFORE.search(before)) and not _YEAR_WORD.search(before)


@dataclass(frozen=True, slots=True)
class _Block:
    """One table of a file as it stands: its header (None: the file itself) and its keys."""

    header: Entry | None
    keys: tuple[Entry, ...]

    @property
    def kind(self) -> str:
        """What sort of table it is: requirement, round, or "" for the file itself."""
        return str(self.header.place[0]) if self.header else ""

    @property
    def at(self) -> int:
        """The line (from 0) above which a mark about it belongs."""
        return (self.header or self.keys[0]).line - 1


def moved_file(name: str, text: str, move: Move) -> tuple[str, tuple[Confirm, ...]]:
    """A checklist file of the year left as one of the new year, and what of it a person must confirm."""
    text = "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith(MARK))
    lines = text.split("\n")
    asked = {block.at: _moved_block(block, lines, move) for block in _blocks(entries(text))}
    return _marked(name, lines, asked)


def _blocks(found: tuple[Entry, ...]) -> Iterator[_Block]:
    header: Entry | None = None
    keys: list[Entry] = []
    for entry in found:
        if entry.place[0] in ("requirement", "round") and len(entry.place) == 2:
            if keys:
                yield _Block(header, tuple(keys))
            header, keys = entry, []
        elif not isinstance(entry.place[-1], int):
            keys.append(entry)
    if keys:
        yield _Block(header, tuple(keys))


def _moved_block(block: _Block, lines: list[str], move: Move) -> str:
    """Move one table on, in `lines`; what of it a person must confirm."""
    moved: list[str] = []
    left: list[str] = []
    plain: dict[str, str] = {}
    for entry in block.keys:
        key = str(entry.place[-1])
        name, equals, value = "\n".join(lines[entry.line - 1 : entry.last_line]).partition("=")
        plain[key] = _plain(value)
        new = _moved_value(key, value, move, block.kind)
        moved.extend(f"{key} {change}" for change in new.moved)
        left.extend(f"{key}: {stay}" for stay in new.left)
        lines[entry.line - 1 : entry.last_line] = f"{name}{equals}{new.text}".split("\n")
        if key == "basis" and not any(e.place[-1] == "source" for e in block.keys):
            lines[entry.last_line - 1] += f'\nsource = "year:{move.from_be}"'
    told = _asked(block.kind, plain, move)
    if moved:
        told += f"; moved: {', '.join(moved)}"
    return told + (f"; NOT moved: {', '.join(left)}" if left else "")


def _plain(value: str) -> str:
    """The first text of a value, without its quotes."""
    texts = _STRING.findall(value)
    return texts[0].strip("\"'") if texts else ""


def _asked(kind: str, plain: Mapping[str, str], move: Move) -> str:
    """What a person is asked about a table with these texts."""
    name = plain.get("id", "")
    if kind == "round":
        return f"round {name}: its dates are those of {move.from_be} moved on, not announced ones"
    if kind == "requirement":
        old = plain["basis"]
        now = f", {NEW_BASIS[old]} here" if old in NEW_BASIS else ""
        return f"{name}: wording and basis, {old} in {move.from_be}{now}"
    return f"{name}: code, title and period in {move.to_be}" if name else "the items, and whether they are complete"


def _moved_value(key: str, value: str, move: Move, kind: str) -> Worded:
    """What stands behind an equals sign, moved on."""
    if key == "year":
        return Worded(value.replace(str(move.from_be), str(move.to_be), 1), (f"{move.from_be} → {move.to_be}",))
    if key in _DAYS:
        return _moved_day(value, move)
    if key == "source":
        return Worded(_STRING.sub(lambda m: _sourced(m[0], move), value, count=1))
    if key == "basis":
        return Worded(
            _STRING.sub(lambda m: m[0].replace(_plain(m[0]), NEW_BASIS.get(_plain(m[0]), _plain(m[0]))), value)
        )
    is_worded = key in _WORDED or (kind == "round" and key == "id")
    moved: list[str] = []
    left: list[str] = []

    def turned(match: re.Match[str]) -> str:
        new = Worded(match[0]) if match[0].startswith("#") else _moved_text(match[0], move, is_worded=is_worded)
        moved.extend(new.moved)
        left.extend(new.left)
        return new.text

    return Worded(_STRING.sub(turned, value), tuple(dict.fromkeys(moved)), tuple(dict.fromkeys(left)))


def _moved_text(quoted: str, move: Move, *, is_worded: bool) -> Worded:
    """A text in its quotes moved on: a month always, years in it only where it words something."""
    month = _MONTH_KEY.fullmatch(quoted)
    if month:
        new = f"{int(month[2]) + move.years}-{month[3]}"
        return Worded(f"{month[1]}{new}{month[1]}", (f"{month[2]}-{month[3]} → {new}",))
    told = worded(quoted, move)
    if is_worded:
        return told
    return Worded(quoted, (), tuple(f"names {change.partition(' ')[0]}" for change in told.moved))


def _moved_day(value: str, move: Move) -> Worded:
    day = _DAY.search(value)
    if day is None:
        return Worded(value)
    year, month, number = (int(part) for part in day.groups())
    try:
        new = date(year + move.years, month, number).isoformat()
    except ValueError:  # 29 February
        new = date(year + move.years, month, number - 1).isoformat()
    return Worded(value[: day.start()] + new + value[day.end() :], (f"{day[0]} → {new}",))


def _sourced(quoted: str, move: Move) -> str:
    """A source in its quotes, with the year it was taken over from in front."""
    mark = quoted[:3] if quoted[:3] in ('"""', "'''") else quoted[0]
    rest = quoted[len(mark) :]
    return f"{mark}year:{move.from_be}{'' if rest.startswith(mark) else '; '}{rest}"


def _marked(name: str, lines: list[str], asked: dict[int, str]) -> tuple[str, tuple[Confirm, ...]]:
    """The text with a mark above each line of `asked`, and the marks with the lines on which they stand."""
    out: list[str] = []
    confirms: list[Confirm] = []
    ending = "\r" if lines[0].endswith("\r") else ""
    for number, line in enumerate(lines):
        if number in asked:
            out.append(f"{MARK} {asked[number]}{ending}")
            confirms.append(Confirm(name, len(out), asked[number]))
        out.extend(line.split("\n"))
    return "\n".join(out), tuple(confirms)


def write_new_year(source: Path, target: Path, move: Move) -> tuple[Confirm, ...]:
    """Write the new year into the folder `target`, made from the year left in `source`; returns what to confirm.

    A `target` that is not there yet (or is empty) is started with the vocabulary of `source`. The year appears whole or
    not at all. Raises ChecklistError when the result would not load, OSError when it cannot be written.
    """
    is_fresh = not target.exists() or not any(target.iterdir())
    beside = target.parent if is_fresh else target
    staging = Path(tempfile.mkdtemp(prefix=f".{move.to_be}-", dir=beside))
    try:
        made = staging / "checklists"
        confirms = _written(source, source if is_fresh else target, made, move)
        load(made, move.to_be)
        if is_fresh:
            os.replace(made, target)
        else:
            os.rename(made / str(move.to_be), target / str(move.to_be))
        return confirms
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _written(source: Path, words: Path, made: Path, move: Move) -> tuple[Confirm, ...]:
    folder = made / str(move.to_be)
    folder.mkdir(parents=True)
    shutil.copyfile(words / "vocabulary.toml", made / "vocabulary.toml")
    confirms: list[Confirm] = []
    for path in sorted((source / str(move.from_be)).glob("*.toml"), key=_year_first):
        text, asked = moved_file(f"{move.to_be}/{path.name}", path.read_bytes().decode("utf-8"), move)
        (folder / path.name).write_bytes(text.encode("utf-8"))
        confirms.extend(asked)
    return tuple(confirms)


def _year_first(path: Path) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    return path.name != "checklist.toml", natural_key(path.stem)

"""TOML files → Checklist, strictly: every mistake of every file is reported at once, with its place and a remedy."""

from __future__ import annotations

import hashlib
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from oitcheck.errors import ChecklistError
from oitcheck.lib.terms import Concept, Lexicon, Vocabulary
from oitcheck.lib.thai_calendar import Month
from oitcheck.lib.thai_text import fold, similar_words
from oitcheck.model.checklist import Checklist, Item, Requirement, RoundDates
from oitcheck.rules.checks import CHECKS, Check
from oitcheck.rules.places import Place, entries, lines_of

BASES = ("direct", "analogue", "practice", "advice", "recall")
PERIODS = ("current", "first_half", "fiscal_year", "previous_year", "in_force")
_ITEM_KEYS = (
    "id", "title", "title_en", "indicator", "period", "subject", "kind", "not_kind", "result", "own", "note",
    "requirement",
)  # fmt: skip
_REQUIREMENT_KEYS = ("id", "text", "text_en", "check", "binding", "basis", "source")
_YEAR_KEYS = ("year", "title", "items", "complete", "round")
_ROUND_KEYS = ("id", "title", "opens_on", "closes_on", "consultation_on", "items")
_PATTERN = re.compile(r"[\\^$*+?{}\[\]|]")
_CONCEPT_KEYS = ("title", "names", "whole", "values", "word", "group", "not_within", "note")


@dataclass(slots=True)
class _Reader:
    """One file being read: its text for line numbers, and the mistakes of the whole load."""

    name: str
    text: str
    mistakes: list[str] = field(default_factory=list)
    _lines: Mapping[Place, int] | None = None

    def wrong(self, what: str, *, at: Place = (), remedy: str) -> None:
        self.mistakes.append(f"{self.name}:{self.line_of(at)}: {what} — {remedy}")

    def line_of(self, at: Place) -> int:
        """The line of a place, or of the nearest around it that stands in the file."""
        if self._lines is None:
            self._lines = lines_of(entries(self.text))
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 1)


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of a file being read: its values, the place where it stands, and what mistakes call it."""

    reader: _Reader
    values: Mapping[str, Any]
    name: str = "the file"
    at: Place = ()

    def wrong(self, what: str, *, key: str = "", entry: int | None = None, remedy: str) -> None:
        """Note a mistake of this table, of one of its keys, or of one entry of a key's list."""
        place = (*self.at, key) if key else self.at
        self.reader.wrong(what, at=place if entry is None else (*place, entry), remedy=remedy)

    def unknown_keys(self, known: tuple[str, ...], name: str = "") -> None:
        for key in self.values:
            if key not in known:
                remedy = _did_you_mean(key, known)
                self.wrong(f"{name or self.name} has the unknown key {key!r}", key=key, remedy=remedy)

    def text(self, key: str, *, required: bool = True) -> str:
        value = self.values.get(key)
        if value is None:
            if required:
                self.wrong(f"{self.name} lacks {key!r}", remedy=f'add {key} = "…"')
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            self.wrong(f"{self.name}: {key} must be a text, not {value!r}", key=key, remedy=f'write {key} = "…"')
            return ""
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of an optional list; empty when there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            what = f"{self.name}: {key} must be a list of texts, not {value!r}"
            self.wrong(what, key=key, remedy=f'write {key} = ["…", "…"]')
            return ()
        return tuple(value)

    def flag(self, key: str, default: bool) -> bool:
        """A value that is true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            what = f"{self.name}: {key} must be true or false, not {value!r}"
            self.wrong(what, key=key, remedy=f"write {key} = {str(not default).lower()}, or leave it out")
            return default
        return value

    def concepts(self, key: str, vocabulary: Vocabulary) -> tuple[Concept, ...]:
        """The concepts of an optional list of their ids; empty when there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            what = f"{self.name}: {key} must be a list of concepts of the vocabulary, not {value!r}"
            self.wrong(what, key=key, remedy=f'write {key} = ["some_concept"]')
            return ()
        found = (self.concept(v, key, vocabulary, entry=number) for number, v in enumerate(value))
        return tuple(concept for concept in found if concept)

    def concept(self, value: object, key: str, vocabulary: Vocabulary, *, entry: int | None = None) -> Concept | None:
        """The concept with that id; None, and a mistake, when the vocabulary has none."""
        if not isinstance(value, str):
            what = f"{self.name}: {key} must be a concept of the vocabulary, not {value!r}"
            self.wrong(what, key=key, remedy=f'write {key} = "some_concept"')
            return None
        if value in vocabulary.concepts:
            return vocabulary[value]
        if vocabulary.concepts:  # else it could not be read, which is told once
            what = f"{self.name}: {key}: no concept {value!r} in the vocabulary"
            self.wrong(what, key=key, entry=entry, remedy=_did_you_mean(value, tuple(vocabulary.concepts)))
        return None


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    near = similar_words(word, known)
    return f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(sorted(known)[:12])


def _load_toml(path: Path, name: str, mistakes: list[str]) -> _Table | None:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = str(error)
        if isinstance(error, UnicodeDecodeError):
            why = f"line {error.object[: error.start].count(10) + 1} is not UTF-8"
        mistakes.append(f"{name}: cannot be read ({why}) — a checklist file is UTF-8 text")
        return None
    reader = _Reader(name, text, mistakes)
    try:
        return _Table(reader, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        at_line = re.search(r"at line (\d+)", str(error))
        line = int(at_line[1]) if at_line else len(text.splitlines())
        remedy = "every value is closed on its line: quotes, brackets, commas between entries of a list"
        mistakes.append(f"{name}:{line}: not valid TOML: {error} — {remedy}")
        return None


def load_vocabulary(folder: Path, mistakes: list[str] | None = None) -> Vocabulary:
    """The vocabulary in `folder`/vocabulary.toml. Raises ChecklistError unless `mistakes` collects them."""
    own: list[str] = [] if mistakes is None else mistakes
    loaded = _load_toml(folder / "vocabulary.toml", "vocabulary.toml", own)
    names: dict[str, tuple[str, ...]] = {}
    titles: dict[str, str] = {}
    groups: dict[str, str] = {}
    not_within: dict[str, tuple[str, ...]] = {}
    whole: dict[str, tuple[str, ...]] = {}
    values: dict[str, tuple[str, ...]] = {}
    words: list[str] = []
    for table in _concept_tables(loaded) if loaded else ():
        concept_id = str(table.at[-1])
        table.unknown_keys(_CONCEPT_KEYS)
        titles[concept_id] = table.text("title")
        listed = table.values.get("names", [])
        if not isinstance(listed, list) or not listed or not all(isinstance(n, str) and n.strip() for n in listed):
            remedy = 'write names = ["…"], as they stand on pages'
            table.wrong(f"{table.name}: names must be a list of texts, not empty", key="names", remedy=remedy)
            listed = []
        names[concept_id] = tuple(listed)
        whole[concept_id] = table.texts("whole")
        values[concept_id] = table.texts("values")
        if table.flag("word", False):
            words.append(concept_id)
        groups[concept_id] = table.text("group", required=False)
        not_within[concept_id] = table.texts("not_within")
        _literal_names("names", names[concept_id], table)
        _literal_names("whole", whole[concept_id], table)
        _literal_names("values", values[concept_id], table)
    for concept_id, others in not_within.items():
        for number, other in enumerate(others):
            if other not in names and loaded:
                loaded.reader.wrong(
                    f"concept {concept_id}: not_within names no concept: {other!r}",
                    at=("concept", concept_id, "not_within", number),
                    remedy=_did_you_mean(other, tuple(names)),
                )
    if mistakes is None and own:
        raise ChecklistError(tuple(own), where=str(folder))
    lexicon = Lexicon(names, groups, not_within, whole, values, words)
    return Vocabulary({i: Concept(i, titles.get(i, i), lexicon, groups.get(i, "")) for i in names})


def _concept_tables(file: _Table) -> Iterator[_Table]:
    file.unknown_keys(("concept",))
    concepts = file.values.get("concept", {})
    if not isinstance(concepts, dict):
        file.wrong("concepts must be tables of their own", key="concept", remedy="write [concept.some_name]")
        return
    for concept_id, values in concepts.items():
        known = isinstance(values, dict)
        table = _Table(file.reader, values if known else {}, f"concept {concept_id}", ("concept", concept_id))
        if known:
            yield table
        else:
            table.wrong(f"{table.name} must be a table", remedy=f"write [concept.{concept_id}] above its keys")


def _literal_names(key: str, names: Iterable[str], table: _Table) -> None:
    """Names stand for themselves: no patterns, and something to be found by."""
    remedy = "write the name as it stands on pages"
    for number, name in enumerate(names):
        if _PATTERN.search(name):
            what = f"{table.name}: {name!r} looks like a regular expression"
            table.wrong(what, key=key, entry=number, remedy=remedy)
        elif not fold(name):
            table.wrong(f"{table.name}: {name!r} has no letter or digit", key=key, entry=number, remedy=remedy)


def years_in(folder: Path) -> tuple[int, ...]:
    """The fiscal years (BE) that have a checklist in `folder`."""
    return (
        tuple(sorted(int(p.name) for p in folder.glob("2[0-9][0-9][0-9]") if (p / "checklist.toml").is_file()))
        if folder.is_dir()
        else ()
    )


def load(folder: Path, year_be: int) -> tuple[Checklist, Vocabulary]:
    """The checklist of one fiscal year (BE) and the vocabulary. Raises ChecklistError with every mistake found."""
    mistakes: list[str] = []
    year_folder = folder / str(year_be)
    if not (year_folder / "checklist.toml").is_file():
        known = ", ".join(map(str, years_in(folder))) or "none"
        raise ChecklistError(
            (
                f"there is no checklist for fiscal year {year_be} (there are: {known}) — "
                f"a year is a folder {year_folder.name}/ with checklist.toml and one file an item",
            ),
            where=str(folder),
        )
    vocabulary = load_vocabulary(folder, mistakes)
    year = _load_toml(year_folder / "checklist.toml", f"{year_be}/checklist.toml", mistakes)
    items: dict[str, Item] = {}
    for path in _item_files(year_folder):
        item = _load_item(path, f"{year_be}/{path.name}", vocabulary, mistakes)
        if item:
            items[item.id] = item
    title, complete, rounds = _year(year, year_be, year_folder) if year else ("", True, ())
    if mistakes:
        raise ChecklistError(tuple(mistakes), where=str(folder))
    ordered = {i: items[i] for i in sorted(items, key=natural_key)}
    return Checklist(year_be, title, ordered, digest(folder, year_be), rounds, complete), vocabulary


def _item_files(year_folder: Path) -> tuple[Path, ...]:
    files = (p for p in year_folder.glob("*.toml") if p.name != "checklist.toml")
    return tuple(sorted(files, key=lambda p: natural_key(p.stem)))


def _year(year: _Table, year_be: int, year_folder: Path) -> tuple[str, bool, tuple[RoundDates, ...]]:
    """What checklist.toml says beside its items: title, whether it is complete, the rounds."""
    year.unknown_keys(_YEAR_KEYS)
    if year.values.get("year") != year_be:
        what = f"year is {year.values.get('year')!r} in the folder {year_be}"
        year.wrong(what, key="year", remedy=f"write year = {year_be}")
    return year.text("title"), year.flag("complete", True), tuple(_rounds(year, _listed(year, year_folder)))


def _listed(year: _Table, year_folder: Path) -> tuple[str, ...] | None:
    """The item ids of the year, each with its file and each file listed; None when that cannot be told."""
    listed = year.values.get("items", [])
    if not isinstance(listed, list) or not all(isinstance(i, str) for i in listed):
        year.wrong("items must be a list of item ids", key="items", remedy='write items = ["O1", "O2"]')
        return None
    files = {p.stem: p for p in _item_files(year_folder)}
    for number, item_id in enumerate(listed):
        if item_id not in files:
            remedy = f"write {year_folder.name}/{item_id}.toml, or take {item_id!r} out of items"
            what = f"items names {item_id!r}, but there is no {item_id}.toml"
            year.wrong(what, key="items", entry=number, remedy=remedy)
    for item_id, path in files.items():
        if item_id not in listed:
            year.wrong(f"{path.name} is not in items", key="items", remedy=f"add {item_id!r} to items")
    return tuple(listed)


def digest(folder: Path, year_be: int) -> str:
    """sha256 over the vocabulary and the files of one year, names and bytes, in name order."""
    state = hashlib.sha256()
    for path in (folder / "vocabulary.toml", *sorted((folder / str(year_be)).glob("*.toml"))):
        state.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return state.hexdigest()


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key by which O2 comes before O10 and "*" first."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1 if part != "*" else -1, 0, part)
        for part in re.findall(r"\d+|\D+", text)
    )


def _rounds(year: _Table, items: tuple[str, ...] | None) -> Iterator[RoundDates]:
    """The rounds; `items` are those of the year, None when they are not known."""
    tables = year.values.get("round", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        remedy = "write [[round]] above the keys of each round"
        year.wrong("round must be [[round]] tables", key="round", remedy=remedy)
        return
    known: set[str] = set()
    for number, values in enumerate(tables):
        table = _Table(year.reader, values, f"round {values.get('id', '?')}", ("round", number))
        table.unknown_keys(_ROUND_KEYS)
        due = table.texts("items")
        for entry, item in enumerate(due):
            if items is not None and item not in items:
                what = f"{table.name}: unknown item {item!r}"
                table.wrong(what, key="items", entry=entry, remedy=_did_you_mean(item, items))
        round_id = table.text("id")
        if round_id and round_id in known:
            table.wrong(f"{table.name} stands twice", key="id", remedy="give one of them another id")
        known.add(round_id)
        days = {key: _day(table, key) for key in ("closes_on", "opens_on", "consultation_on")}
        yield RoundDates(
            round_id, table.text("title"), days["closes_on"], days["opens_on"], due, days["consultation_on"]
        )


def _day(table: _Table, key: str) -> date | None:
    value = table.values.get(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    what = f"{table.name}: {key} must be a date such as 2023-04-07 (CE), not {value!r}"
    table.wrong(what, key=key, remedy=f"write {key} = 2023-04-07, without quotes")
    return None


def _load_item(path: Path, name: str, vocabulary: Vocabulary, mistakes: list[str]) -> Item | None:
    loaded = _load_toml(path, name, mistakes)
    if not loaded:
        return None
    item = replace(loaded, name="the item")
    item.unknown_keys(_ITEM_KEYS)
    item_id = item.text("id")
    if item_id and item_id != path.stem:
        item.wrong(f"id is {item_id!r} but the file is {path.name}", key="id", remedy=f'write id = "{path.stem}"')
    period = item.text("period")
    if period and period not in PERIODS:
        item.wrong(f"unknown period {period!r}", key="period", remedy=_did_you_mean(period, PERIODS))
    return Item(
        id=path.stem,
        title=item.text("title"),
        title_en=item.text("title_en"),
        indicator=item.text("indicator"),
        period=period,
        subject=item.concepts("subject", vocabulary),
        kind=item.concepts("kind", vocabulary),
        not_kind=item.concepts("not_kind", vocabulary),
        result=item.concepts("result", vocabulary),
        note=item.text("note", required=False),
        own=item.flag("own", False),
        requirements=tuple(_requirements(item, path.stem, vocabulary)),
    )


def _requirements(item: _Table, stem: str, vocabulary: Vocabulary) -> Iterator[Requirement]:
    """The requirements of an item file, each id once."""
    listed = item.values.get("requirement", [])
    if not isinstance(listed, list) or not listed or not all(isinstance(t, dict) for t in listed):
        misspelt = similar_words("requirement", tuple(set(item.values) - set(_ITEM_KEYS)))
        if not misspelt:  # else the unknown key was told
            remedy = "write [[requirement]] above the keys of each"
            item.wrong("the item has no [[requirement]]", key="requirement", remedy=remedy)
        return
    first: dict[str, int] = {}
    for number, values in enumerate(listed):
        table = _Table(item.reader, values, "a requirement", ("requirement", number))
        requirement_id = table.text("id")
        table = replace(table, name=requirement_id or table.name)
        if requirement_id in first:
            line = table.reader.line_of(("requirement", first[requirement_id], "id"))
            remedy = f"give one another id (the first is on line {line})"
            table.wrong(f"requirement {requirement_id} stands twice", key="id", remedy=remedy)
        elif requirement_id:
            first[requirement_id] = number
        requirement = _load_requirement(table, requirement_id, stem, vocabulary)
        if requirement:
            yield requirement


def _load_requirement(table: _Table, requirement_id: str, stem: str, vocabulary: Vocabulary) -> Requirement | None:
    if requirement_id and not requirement_id.startswith(stem + "."):
        what = f"requirement id {requirement_id!r} must begin with {stem}."
        table.wrong(what, key="id", remedy=f'write id = "{stem}.{int(table.at[-1]) + 1}"')
    basis = table.values.get("basis", "")
    if basis not in BASES:
        remedy = _did_you_mean(str(basis), BASES)
        table.wrong(f"{table.name}: unknown basis {basis!r}", key="basis", remedy=remedy)
    binding = table.flag("binding", True)
    text, text_en = table.text("text"), table.text("text_en")
    source = table.text("source", required=False)
    check_name = table.text("check")
    check = CHECKS.get(check_name)
    if check is None:
        if check_name:
            remedy = _did_you_mean(check_name, tuple(CHECKS))
            table.wrong(f"{table.name}: unknown check {check_name!r}", key="check", remedy=remedy)
        return None
    params = _params(check, table, vocabulary)
    return Requirement(requirement_id, text, text_en, check_name, params, binding, str(basis), source)


def _params(check: Check, table: _Table, vocabulary: Vocabulary) -> Any:
    known = tuple(f.name for f in fields(check.Params))
    table.unknown_keys(known + _REQUIREMENT_KEYS, f"{table.name} ({check.name})")
    hints = typing.get_type_hints(check.Params)
    values: dict[str, Any] = {}
    for parameter in fields(check.Params):
        if parameter.name in table.values:
            values[parameter.name] = _value(table, parameter.name, hints[parameter.name], vocabulary)
        elif parameter.default is MISSING and parameter.default_factory is MISSING:
            what = f"{table.name}: the check {check.name} needs {parameter.name!r}"
            table.wrong(what, key="check", remedy=f"add {parameter.name} = …")
    try:
        return check.Params(**values)
    except TypeError:
        return None
    except ValueError as error:
        table.wrong(f"{table.name}: {error}", remedy="see the checks in checklists/README.md")
        return None


def _value(table: _Table, key: str, hint: Any, vocabulary: Vocabulary) -> Any:
    """The value of a parameter as its type; a mistake, and something harmless, when it is none."""
    value, where = table.values[key], f"{table.name}: {key}"
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        hint = next(a for a in arguments if a is not type(None))
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Concept:
        return table.concept(value, key, vocabulary)
    if origin is tuple and arguments[0] is Concept:
        return table.concepts(key, vocabulary)
    if origin is tuple:
        if not isinstance(value, list) or not all(isinstance(v, arguments[0]) for v in value):
            table.wrong(f"{where} must be a list, not {value!r}", key=key, remedy=f'write {key} = ["…"]')
            return ()
        return tuple(value)
    if origin is typing.Literal:
        if value not in arguments:
            known = tuple(a for a in arguments if a)
            table.wrong(f"{where}: unknown value {value!r}", key=key, remedy=_did_you_mean(str(value), known))
        return value
    if hint is Month:
        try:
            return Month.parse(value)
        except (ValueError, TypeError):
            what = f"{where}: not a month in BE like 2565-10: {value!r}"
            table.wrong(what, key=key, remedy='write it as "2565-10"')
            return Month(2000, 1)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        wanted = {bool: "true", int: "1", str: '"…"'}.get(hint, "…")
        what = f"{where} must be {getattr(hint, '__name__', hint)}, not {value!r}"
        table.wrong(what, key=key, remedy=f"write it as {key} = {wanted}")
    return value

"""TOML files → Checklist, strictly: every mistake of every file is reported at once, with its place and a remedy."""

from __future__ import annotations

import hashlib
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from oitcheck.errors import ChecklistError
from oitcheck.lib.terms import Concept, Lexicon, Vocabulary
from oitcheck.lib.thai_calendar import Month
from oitcheck.lib.thai_text import fold, similar_words
from oitcheck.model.checklist import Checklist, Item, Requirement, RoundDates
from oitcheck.rules.checks import CHECKS, Check

BASES = ("direct", "analogue", "practice", "advice", "recall")
PERIODS = ("current", "first_half", "fiscal_year", "previous_year", "in_force")
_ITEM_KEYS = (
    "id", "title", "title_en", "indicator", "period", "subject", "kind", "not_kind", "result", "note", "requirement",
)  # fmt: skip
_REQUIREMENT_KEYS = ("id", "text", "text_en", "check", "binding", "basis", "source")
_YEAR_KEYS = ("year", "title", "items", "complete", "round")
_ROUND_KEYS = ("id", "title", "opens_on", "closes_on", "items")
_PATTERN = re.compile(r"[\\^$*+?{}\[\]|]")
_CONCEPT_KEYS = ("title", "names", "whole", "group", "not_within", "note")


@dataclass(slots=True)
class _Reader:
    """One file being read: its text for line numbers, and the mistakes of the whole load."""

    name: str
    text: str
    mistakes: list[str] = field(default_factory=list)

    def wrong(self, what: str, *, near: str = "", remedy: str = "") -> None:
        line = self.line_of(near) if near else 0
        place = f"{self.name}:{line}" if line else self.name
        self.mistakes.append(f"{place}: {what}" + (f" — {remedy}" if remedy else ""))

    def line_of(self, near: str) -> int:
        for number, line in enumerate(self.text.splitlines(), 1):
            if near in line:
                return number
        return 0

    def unknown_keys(self, table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                self.wrong(
                    f"{where} has the unknown key {key!r}",
                    near=key,
                    remedy=_did_you_mean(key, known),
                )

    def text_of(self, table: Mapping[str, Any], key: str, where: str, *, required: bool = True) -> str:
        value = table.get(key)
        if value is None:
            if required:
                self.wrong(f"{where} lacks {key!r}", remedy=f'add {key} = "…"')
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            self.wrong(f"{where}: {key} must be a text, not {value!r}", near=f"{key} ")
            return ""
        return value

    def texts_of(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        """The texts of an optional list; empty when there is none."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.wrong(f"{where}: {key} must be a list of texts, not {value!r}", near=f"{key} ")
            return ()
        return tuple(value)


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    near = similar_words(word, known)
    return f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(sorted(known)[:12])


def _load_toml(path: Path, name: str, mistakes: list[str]) -> tuple[dict[str, Any], _Reader] | None:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{name}: cannot be read ({error}) — a checklist file is UTF-8 text")
        return None
    reader = _Reader(name, text, mistakes)
    try:
        return tomllib.loads(text), reader
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{name}: not valid TOML: {error}")
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
    if loaded:
        data, reader = loaded
        reader.unknown_keys(data, ("concept",), "the file")
        concepts = data.get("concept", {})
        if not isinstance(concepts, dict):
            reader.wrong("concepts must be tables of their own", near="concept", remedy="write [concept.some_name]")
            concepts = {}
        for concept_id, table in concepts.items():
            where = f"concept {concept_id}"
            if not isinstance(table, dict):
                reader.wrong(f"{where} must be a table", near=concept_id)
                continue
            reader.unknown_keys(table, _CONCEPT_KEYS, where)
            titles[concept_id] = reader.text_of(table, "title", where)
            listed = table.get("names", [])
            if not isinstance(listed, list) or not listed or not all(isinstance(n, str) and n.strip() for n in listed):
                reader.wrong(f"{where}: names must be a list of texts, not empty", near=f"concept.{concept_id}")
                listed = []
            names[concept_id] = tuple(listed)
            whole[concept_id] = reader.texts_of(table, "whole", where)
            groups[concept_id] = reader.text_of(table, "group", where, required=False)
            not_within[concept_id] = reader.texts_of(table, "not_within", where)
            _literal_names((*listed, *whole[concept_id]), where, reader)
        for concept_id, others in not_within.items():
            for other in others:
                if other not in names:
                    reader.wrong(
                        f"concept {concept_id}: not_within names no concept: {other!r}",
                        near=other,
                        remedy=_did_you_mean(other, tuple(names)),
                    )
    if mistakes is None and own:
        raise ChecklistError(tuple(own), where=str(folder))
    lexicon = Lexicon(names, groups, not_within, whole)
    return Vocabulary({i: Concept(i, titles.get(i, i), lexicon, groups.get(i, "")) for i in names})


def _literal_names(names: Iterable[str], where: str, reader: _Reader) -> None:
    """Names stand for themselves: no patterns, and something to be found by."""
    for name in names:
        if _PATTERN.search(name):
            reader.wrong(
                f"{where}: {name!r} looks like a regular expression",
                near=name,
                remedy="write the name as it stands on pages",
            )
        elif not fold(name):
            reader.wrong(
                f"{where}: {name!r} has no letter or digit",
                near=f'"{name}"',
                remedy="write the name as it stands on pages",
            )


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
    loaded = _load_toml(year_folder / "checklist.toml", f"{year_be}/checklist.toml", mistakes)
    year, reader = loaded if loaded else ({}, _Reader("checklist.toml", "", mistakes))
    reader.unknown_keys(year, _YEAR_KEYS, "the file")
    if loaded and year.get("year") != year_be:
        reader.wrong(
            f"year is {year.get('year')!r} in the folder {year_be}", near="year", remedy=f"write year = {year_be}"
        )
    title = reader.text_of(year, "title", "the file") if loaded else ""
    if not isinstance(year.get("complete", True), bool):
        reader.wrong("complete must be true or false", near="complete")
    listed = year.get("items", [])
    if not isinstance(listed, list) or not all(isinstance(i, str) for i in listed):
        reader.wrong("items must be a list of item ids", near="items")
        listed = []
    items: dict[str, Item] = {}
    for path in sorted(year_folder.glob("*.toml"), key=lambda p: natural_key(p.stem)):
        if path.name == "checklist.toml":
            continue
        item = _load_item(path, f"{year_be}/{path.name}", vocabulary, mistakes)
        if item:
            items[item.id] = item
            if loaded and item.id not in listed:
                reader.wrong(f"{path.name} is not in items", near="items", remedy=f"add {item.id!r} to items")
    for item_id in listed:
        if item_id not in items and not (year_folder / f"{item_id}.toml").exists():
            reader.wrong(f"items names {item_id!r}, but there is no {item_id}.toml", near=item_id)
    _duplicate_requirements(items, f"{year_be}/", mistakes)
    rounds = tuple(_rounds(year, reader, tuple(listed))) if loaded else ()
    if mistakes:
        raise ChecklistError(tuple(mistakes), where=str(folder))
    ordered = {i: items[i] for i in sorted(items, key=natural_key)}
    return (
        Checklist(year_be, title, ordered, digest(folder, year_be), rounds, bool(year.get("complete", True))),
        vocabulary,
    )


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


def _duplicate_requirements(items: Mapping[str, Item], folder: str, mistakes: list[str]) -> None:
    seen: dict[str, str] = {}
    for item in items.values():
        for requirement in item.requirements:
            if requirement.id in seen:
                where, other = f"{folder}{item.id}.toml", f"{folder}{seen[requirement.id]}.toml"
                mistakes.append(
                    f"{where}: requirement {requirement.id} stands twice (first in {other}) — give one another id"
                )
            seen[requirement.id] = item.id


def _rounds(year: Mapping[str, Any], reader: _Reader, items: tuple[str, ...]) -> Iterator[RoundDates]:
    tables = year.get("round", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        reader.wrong(
            "round must be [[round]] tables", near="round", remedy="write [[round]] above the keys of each round"
        )
        return
    known: set[str] = set()
    for table in tables:
        where = f"round {table.get('id', '?')}"
        reader.unknown_keys(table, _ROUND_KEYS, where)
        for key in ("opens_on", "closes_on"):
            if table.get(key) is not None and (not isinstance(table[key], date) or isinstance(table[key], datetime)):
                reader.wrong(f"{where}: {key} must be a date such as 2023-04-07 (CE)", near=key)
        due = reader.texts_of(table, "items", where)
        for item in due:
            if item not in items:
                reader.wrong(f"{where}: unknown item {item!r}", near=f'"{item}"', remedy=_did_you_mean(item, items))
        round_id = reader.text_of(table, "id", where)
        if round_id in known:
            reader.wrong(f"{where} stands twice", near=f'"{round_id}"', remedy="give one of them another id")
        known.add(round_id)
        yield RoundDates(
            round_id, reader.text_of(table, "title", where), table.get("closes_on"), table.get("opens_on"), due
        )


def _load_item(path: Path, name: str, vocabulary: Vocabulary, mistakes: list[str]) -> Item | None:
    loaded = _load_toml(path, name, mistakes)
    if not loaded:
        return None
    data, reader = loaded
    reader.unknown_keys(data, _ITEM_KEYS, "the item")
    item_id = reader.text_of(data, "id", "the item")
    if item_id and item_id != path.stem:
        reader.wrong(f"id is {item_id!r} but the file is {path.name}", near="id", remedy=f'write id = "{path.stem}"')
    period = reader.text_of(data, "period", "the item")
    if period and period not in PERIODS:
        reader.wrong(f"unknown period {period!r}", near="period", remedy=_did_you_mean(period, PERIODS))
    requirements = []
    listed = data.get("requirement", [])
    if not isinstance(listed, list) or not listed:
        reader.wrong("the item has no [[requirement]]")
        listed = []
    for table in listed:
        requirement = _load_requirement(table, path.stem, vocabulary, reader)
        if requirement:
            requirements.append(requirement)
    return Item(
        id=path.stem,
        title=reader.text_of(data, "title", "the item"),
        title_en=reader.text_of(data, "title_en", "the item"),
        indicator=reader.text_of(data, "indicator", "the item"),
        period=period,
        subject=_concepts(data.get("subject", []), "subject", "the item", vocabulary, reader),
        requirements=tuple(requirements),
        kind=_concepts(data.get("kind", []), "kind", "the item", vocabulary, reader),
        not_kind=_concepts(data.get("not_kind", []), "not_kind", "the item", vocabulary, reader),
        result=_concepts(data.get("result", []), "result", "the item", vocabulary, reader),
        note=reader.text_of(data, "note", "the item", required=False),
    )


def _load_requirement(table: Any, stem: str, vocabulary: Vocabulary, reader: _Reader) -> Requirement | None:
    if not isinstance(table, dict):
        reader.wrong("a requirement must be a [[requirement]] table")
        return None
    requirement_id = reader.text_of(table, "id", "a requirement")
    where = requirement_id or "a requirement"
    if requirement_id and not requirement_id.startswith(stem + "."):
        reader.wrong(f"requirement id {requirement_id!r} must begin with {stem}.", near=requirement_id)
    basis = table.get("basis", "")
    if basis not in BASES:
        reader.wrong(f"{where}: unknown basis {basis!r}", near=requirement_id, remedy=_did_you_mean(str(basis), BASES))
    if not isinstance(table.get("binding", True), bool):
        reader.wrong(f"{where}: binding must be true or false", near=requirement_id)
    text = reader.text_of(table, "text", where)
    text_en = reader.text_of(table, "text_en", where)
    source = reader.text_of(table, "source", where, required=False)
    check_name = reader.text_of(table, "check", where)
    check = CHECKS.get(check_name)
    if check is None:
        if check_name:
            reader.wrong(
                f"{where}: unknown check {check_name!r}",
                near=check_name,
                remedy=_did_you_mean(check_name, tuple(CHECKS)),
            )
        return None
    given = {k: v for k, v in table.items() if k not in _REQUIREMENT_KEYS}
    params = _params(check, given, where, vocabulary, reader)
    return Requirement(
        requirement_id, text, text_en, check_name, params, bool(table.get("binding", True)), str(basis), source
    )


def _params(check: Check, given: Mapping[str, Any], where: str, vocabulary: Vocabulary, reader: _Reader) -> Any:
    known = tuple(f.name for f in fields(check.Params))
    reader.unknown_keys(given, known + _REQUIREMENT_KEYS, f"{where} ({check.name})")
    hints = typing.get_type_hints(check.Params)
    values: dict[str, Any] = {}
    for parameter in fields(check.Params):
        if parameter.name not in given:
            if parameter.default is MISSING and parameter.default_factory is MISSING:
                reader.wrong(
                    f"{where}: the check {check.name} needs {parameter.name!r}",
                    near=f'"{where}"',
                    remedy=f"add {parameter.name} = …",
                )
            continue
        values[parameter.name] = _value(
            given[parameter.name], hints[parameter.name], f"{where}: {parameter.name}", vocabulary, reader
        )
    try:
        return check.Params(**values)
    except TypeError:
        return None
    except ValueError as error:
        reader.wrong(f"{where}: {error}", near=f'"{where}"')
        return None


def _value(value: Any, hint: Any, where: str, vocabulary: Vocabulary, reader: _Reader) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        hint = next(a for a in arguments if a is not type(None))
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Concept:
        found = _concepts([value], where, "", vocabulary, reader)
        return found[0] if found else None
    if origin is tuple and arguments[0] is Concept:
        return _concepts(value, where, "", vocabulary, reader)
    if origin is tuple:
        if not isinstance(value, list) or not all(isinstance(v, arguments[0]) for v in value):
            reader.wrong(f"{where} must be a list", near=where.split(":")[0])
            return ()
        return tuple(value)
    if origin is typing.Literal:
        if value not in arguments:
            reader.wrong(
                f"{where}: unknown value {value!r}", near=str(value), remedy=_did_you_mean(str(value), arguments)
            )
        return value
    if hint is Month:
        try:
            return Month.parse(value)
        except (ValueError, TypeError):
            reader.wrong(
                f"{where}: not a month in BE like 2565-10: {value!r}", near=str(value), remedy='write it as "2565-10"'
            )
            return Month(2000, 1)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        reader.wrong(f"{where} must be {getattr(hint, '__name__', hint)}, not {value!r}", near=str(value))
    return value


def _concepts(names: Any, key: str, where: str, vocabulary: Vocabulary, reader: _Reader) -> tuple[Concept, ...]:
    place = f"{where}: {key}" if where else key
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        reader.wrong(f"{place} must be a list of concepts of the vocabulary")
        return ()
    found = []
    for name in names:
        if name in vocabulary.concepts:
            found.append(vocabulary[name])
        else:
            reader.wrong(
                f"{place}: no concept {name!r} in the vocabulary",
                near=f'"{name}"',
                remedy=_did_you_mean(name, tuple(vocabulary.concepts)),
            )
    return tuple(found)

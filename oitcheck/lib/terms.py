"""Concepts and their names, found in text by their folded form in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import ahocorasick_rs

from oitcheck.lib.thai_text import Folded, fold, fold_with_origins


@dataclass(frozen=True, slots=True)
class Hit:
    """One name of a concept in a text; [start, end) counts folded characters, `quote` is the text as it stands.

    `is_value`: the name says the thing itself ("ไม่มีค่าธรรมเนียม"), where others only name it ("ค่าธรรมเนียม").
    """

    concept: str
    name: str
    start: int
    end: int
    quote: str
    is_value: bool = False


class Lexicon:
    """All concepts of a vocabulary, matched together.

    `names` gives each concept's names, `groups` the group a concept belongs to ("" none): of overlapping names within
    one group only the longest counts, since รองนายกเทศมนตรี holds นายกเทศมนตรี. `within` lists, per concept, other
    concepts a name of it may lie inside without counting. `whole` names count only when they are all of a text;
    `values` are names that say the thing itself. `words` are concepts whose names are words by which content is known;
    they name no heading or column.
    """

    def __init__(
        self,
        names: Mapping[str, Iterable[str]],
        groups: Mapping[str, str] | None = None,
        not_within: Mapping[str, Iterable[str]] | None = None,
        whole: Mapping[str, Iterable[str]] | None = None,
        values: Mapping[str, Iterable[str]] | None = None,
        words: Iterable[str] = (),
    ) -> None:
        self._words = frozenset(words)
        self._whole = {(concept, name) for concept, listed in (whole or {}).items() for name in listed}
        self._values = {(concept, name) for concept, listed in (values or {}).items() for name in listed}
        self._entries: list[tuple[str, str]] = []
        patterns: list[str] = []
        for concept, concept_names in names.items():
            taken: set[str] = set()
            for name in (*(values or {}).get(concept, ()), *concept_names, *(whole or {}).get(concept, ())):
                folded = fold(name)
                # Spellings that fold alike are one name: counted once.
                if folded and folded not in taken:
                    taken.add(folded)
                    self._entries.append((concept, name))
                    patterns.append(folded)
        self._groups = dict(groups or {})
        self._not_within = {concept: frozenset(others) for concept, others in (not_within or {}).items()}
        self._automaton = ahocorasick_rs.AhoCorasick(patterns, matchkind=ahocorasick_rs.MatchKind.Standard)
        self.hits = lru_cache(maxsize=20_000)(self._hits)

    def group_of(self, concept: str) -> str:
        """The group of a concept; "" when it has none."""
        return self._groups.get(concept, "")

    def labels(self, text: str) -> tuple[Hit, ...]:
        """The hits in a heading, label or column name that tell what it is called."""
        return tuple(hit for hit in self.hits(text) if hit.concept not in self._words)

    def _hits(self, text: str) -> tuple[Hit, ...]:
        """Every hit in `text`, leftmost first."""
        folded = fold_with_origins(text)
        found = [
            (self._entries[index], start, end)
            for index, start, end in self._automaton.find_matches_as_indexes(folded.text, overlapping=True)
            if not _splits_number(folded, start, end)
            and (self._entries[index] not in self._whole or end - start == len(folded.text))
        ]
        kept = [hit for hit in found if not self._is_covered(hit, found)]
        kept.sort(key=lambda hit: (hit[1], -hit[2], hit[0][0]))
        return tuple(
            Hit(concept, name, start, end, folded.quote(start, end), (concept, name) in self._values)
            for (concept, name), start, end in kept
        )

    def _is_covered(self, hit: tuple[tuple[str, str], int, int], found: list[tuple[tuple[str, str], int, int]]) -> bool:
        (concept, _), start, end = hit
        group = self._groups.get(concept, "")
        barred = self._not_within.get(concept, frozenset())
        for (other, _), other_start, other_end in found:
            longer = other_end - other_start > end - start
            if not (longer and other_start <= start and end <= other_end):
                continue
            if other == concept or (group and self._groups.get(other, "") == group) or other in barred:
                return True
        return False


def _splits_number(folded: Folded, start: int, end: int) -> bool:
    """Whether a match begins or ends inside a longer number (o2 in o21, but not in "O2 (1 page)")."""
    return _one_number(folded, end - 1) or _one_number(folded, start - 1)


def _one_number(folded: Folded, index: int) -> bool:
    """Whether the folded characters at `index` and after it are digits of one number, side by side in the original."""
    text, origins = folded.text, folded.origins
    if not 0 <= index < len(text) - 1 or not (text[index].isdigit() and text[index + 1].isdigit()):
        return False
    return origins[index + 1] - origins[index] == 1


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of the vocabulary, bound to the lexicon that finds it. `title` names it in Thai for messages."""

    id: str
    title: str
    lexicon: Lexicon = field(compare=False, repr=False)
    group: str = ""

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Where `text` names this concept."""
        return tuple(hit for hit in self.lexicon.hits(text) if hit.concept == self.id)

    def named_in(self, text: str) -> bool:
        return any(hit.concept == self.id for hit in self.lexicon.hits(text))


def first_named(concepts: Iterable[Concept], text: str) -> Concept | None:
    """The concept that `text` names first; of two beginning at one place the one with the longer name."""
    by_id = {concept.id: concept for concept in concepts}
    for concept in by_id.values():
        for hit in concept.lexicon.hits(text):
            if hit.concept in by_id:
                return by_id[hit.concept]
        break
    return None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every concept of `checklists/vocabulary.toml` by id."""

    concepts: Mapping[str, Concept]

    def __getitem__(self, concept_id: str) -> Concept:
        return self.concepts[concept_id]

    def in_group(self, group: str) -> tuple[Concept, ...]:
        """The concepts of one group, in file order."""
        return tuple(c for c in self.concepts.values() if c.group == group)

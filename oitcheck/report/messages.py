"""The sentences of findings: what the page shows, and what to publish. Read from `messages.<language>.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from oitcheck.model.finding import Finding, Outcome
from oitcheck.report.confirmed import BY_STAFF
from oitcheck.report.terms import Language, Terms

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FIELDS = ("says", "do")
# Facts that are a day, as 2026-12-02.
_DAYS = frozenset({"deadline"})


@dataclass(frozen=True, slots=True)
class Messages:
    """The sentences of one language. A finding's `code` (`check.reason`) is the key.

    A code that is not there, or a sentence that names a fact the finding lacks, gives a neutral sentence with the code:
    a report is never lost for want of words.
    """

    language: Language
    sentences: Mapping[str, Mapping[str, str]]
    neutral: Mapping[str, str]

    @classmethod
    def load(cls, language: Language) -> Messages:
        """The sentences that come with the program; none at all when the language has no file yet."""
        source = files("oitcheck.report").joinpath(f"messages.{language}.toml")
        table: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}
        return cls.of(language, table)

    @classmethod
    def of(cls, language: Language, table: Mapping[str, Any]) -> Messages:
        """The sentences of a parsed TOML table `{check: {reason: {says, do}}}`."""
        sentences = {
            f"{check}.{reason}": {name: str(text) for name, text in entry.items()}
            for check, reasons in table.items()
            if isinstance(reasons, Mapping)
            for reason, entry in reasons.items()
            if isinstance(entry, Mapping)
        }
        terms = Terms.load(language)
        neutral = {outcome: terms(f"neutral.{outcome}") for outcome in terms.keys_under("neutral")}
        return cls(language, sentences, neutral)

    def says(self, finding: Finding) -> str:
        """What the page shows."""
        text = self._filled(finding, "says")
        if text is None:
            return self.neutral[finding.outcome.value].replace("{code}", finding.code or finding.reason)
        return text

    def do(self, finding: Finding) -> str:
        """What to publish; "" when there is nothing to do or nothing is known."""
        if finding.code == BY_STAFF and finding.outcome is not Outcome.FAILED:
            return ""
        return self._filled(finding, "do") or ""

    def template(self, code: str) -> tuple[str, str]:
        """The sentences of a code with their placeholders in place: (says, do); empty ones for an unknown code."""
        entry = self.sentences.get(code, {})
        return entry.get("says", ""), entry.get("do", "")

    def problems(self, reasons: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
        """What is wrong with the sentences, given every code with the facts it brings; empty when all is well."""
        found = [f"{code}: no message" for code in sorted(reasons.keys() - self.sentences.keys())]
        found += [f"{code}: message of no reason" for code in sorted(self.sentences.keys() - reasons.keys())]
        for code in sorted(self.sentences.keys() & reasons.keys()):
            entry = self.sentences[code]
            found += [f"{code}: lacks {name}" for name in _FIELDS if name not in entry]
            found += [f"{code}: {name} is no part of a message" for name in sorted(entry.keys() - set(_FIELDS))]
            if not entry.get("says", "-").strip():
                found.append(f"{code}: says is empty")
            for name in _FIELDS:
                strange = sorted(set(_PLACEHOLDER.findall(entry.get(name, ""))) - reasons[code])
                found += [f"{code}: {name} names {{{fact}}}, which is no fact of it" for fact in strange]
        return tuple(found)

    def _filled(self, finding: Finding, name: str) -> str | None:
        entry = self.sentences.get(finding.code)
        template = entry.get(name) if entry is not None else None
        if template is None or not set(_PLACEHOLDER.findall(template)) <= finding.facts.keys():
            return None
        # One pass, so that a fact that looks like a placeholder is shown and not filled.
        text = _PLACEHOLDER.sub(lambda match: self._fact(match[1], str(finding.facts[match[1]])), template)
        return " ".join(text.split())

    def _fact(self, name: str, value: str) -> str:
        """A fact as people read it: a day in words, in the era of the language."""
        if name not in _DAYS:
            return value
        try:
            return Terms.load(self.language).long_date(date.fromisoformat(value))
        except ValueError:
            return value

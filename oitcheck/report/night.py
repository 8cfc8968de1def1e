"""What a night brought: as JSON for machines (schema `oitcheck.night/1`), in words for the operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from oitcheck.model.agency import Agency
from oitcheck.model.finding import Outcome
from oitcheck.report.availability import Reachability
from oitcheck.report.changes import Direction, NightChange
from oitcheck.report.messages import Messages
from oitcheck.report.summary import Summary
from oitcheck.report.terms import SYMBOLS, Terms

SCHEMA = "oitcheck.night/1"
Result = Mapping[str, Any]

_MOST_LINES = 15
_DIRECTIONS: tuple[Direction, ...] = ("regressed", "improved", "unsettled")


def instant_text(instant: datetime | None) -> str:
    """An instant as JSON has it: `2026-04-01T18:30:00Z`; "" for none."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else ""


def instant_of(text: str) -> datetime | None:
    """The instant of `instant_text`."""
    return datetime.fromisoformat(text) if text else None


def found_in(
    summary: Summary, changes: Sequence[NightChange], down: Sequence[Reachability], messages: Messages
) -> dict[str, Any]:
    """The part of a result that comes from the run: numbers, changes since the last time, sites in trouble."""
    names = {row.agency.id: row.agency.name_th for row in summary.rows}
    counts = summary.counts
    return {
        "agencies": len(summary.rows),
        "items": {
            "passed": counts.passed,
            "failed": counts.failed,
            "cant_tell": counts.cant_tell,
            "inapplicable": counts.inapplicable,
        },
        **{
            direction: [_change_row(c, names, messages) for c in changes if c.direction == direction]
            for direction in _DIRECTIONS
        },
        "trouble": [
            {
                "agency": t.agency.id,
                "name": t.agency.name_th,
                "host": t.host,
                "outcome": t.outcome,
                "addresses": t.addresses,
                "items": list(t.items),
            }
            for t in summary.troubles
        ],
        "down": [_down_row(r) for r in down if r.down_since],
    }


def _change_row(change: NightChange, names: Mapping[str, str], messages: Messages) -> dict[str, str]:
    return {
        "agency": change.agency_id,
        "name": names.get(change.agency_id, change.agency_id),
        "item": change.item,
        "requirement": change.requirement,
        "before": change.before.value,
        "after": change.after.value,
        "says": messages.says(change.shown),
        "do": messages.do(change.shown) if change.after is not Outcome.PASSED else "",
    }


def _down_row(site: Reachability) -> dict[str, Any]:
    agency: Agency = site.agency
    return {
        "agency": agency.id,
        "name": agency.name_th,
        "url": site.latest.url if site.latest else "",
        "outcome": site.latest.outcome.value if site.latest else "",
        "since": instant_text(site.down_since),
        "checks": site.down_checks,
    }


def night_subject(result: Result, terms: Terms) -> str:
    """The subject of a mail: which round, when, how it ended, how much changed."""
    began = instant_of(result["began_at"]) or instant_of(result["planned_at"])
    parts = [
        terms(
            "night.subject",
            round=_round(result, terms),
            instant=terms.short_instant(began) if began else "",
            outcome=terms(f"night.outcome.{result['outcome']}"),
        )
    ]
    parts += [f"{terms(f'night.{d}')} {len(result[d])}" for d in _DIRECTIONS if result.get(d)]
    return " · ".join(parts)


def night_text(result: Result, terms: Terms, earlier: Iterable[Result] = ()) -> str:
    """The body of a mail: what was done, what could not, what changed; then earlier results nobody was told yet."""
    lines = [*_result_lines(result, terms)]
    for before in earlier:
        lines += ["", f"— {terms('night.earlier')} —", *_result_lines(before, terms)]
    lines += ["", terms("night.foot")]
    return "\n".join(lines) + "\n"


def night_line(result: Result) -> str:
    """One line for the log."""
    parts = [f"night of round {result['year']}/{_one_line(result['round'])} ({result['kind']}): {result['outcome']}"]
    if result.get("run"):
        items = result.get("items", {})
        parts.append(f"run {result['run']}")
        parts.append(", ".join(f"{items[name]} {name}" for name in ("passed", "failed", "cant_tell") if name in items))
    parts += [f"{len(result[d])} {d}" for d in _DIRECTIONS if result.get(d)]
    if result.get("trouble"):
        parts.append(f"{len(result['trouble'])} sites in trouble")
    if result.get("left_out"):
        parts.append(f"{result['left_out']} addresses left out")
    if result.get("missed"):
        parts.append(f"also stands for {len(result['missed'])} missed before it")
    if result.get("detail"):
        parts.append(_one_line(result["detail"]))
    return "; ".join(p for p in parts if p)


def _result_lines(result: Result, terms: Terms) -> list[str]:
    began, ended = instant_of(result["began_at"]), instant_of(result["ended_at"])
    kind, outcome = result["kind"], result["outcome"]
    lines = [
        terms("night.round", round=_round(result, terms), title=_one_line(result.get("title", ""))).strip(),
        f"{terms(f'night.kind.{kind}')}: {terms(f'night.outcome.{outcome}')}",
    ]
    if began:
        key = "night.lasted" if ended else "night.began"
        lines.append(terms(key, began=terms.short_instant(began), ended=terms.short_instant(ended) if ended else ""))
    planned = instant_of(result["planned_at"])
    if result.get("is_late") and planned:
        lines.append(terms("night.late", instant=terms.short_instant(planned)))
    missed = [terms.short_instant(at) for text in result.get("missed", ()) if (at := instant_of(text))]
    if missed:
        lines.append(terms("night.missed", n=len(missed), times=", ".join(missed[-_MOST_LINES:])))
    if result.get("failed_in_a_row"):
        lines.append(terms("night.failed_in_a_row", n=result["failed_in_a_row"]))
    if result.get("detail"):
        lines.append(terms("night.detail", text=_one_line(result["detail"])))
    if result.get("items"):
        words = " · ".join(
            f"{SYMBOLS[o]} {terms.outcome(o)} {result['items'][o.value]:,}"
            for o in (Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL)
        )
        lines.append(f"{terms.count('night.agencies', result['agencies'])}: {words}")
    if result.get("left_out"):
        lines.append(terms("night.left_out", n=result["left_out"]))
    for direction in _DIRECTIONS:
        if result.get(direction):
            lines += ["", f"{terms(f'night.{direction}')} ({len(result[direction])})"]
            lines += _shortened([_change_line(row, terms) for row in result[direction]], terms)
    if result.get("items") and not any(result.get(d) for d in _DIRECTIONS):
        lines += ["", terms("night.unchanged")]
    if result.get("trouble"):
        lines += ["", f"{terms('round.sites')} ({len(result['trouble'])}) – {terms('round.sites_intro')}"]
        rows = [
            f"{row['name']}: {row['host']} – {terms.searched(row['outcome'], has_body=False)[0]}"
            for row in result["trouble"]
        ]
        lines += _shortened(rows, terms)
    if result.get("down"):
        lines += ["", f"{terms('night.down')} ({len(result['down'])})"]
        rows = []
        for row in result["down"]:
            since = instant_of(row["since"])
            told = terms("availability.down_since", instant=terms.short_instant(since)) if since else ""
            rows.append(f"{row['name']}: {row['url']} – {told}")
        lines += _shortened(rows, terms)
    if result.get("report"):
        lines += ["", terms("night.report", path=result["report"])]
    return lines


def _round(result: Result, terms: Terms) -> str:
    """A round as people know it: its id, with the year where that does not begin with it."""
    name, year = _one_line(result["round"]), int(result["year"])
    in_words = terms("night.of_year", round=name, year=terms.year(year))
    return name if name.startswith(str(year)) and terms.language == "th" else in_words


def _change_line(row: Mapping[str, str], terms: Terms) -> str:
    place = row["item"] if row["requirement"] == "*" else row["requirement"]
    way = f"{terms.outcome(Outcome(row['before']))} → {terms.outcome(Outcome(row['after']))}"
    return f"{row['name']} {place}: {way}. {row['says']}".strip()


def _shortened(rows: Sequence[str], terms: Terms) -> list[str]:
    shown = [f"  {_one_line(row)}" for row in rows[:_MOST_LINES]]
    return [*shown, f"  {terms('night.more', n=len(rows) - _MOST_LINES)}"] if len(rows) > _MOST_LINES else shown


def _one_line(text: str) -> str:
    """A text of an input without line breaks and control characters: it may stand in a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

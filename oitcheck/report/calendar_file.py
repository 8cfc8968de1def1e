"""The rounds of a year as a calendar file (iCalendar, RFC 5545): openings, deadlines, consultations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from oitcheck.model.agency import Round
from oitcheck.report.terminal import round_words
from oitcheck.report.terms import Terms

_OCTETS_A_LINE = 75


def calendar_file(year_be: int, rounds: Sequence[Round], terms: Terms, made_at: datetime) -> bytes:
    """An .ics file with whole-day entries; a deadline warns a week and a day before. `made_at` is an aware instant."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//oitcheck//rounds//TH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for each in rounds:
        for kind, day in _days(each):
            summary = terms(f"calendar.{kind}", round=round_words(each, terms), items=len(each.items))
            lines += [
                "BEGIN:VEVENT",
                f"UID:{year_be}-{each.id}-{kind}@oitcheck",
                f"DTSTAMP:{stamp}",
                f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
                f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{_escaped(summary)}",
                "TRANSP:TRANSPARENT",
            ]
            if each.items:
                lines.append(f"DESCRIPTION:{_escaped(', '.join(each.items))}")
            if kind == "closes":
                for days in (7, 1):
                    lines += [
                        "BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(summary)}", f"TRIGGER:-P{days}D",
                        "END:VALARM",
                    ]  # fmt: skip
            lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _days(each: Round) -> Iterable[tuple[str, date]]:
    days = (("opens", each.opens_on), ("closes", each.closes_on), ("consults", each.consultation_on))
    return ((kind, day) for kind, day in days if day is not None)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """A line in pieces of at most 75 octets, never within a letter; pieces after the first begin with a blank."""
    piece, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > _OCTETS_A_LINE:
            yield piece
            piece, size = " ", 1
        piece += char
        size += octets
    yield piece

"""Is the document of the right time: this fiscal year, the year before, its first six months, in force?

True: title, headings, captions or the date of signing say so. False: they say another time, or only a part of the six
months. Undecided: no time is stated, or two different ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from oitcheck.lib.named_dates import NamedMonth, months_named
from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_calendar import FiscalYear, Month, fiscal_year_of
from oitcheck.lib.thai_text import arabic_digits, fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.admission import has_content
from oitcheck.reading.body import body, tells_under
from oitcheck.reading.deeds import reports_done
from oitcheck.reading.passages import Passage, passages
from oitcheck.reading.periods import Claim, fiscal_year_stated_in, year_claims

# A line that says of which year the figures are, whatever the title says.
_OF_DATA = re.compile(r"^\W*(?:ข้อมูล|สถิติ|ตัวเลข)(?:ของ|ประจำ)?\s*ปีงบประมาณ")


@dataclass(frozen=True, slots=True)
class Params:
    """`rule`:

    fiscal_year, previous_year, first_half, in_force. `of`: the documents that are to be of that time; empty: all.
    """

    rule: Literal["fiscal_year", "previous_year", "first_half", "in_force"]
    of: tuple[Concept, ...] = ()


REASONS: Mapping[str, frozenset[str]] = {
    "in_period": frozenset({"period", "found"}),
    "other_year": frozenset({"period", "found"}),
    "part_of_period": frozenset({"period", "found", "missing"}),
    "only_in_link": frozenset({"period", "found"}),
    "period_not_stated": frozenset({"period"}),
    "period_unclear": frozenset({"period", "found"}),
    "nothing_to_date": frozenset({"period"}),
    "kind_unnamed": frozenset({"period"}),
}


# The weight of a range of months in a line of its own.
WIDE_RANGE = 4
# The label of a row that stands for a month or a quarter is no longer than this.
LONGEST_LABEL = 40
# A plain line that is longer is no title of a report.
LONGEST_TITLE = 160
_IN_FORCE = re.compile(r"ใช้บังคับ|มีผลบังคับ|ถือปฏิบัติ|ตั้งแต่[^\n]{0,40}เป็นต้นไป|จนกว่าจะ")


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any document of the evidence can show."""
    documents = _relevant(evidence, params)
    period = _period_words(params.rule, context.fiscal_year)
    if not documents:
        others = [d for d in evidence.documents if has_content(d, pictures=False)]
        outcome, reason = (Outcome.CANT_TELL, "kind_unnamed") if others else (Outcome.FAILED, "nothing_to_date")
        yield Verdict(outcome, reason, "", {"period": period})
        return
    if params.rule == "first_half" and params.of:
        told = _named_report(documents, params, context.fiscal_year, period)
        if told:
            yield told
            return
    judge = _first_half if params.rule == "first_half" else _year
    leading = {d.capture.found_on for d in documents if d.capture.depth and year_claims(d)}
    deeper = [d for d in documents if d.capture.depth and year_claims(d) and d.capture.url not in leading]
    # What a paper says of itself goes before the title of the page that links to it.
    documents = deeper or documents
    verdicts = [judge(d, params.rule, context.fiscal_year, period) for d in documents]
    order = {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.CANT_TELL: 2, Outcome.INAPPLICABLE: 3}
    best = min(verdicts, key=lambda v: order[v.outcome])
    if best.outcome is not Outcome.PASSED:
        best = _by_link(evidence, params.rule, context.fiscal_year, period, best)
    yield best


def _named_report(documents: list[Document], params: Params, year: FiscalYear, period: str) -> Verdict | None:
    """What the headings that name the report say of its time, where they do: a plan beside it is of the whole year."""
    wanted = set(year.first_half())
    covered: dict[Month, Passage] = {}
    empty: Passage | None = None
    for document in documents:
        for passage in passages(document):
            if passage.part not in ("heading", "caption", "line") or not any(
                c.named_in(passage.text) for c in params.of
            ):
                continue
            if passage.part == "line" and not passage.strong and len(passage.text) > LONGEST_TITLE:
                continue
            is_head = passage.part == "heading"
            if is_head and not document.capture.depth and not tells_under(passage):
                empty = empty or passage
                continue
            spans = [n for n in months_named(passage.text, year) if n.kind in ("range", "half", "quarter")]
            for named in spans:
                covered.setdefault(named.month, passage)
    own = wanted & covered.keys()
    if empty and not own and all(not d.capture.depth for d in documents):
        return Verdict(Outcome.FAILED, "nothing_to_date", "", {"period": period}, (Seen(empty.at, empty.text),))
    if not own or own == wanted:
        return _passed_by(period, covered[min(own)]) if own else None
    passage = covered[min(own)]
    missing = ", ".join(m.thai_short for m in sorted(wanted - own))
    facts = {"period": period, "found": passage.text, "missing": missing}
    return Verdict(Outcome.FAILED, "part_of_period", "", facts, (Seen(passage.at, passage.text),))


def _relevant(evidence: Evidence, params: Params) -> list[Document]:
    documents = [d for d in evidence.documents if has_content(d, pictures=False)]
    if params.of:
        named = [
            d for d in documents if any(c.named_in(p.text) for c in params.of for p in passages(d) if p.part != "link")
        ]
        documents = named
    deeper = [d for d in documents if d.capture.depth]
    return [*deeper, *(d for d in documents if not d.capture.depth)]


def _period_words(rule: str, year: FiscalYear) -> str:
    if rule == "first_half":
        return f"ช่วง 6 เดือนแรกของปีงบประมาณ พ.ศ. {year.year_be}"
    if rule == "previous_year":
        return f"ปีงบประมาณ พ.ศ. {year.year_be - 1}"
    return f"ปีงบประมาณ พ.ศ. {year.year_be}"


def _year(document: Document, rule: str, year: FiscalYear, period: str) -> Verdict:
    target = year.year_be - 1 if rule == "previous_year" else year.year_be
    claims = year_claims(document)
    if not claims:
        return _by_dates(document, target, period)
    if rule == "in_force" and all(c.kind in ("date", "range") for c in claims):
        return _since(document, claims, year, period)
    contrary = _beneath_title(document, claims, target)
    if contrary:
        return contrary.verdict(period)
    own = [c for c in claims if c.year_be == target]
    others = [c for c in claims if c.year_be != target]
    of_data = next((c for c in others if _OF_DATA.match(c.quote)), None)
    if of_data and not any(_OF_DATA.match(c.quote) for c in own):
        return _unclear(period, of_data)
    strongest_other = max((c.weight for c in others), default=0)
    if own and (own[0].weight >= strongest_other or (rule == "in_force" and own[0].kind == "span")):
        return _passed(period, own[0])
    if own and own[0].weight >= 5:
        return _passed(period, own[0]) if own[0].kind in ("fiscal", "annual") else _unclear(period, others[0])
    if own:
        return _unclear(period, others[0])
    if strongest_other < 3 and rule != "fiscal_year":
        return _unclear(period, others[0])
    return Verdict(
        Outcome.FAILED,
        "other_year",
        "",
        {"period": period, "found": str(others[0].year_be)},
        (Seen(others[0].at, others[0].quote),),
    )


def _by_dates(document: Document, target: int, period: str) -> Verdict:
    """What the days tell on which the text says that things were done, where the paper names no year of its own."""
    dated = [(p, n) for p in body(document) for n in months_named(p.text) if n.day and n.year_given]
    own = [p for p, n in dated if fiscal_year_of(n.month).year_be == target]
    others = [p for p, n in dated if fiscal_year_of(n.month).year_be != target]
    if own and not others:
        return _passed_by(period, own[0])
    deeds = [p for p in others if reports_done(p.text)]
    if deeds and not own and len(deeds) == len(others):
        seen = (Seen(deeds[0].at, deeds[0].text),)
        return Verdict(Outcome.FAILED, "other_year", "", {"period": period, "found": deeds[0].text}, seen)
    return Verdict(Outcome.CANT_TELL, "period_not_stated", "", {"period": period})


@dataclass(frozen=True, slots=True)
class _Contrary:
    """A year that the content under a page's title gives itself, other than the title's; `certain`: its dates agree."""

    claim: Claim
    certain: bool

    def verdict(self, period: str) -> Verdict:
        facts = {"period": period, "found": str(self.claim.year_be) if self.certain else self.claim.quote}
        outcome, reason = (Outcome.FAILED, "other_year") if self.certain else (Outcome.CANT_TELL, "period_unclear")
        return Verdict(outcome, reason, "", facts, (Seen(self.claim.at, self.claim.quote),))


def _beneath_title(document: Document, claims: tuple[Claim, ...], target: int) -> _Contrary | None:
    """Where a web page is titled with the right year and its first lines say another: those are the report's own."""
    if document.kind != "html" or document.capture.depth:
        return None
    heads = [p.text for p in passages(document) if p.part == "heading"]
    titles = {fold(document.title), *map(fold, heads[:1])}
    own = [c for c in claims if not any(fold(c.quote) in t or t in fold(c.quote) for t in titles if t)]
    stated = [c for c in own if c.kind in ("fiscal", "annual") or (c.kind == "range" and c.weight >= WIDE_RANGE)]
    if not stated or any(c.year_be == target for c in own):
        return None
    if not any(c.year_be == target for c in claims) or any(c.kind == "span" for c in claims):
        return None
    other = stated[0]
    told = [*body(document), *(p for p in passages(document) if p.text == other.quote)]
    dates = [n.month for p in told for n in months_named(p.text) if n.year_given]
    agree = sum(fiscal_year_of(m).year_be == other.year_be for m in dates)
    return _Contrary(other, bool(dates) and agree * 2 > len(dates))


def _since(document: Document, claims: tuple[Claim, ...], year: FiscalYear, period: str) -> Verdict:
    """A rule that names no fiscal year is in force from its date on, when it says so; its age alone tells nothing."""
    begun = [c for c in claims if c.year_be <= year.year_be]
    if not begun:
        return Verdict(
            Outcome.FAILED,
            "other_year",
            "",
            {"period": period, "found": claims[0].quote},
            (Seen(claims[0].at, claims[0].quote),),
        )
    lasting = any(_IN_FORCE.search(p.text) for p in passages(document))
    if lasting or any(c.year_be == year.year_be for c in begun):
        return _passed(period, begun[0])
    return _unclear(period, begun[0])


def _passed(period: str, claim: Claim) -> Verdict:
    return Verdict(
        Outcome.PASSED, "in_period", "", {"period": period, "found": claim.quote}, (Seen(claim.at, claim.quote),)
    )


def _passed_by(period: str, passage: Passage) -> Verdict:
    return Verdict(
        Outcome.PASSED, "in_period", "", {"period": period, "found": passage.text}, (Seen(passage.at, passage.text),)
    )


def _unclear(period: str, claim: Claim) -> Verdict:
    return Verdict(
        Outcome.CANT_TELL,
        "period_unclear",
        "",
        {"period": period, "found": claim.quote},
        (Seen(claim.at, claim.quote),),
    )


def _first_half(document: Document, rule: str, year: FiscalYear, period: str) -> Verdict:
    wanted = set(year.first_half())
    stated = fiscal_year_stated_in(document)
    base = stated or year
    named = [(p, n) for p in _period_passages(document) for n in months_named(p.text, base)]
    spans = [(p, n) for p, n in named if n.kind in ("range", "half", "quarter") or (not n.day)]
    covered: set[Month] = {n.month for _, n in spans}
    as_of = [(p, n) for p, n in named if n.day >= 28 and n.month == year.first_half()[-1] and _is_as_of(p, n)]
    if wanted <= covered:
        passage, _ = next((p, n) for p, n in spans if n.month in wanted)
        return _passed_by(period, passage)
    if as_of and (stated is None or stated == year):
        passage = as_of[0][0]
        return _passed_by(period, passage)
    if stated and stated != year:
        claim = year_claims(document)[0]
        return Verdict(
            Outcome.FAILED,
            "other_year",
            "",
            {"period": period, "found": str(stated.year_be)},
            (Seen(claim.at, claim.quote),),
        )
    reported = {n.month for p, n in spans if p.part != "cell"}
    part = wanted & reported
    listed = {n.month for p, n in named if not n.day and p.part in ("header", "caption", "cell") and n.kind == "month"}
    if stated in (None, year) and len(listed & wanted) >= 2 and wanted <= listed:
        passage = next(p for p, n in named if n.month in wanted)
        return _passed_by(period, passage)
    heads = {n.month for p, n in named if not n.day and p.part in ("header", "caption") and n.kind == "month"}
    if len(heads) >= 2 and not wanted <= heads:
        passage = next(p for p, n in named if n.month in heads)
        facts = {"period": period, "found": passage.text}
        seen = (Seen(passage.at, passage.text),)
        if heads & wanted:
            missing = ", ".join(m.thai_short for m in sorted(wanted - heads))
            return Verdict(Outcome.FAILED, "part_of_period", "", {**facts, "missing": missing}, seen)
        return Verdict(Outcome.FAILED, "other_year", "", facts, seen)
    wide = [(p, n) for p, n in spans if n.kind in ("range", "quarter", "half") and p.part != "cell"]
    if wide and part and part != wanted:
        missing = ", ".join(m.thai_short for m in sorted(wanted - part))
        facts = {"period": period, "found": wide[0][0].text, "missing": missing}
        return Verdict(Outcome.FAILED, "part_of_period", "", facts, (Seen(wide[0][0].at, wide[0][0].text),))
    if wide and not part:
        facts = {"period": period, "found": wide[0][0].text}
        return Verdict(Outcome.FAILED, "other_year", "", facts, (Seen(wide[0][0].at, wide[0][0].text),))
    if spans or stated:
        text = spans[0][0].text if spans else f"{year.year_be}"
        places = (Seen(spans[0][0].at, text),) if spans else ()
        return Verdict(Outcome.CANT_TELL, "period_unclear", "", {"period": period, "found": text}, places)
    return Verdict(Outcome.CANT_TELL, "period_not_stated", "", {"period": period})


def _period_passages(document: Document) -> list[Passage]:
    """Where a report says what time it covers: headings, captions, column heads and its first lines."""
    told = [p for p in passages(document) if p.part != "link"]
    lines = [p for p in told if p.part != "cell"]
    # Row labels of a table that goes by months ("ต.ค. 2565") say what it covers; dates inside its cells do not.
    labels = [p for p in told if p.part == "cell" and len(p.text) <= LONGEST_LABEL and months_named(p.text)]
    return [
        *(p for i, p in enumerate(lines) if i < 16 or p.part in ("heading", "caption", "header") or p.strong),
        *labels,
    ]


def _is_as_of(passage: Passage, named: NamedMonth) -> bool:
    before = passage.text[max(0, named.start - 24) : named.start]
    return any(w in before for w in ("ณ", "ถึง", "สิ้นสุด", "ข้อมูล", "-", "–"))


def _by_link(evidence: Evidence, rule: str, year: FiscalYear, period: str, best: Verdict) -> Verdict:
    """A document that states no time but is handed out under a link or page naming one: a person must look."""
    if best.reason != "period_not_stated":
        return best
    target = year.year_be - 1 if rule == "previous_year" else year.year_be
    for document in evidence.documents:
        if str(target) in arabic_digits(document.capture.link_text):
            return Verdict(
                Outcome.CANT_TELL, "only_in_link", "", {"period": period, "found": document.capture.link_text}
            )
    return best

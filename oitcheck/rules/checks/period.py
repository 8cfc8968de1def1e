"""Is the document of the right time: this fiscal year, the year before, its first six months, in force?

True: title, headings, captions or the date of signing say so. False: they say another time, or only a part of the six
months. Undecided: no time is stated, or two different ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_calendar import FiscalYear, Month, NamedMonth, months_named
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.admission import has_content
from oitcheck.reading.passages import Passage, passages
from oitcheck.reading.periods import Claim, fiscal_year_stated_in, year_claims


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
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict: the best that any document of the evidence can show."""
    documents = _relevant(evidence, params)
    period = _period_words(params.rule, context.fiscal_year)
    if not documents:
        yield Verdict(Outcome.FAILED, "nothing_to_date", "", {"period": period})
        return
    judge = _first_half if params.rule == "first_half" else _year
    verdicts = [judge(d, params.rule, context.fiscal_year, period) for d in documents]
    order = {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.CANT_TELL: 2, Outcome.INAPPLICABLE: 3}
    best = min(verdicts, key=lambda v: order[v.outcome])
    if best.outcome is not Outcome.PASSED:
        best = _by_link(evidence, params.rule, context.fiscal_year, period, best)
    yield best


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
        return Verdict(Outcome.CANT_TELL, "period_not_stated", "", {"period": period})
    own = [c for c in claims if c.year_be == target]
    others = [c for c in claims if c.year_be != target]
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


def _passed(period: str, claim: Claim) -> Verdict:
    return Verdict(
        Outcome.PASSED, "in_period", "", {"period": period, "found": claim.quote}, (Seen(claim.at, claim.quote),)
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
        return Verdict(
            Outcome.PASSED,
            "in_period",
            "",
            {"period": period, "found": passage.text},
            (Seen(passage.at, passage.text),),
        )
    if as_of and (stated is None or stated == year):
        passage = as_of[0][0]
        return Verdict(
            Outcome.PASSED,
            "in_period",
            "",
            {"period": period, "found": passage.text},
            (Seen(passage.at, passage.text),),
        )
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
        seen = (Seen(spans[0][0].at, text),) if spans else ()
        return Verdict(Outcome.CANT_TELL, "period_unclear", "", {"period": period, "found": text}, seen)
    return Verdict(Outcome.CANT_TELL, "period_not_stated", "", {"period": period})


def _period_passages(document: Document) -> list[Passage]:
    """Where a report says what time it covers: headings, captions, column heads and its first lines."""
    told = [p for p in passages(document) if p.part not in ("link", "cell")]
    return [p for i, p in enumerate(told) if i < 16 or p.part in ("heading", "caption", "header") or p.strong]


def _is_as_of(passage: Passage, named: NamedMonth) -> bool:
    before = passage.text[max(0, named.start - 24) : named.start]
    return any(w in before for w in ("ณ", "ถึง", "สิ้นสุด", "ข้อมูล", "-", "–"))


def _by_link(evidence: Evidence, rule: str, year: FiscalYear, period: str, best: Verdict) -> Verdict:
    """A document that states no time but is handed out under a link or page naming one: a person must look."""
    if best.reason != "period_not_stated":
        return best
    target = year.year_be - 1 if rule == "previous_year" else year.year_be
    for document in evidence.documents:
        if str(target) in document.capture.link_text:
            return Verdict(
                Outcome.CANT_TELL, "only_in_link", "", {"period": period, "found": document.capture.link_text}
            )
    return best

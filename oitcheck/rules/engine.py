"""Evidence × item → verdicts on each requirement and on the item, by four rules: gate, fairness, no consent by silence,
worst wins. Pure: no network, no clock, no database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from oitcheck.lib.terms import first_named
from oitcheck.lib.thai_calendar import Month
from oitcheck.lib.thai_text import clean
from oitcheck.lib.urls import is_on, readable
from oitcheck.model.agency import Submission
from oitcheck.model.checklist import Item, Requirement
from oitcheck.model.context import Context
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Evidence, FetchOutcome, Locator
from oitcheck.model.finding import LONGEST_QUOTE, Finding, Outcome, SearchedRow, Seen, SeenRow, Verdict, worst
from oitcheck.reading.admission import admitted, draft_title
from oitcheck.reading.item_links import called_by_links
from oitcheck.reading.passages import passages
from oitcheck.reading.periods import months_of_link
from oitcheck.rules.checks import CHECKS, period

log = logging.getLogger(__name__)

WHOLE = "*"
Row = tuple[Requirement, Verdict, str]  # the last is the code of the finding
# Checks that see to the time themselves.
TELL_TIME = frozenset({"period", "monthly_report", "dated_entries"})
# Times of an item that its content must be of, whether an element asks for it or not.
ASKED_PERIODS = frozenset({"fiscal_year", "previous_year", "first_half", "in_force"})
# Links of one page that name so many items list them.
LEAST_SUBJECTS = 3
UNCONFIRMED_BASES = frozenset({"practice", "advice", "recall"})

# The engine's own reasons, with the facts their messages may use.
REASONS: dict[str, frozenset[str]] = {
    "gate.not_due": frozenset({"deadline"}),
    "gate.not_submitted": frozenset(),
    "gate.not_main_website": frozenset({"url", "hosts"}),
    "gate.no_main_website_known": frozenset({"url"}),
    "gate.left_main_website": frozenset({"url", "final_url"}),
    "gate.page_gone": frozenset({"url"}),
    "gate.empty_file": frozenset({"url"}),
    "gate.not_readable": frozenset({"what", "url"}),
    "gate.kind_differs": frozenset({"found", "url"}),
    "gate.other_agency": frozenset({"found", "url"}),
    "gate.criteria_copied": frozenset({"found", "url"}),
    "gate.no_content": frozenset({"found", "url"}),
    "gate.template": frozenset({"found", "url"}),
    "gate.result_blank": frozenset({"found", "url"}),
    "engine.nothing_found": frozenset(),
    "engine.check_crashed": frozenset(),
    "engine.nothing_sure_to_date": frozenset({"period"}),
    "engine.subject_unnamed": frozenset({"what"}),
    "engine.under_another_item": frozenset({"found"}),
    "engine.other_period": frozenset({"period", "found"}),
    "engine.draft": frozenset({"found"}),
    "item.complete": frozenset({"count"}),
    "item.elements_missing": frozenset({"count", "missing"}),
    "item.elements_undecided": frozenset({"count", "undecided"}),
    "item.unconfirmed_missing": frozenset({"missing"}),
}


@dataclass(frozen=True, slots=True)
class Judging:
    """What the engine is told about the round: the deadline (None: unknown, counts as passed) and the house policy."""

    closes_on: date | None = None
    unconfirmed: str = "count"


def assess(
    item: Item, submission: Submission, evidence: Evidence, context: Context, judging: Judging
) -> tuple[Finding, ...]:
    """All findings of one submission: the item's row, one row for each requirement, and rows for single things."""
    gate = _gate(submission, evidence, context, judging)
    if gate:
        rows = [(r, gate, f"gate.{gate.reason}") for r in item.requirements]
        return _findings(item, rows, evidence, context, (gate, f"gate.{gate.reason}"))
    counted = admitted(evidence, context)
    listing = _listing_pages(evidence, context)
    if not counted.documents and counted.set_aside:
        refusal = _refusal(counted)
        held = _held_back(refusal, counted, context, listing)
        rows = [(r, held, f"gate.{held.reason}") for r in item.requirements]
        at_the_foot = _told_at_the_foot(item, evidence, context) if held.reason == "no_content" else []
        if at_the_foot:
            told = {requirement.id for requirement, _, _ in at_the_foot}
            rows = [*at_the_foot, *(row for row in rows if row[0].id not in told)]
            return _findings(item, rows, evidence, context, _item_verdict(item, rows, judging))
        return _findings(item, rows, evidence, context, (held, f"gate.{held.reason}"))
    called = called_by_links(counted, evidence, context)
    counted = replace(counted, blind_spots=tuple(s for s in counted.blind_spots if s.capture.url not in called.unread))
    doubtful = (*called.others, *called.under_others)
    if called.is_list:
        counted, doubtful = called.without(counted, called.others), called.under_others
    rows = _judged(item, counted, context, listing)
    if doubtful:
        rows = _by_own_papers(rows, _judged(item, called.without(counted, doubtful), context, listing), doubtful)
    would_be_complete = _item_verdict(item, rows, judging)[0].outcome is Outcome.PASSED
    if would_be_complete and _of_another_item(counted, context):
        rows = [_in_doubt(row, "subject_unnamed", {"what": row[0].text}) for row in rows]
    untimely = _untimely(counted, context) if would_be_complete else None
    if untimely:
        rows = [_in_doubt(row, "other_period", untimely) for row in rows]
    draft = _draft(counted) if would_be_complete else ""
    if draft:
        rows = [_in_doubt(row, "draft", {"found": draft}) for row in rows]
    return _findings(item, rows, evidence, context, _item_verdict(item, rows, judging))


def _gate(submission: Submission, evidence: Evidence, context: Context, judging: Judging) -> Verdict | None:
    if not submission.urls:
        # Judged as at the end of that day, so the day of the deadline is the first on which nothing may be missing.
        if judging.closes_on is not None and context.as_of < judging.closes_on:
            return Verdict(Outcome.INAPPLICABLE, "not_due", facts={"deadline": judging.closes_on.isoformat()})
        return Verdict(Outcome.FAILED, "not_submitted")
    submitted = evidence.submitted
    first = submitted[0] if submitted else None
    url = readable(first.url if first else submission.urls[0])
    if not context.agency.hosts:
        return Verdict(Outcome.CANT_TELL, "no_main_website_known", facts={"url": url})
    on_site = [c for c in submitted if c.outcome is not FetchOutcome.OFF_SITE]
    if submitted and not on_site:
        return Verdict(
            Outcome.FAILED,
            "not_main_website",
            facts={"url": url, "hosts": " ".join(context.agency.hosts)},
            seen=(Seen(Locator("", "url"), url),),
        )
    here = [c for c in on_site if c.outcome.is_ok]
    if here and all(not is_on(c.final_url, context.agency.hosts) for c in here):
        facts = {"url": url, "final_url": readable(here[0].final_url)}
        return Verdict(
            Outcome.CANT_TELL,
            "left_main_website",
            facts=facts,
            seen=(Seen(Locator(here[0].sha256, "url"), facts["final_url"]),),
        )
    if any(d.capture.depth == 0 for d in evidence.documents):
        return None
    return _unreadable(on_site, evidence)


def _unreadable(on_site: list[Capture], evidence: Evidence) -> Verdict | None:
    """Why nothing that was submitted could be read; None when something further on could be."""
    if not on_site:
        return Verdict(Outcome.CANT_TELL, "not_readable", facts={"what": "not_reached", "url": ""})
    url = readable(on_site[0].url)
    if all(c.outcome.is_permanent for c in on_site):
        seen = tuple(Seen(Locator(c.sha256, "url"), readable(c.url)) for c in on_site)
        if all(c.attempts >= 2 for c in on_site):
            return Verdict(Outcome.FAILED, "page_gone", facts={"url": url}, seen=seen)
        return Verdict(Outcome.CANT_TELL, "not_readable", facts={"what": on_site[0].outcome.value, "url": url})
    reasons = [b for b in evidence.blind_spots if b.capture.depth == 0]
    if reasons and all(b.reason is BlindReason.EMPTY_FILE for b in reasons):
        return Verdict(Outcome.FAILED, "empty_file", facts={"url": url})
    if evidence.documents:
        return None
    what = reasons[0].reason.value if reasons else on_site[0].outcome.value
    troubled = [c for c in on_site if not c.outcome.is_ok]
    if troubled:
        what = troubled[0].outcome.value
    return Verdict(Outcome.CANT_TELL, "not_readable", facts={"what": what, "url": url})


def _refusal(counted: Evidence) -> Verdict:
    aside = counted.set_aside[0]
    facts = {"found": "", "url": readable(aside.document.capture.url), **aside.facts}
    return Verdict(Outcome.FAILED, aside.reason, facts=facts, seen=(Seen(aside.at, aside.quote),))


def _judge(requirement: Requirement, evidence: Evidence, context: Context, listing: Collection[str]) -> list[Row]:
    check = CHECKS[requirement.check]
    try:
        verdicts = list(check.run(evidence, requirement.params, context))
    except Exception:
        log.exception("check %s crashed on %s of %s", requirement.check, requirement.id, context.agency.id)
        return [(requirement, Verdict(Outcome.CANT_TELL, "check_crashed"), "engine.check_crashed")]
    if not verdicts:
        return [(requirement, Verdict(Outcome.CANT_TELL, "nothing_found"), "engine.nothing_found")]
    fair = [_held_back(v, evidence, context, listing) for v in verdicts]
    code: Callable[[Verdict], str] = lambda v: f"{requirement.check}.{v.reason}"  # noqa: E731
    if len(fair) == 1 and not fair[0].about:
        return [(requirement, fair[0], code(fair[0]))]
    deciding = next(v for v in fair if v.outcome is worst(v.outcome for v in fair))
    summary = replace(deciding, about="")
    if deciding.outcome is Outcome.PASSED:
        summary = replace(summary, seen=tuple(s for v in fair for s in v.seen)[:12])
    rows = [(requirement, summary, code(summary))]
    rows.extend((requirement, v, code(v)) for v in fair if v.about)
    return rows


def _told_at_the_foot(item: Item, evidence: Evidence, context: Context) -> list[Row]:
    """What a page without content tells all the same, by the foot that it shares with every page of the site."""
    of_contact = (row for r in item.requirements if r.check == "contact" for row in _judge(r, evidence, context, ()))
    return [row for row in of_contact if row[1].outcome is Outcome.PASSED and not row[1].about]


def _judged(item: Item, evidence: Evidence, context: Context, listing: Collection[str]) -> list[Row]:
    rows = [row for requirement in item.requirements for row in _judge(requirement, evidence, context, listing)]
    return [_dated(row, rows, evidence, context, listing) for row in rows]


def _by_own_papers(rows: list[Row], own: list[Row], doubtful: Sequence[tuple[Document, str]]) -> list[Row]:
    """What papers tell that no link calls another item's; what only those of other items hold is left to a person."""
    alone = _by_requirement(own)
    found: list[Row] = []
    for requirement_id, these in _by_requirement(rows).items():
        of_own = alone.get(requirement_id, [])
        outcome = _whole_outcome(of_own)
        if outcome is Outcome.PASSED or (outcome is Outcome.FAILED and _whole_outcome(these) is Outcome.FAILED):
            found.extend(of_own)
            continue
        for row in these:
            quoted = {seen.at.sha256 for seen in row[1].seen}
            text = next((text for paper, text in doubtful if paper.capture.sha256 in quoted), doubtful[0][1])
            found.append(_in_doubt(row, "under_another_item", {"found": text}))
    return found


def _by_requirement(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[0].id, []).append(row)
    return found


def _whole_outcome(rows: Iterable[Row]) -> Outcome | None:
    return next((verdict.outcome for _, verdict, _ in rows if not verdict.about), None)


def _dated(
    row: Row,
    rows: Sequence[Row],
    evidence: Evidence,
    context: Context,
    listing: Collection[str],
) -> Row:
    """Where no element of what is asked for is there, there is nothing to be of the right time either; where none is
    there for certain, what is of the right time may be something else."""
    requirement, verdict, _ = row
    if requirement.check != "period" or verdict.outcome is Outcome.FAILED:
        return row
    others = [v for r, v, _ in rows if r.check != "period" and r.binding and not v.about]
    if not others or any(v.outcome is Outcome.PASSED for v in others):
        return row
    told = verdict.facts.get("period", "")
    if any(v.outcome is not Outcome.FAILED for v in others):
        if verdict.outcome is not Outcome.PASSED:
            return row
        unsure = replace(verdict, outcome=Outcome.CANT_TELL, reason="nothing_sure_to_date", facts={"period": told})
        return requirement, unsure, "engine.nothing_sure_to_date"
    nothing = Verdict(Outcome.FAILED, "nothing_to_date", facts={"period": told})
    return requirement, _held_back(nothing, evidence, context, listing), "period.nothing_to_date"


def _of_another_item(counted: Evidence, context: Context) -> bool:
    """Whether everything that counts is called by what another item is about, and nothing by what this one is."""
    others = [c for c in context.vocabulary.in_group("subject") if c not in context.item.subject]
    called: list[bool] = []
    for document in counted.documents:
        told = (document.title, document.capture.link_text, *(p.text for p in passages(document) if p.part != "link"))
        if any(subject.named_in(text) for subject in context.item.subject for text in told):
            return False
        heads = [document.title, *(p.text for p in passages(document) if p.part in ("heading", "caption"))]
        called.append(any(first_named(others, head) for head in heads))
    return bool(called) and all(called)


def _untimely(counted: Evidence, context: Context) -> Mapping[str, str] | None:
    """What tells that everything is of another time than the item's, where no element asks for the time."""
    rule = context.item.period
    if rule not in ASKED_PERIODS or any(r.check in TELL_TIME for r in context.item.requirements):
        return None
    params = period.Params(rule=rule)  # type: ignore[arg-type]
    verdict = next(period.run(counted, params, context))
    if verdict.outcome is Outcome.FAILED and verdict.reason == "other_year":
        return {"period": verdict.facts["period"], "found": verdict.facts["found"]}
    return None


def _draft(counted: Evidence) -> str:
    """The title of a draft, where all that is handed out are drafts; "" else."""
    papers = [d for d in counted.documents if d.capture.depth] or counted.documents
    titles = [draft_title(d) for d in papers]
    return titles[0] if titles and all(titles) else ""


def _in_doubt(row: Row, reason: str, facts: Mapping[str, str]) -> Row:
    """What is there, left to a person: it may be of another matter, or of another time."""
    requirement, verdict, _ = row
    if verdict.outcome is not Outcome.PASSED:
        return row
    return requirement, replace(verdict, outcome=Outcome.CANT_TELL, reason=reason, facts=facts), f"engine.{reason}"


def _held_back(verdict: Verdict, evidence: Evidence, context: Context, listing: Collection[str]) -> Verdict:
    """`failed` becomes `cant_tell` while something unread might hold what is missing; the reason stays."""
    if verdict.outcome is not Outcome.FAILED:
        return verdict
    if any(_might_hold(spot, verdict, context, listing) for spot in evidence.blind_spots):
        return replace(verdict, outcome=Outcome.CANT_TELL)
    return verdict


def _listing_pages(evidence: Evidence, context: Context) -> frozenset[str]:
    """The addresses of pages whose links name several items: there a name tells one paper from another."""
    subjects = context.vocabulary.in_group("subject")
    found: set[str] = set()
    for page in evidence.documents:
        links = {clean(link.text) for section in page.content for link in section.links}
        named = {c.id for text in links if text for c in (first_named(subjects, text),) if c}
        if len(named) >= LEAST_SUBJECTS:
            found.update((page.capture.url, page.capture.final_url))
    return frozenset(found)


def _might_hold(spot: BlindSpot, verdict: Verdict, context: Context, listing: Collection[str]) -> bool:
    """Whether an unread thing may hold what a verdict misses: not when it names another month, or another item on a
    page that lists several."""
    if spot.capture.outcome.is_permanent or spot.reason is BlindReason.EMPTY_FILE:
        return False
    name = clean(spot.capture.link_text)
    months = months_of_link(spot.capture, context.fiscal_year)
    if verdict.about and months:
        try:
            return Month.parse(verdict.about) in months
        except ValueError:
            pass
    if not name or spot.capture.depth == 0 or spot.capture.found_on not in listing:
        return True
    if any(s.named_in(name) for s in context.item.subject):
        return True
    return not any(c.named_in(name) for c in context.vocabulary.in_group("subject"))


def _item_verdict(item: Item, rows: Iterable[Row], judging: Judging) -> tuple[Verdict, str]:
    by_id = {r.id: (r, v) for r, v, _ in rows if not v.about and r.binding}
    failed = [i for i, (_, v) in by_id.items() if v.outcome is Outcome.FAILED]
    undecided = [i for i, (_, v) in by_id.items() if v.outcome is Outcome.CANT_TELL]
    confirmed = [i for i in failed if by_id[i][0].basis not in UNCONFIRMED_BASES]
    if failed and judging.unconfirmed == "review" and not confirmed:
        facts = {"missing": ", ".join(failed)}
        return Verdict(Outcome.CANT_TELL, "unconfirmed_missing", facts=facts), "item.unconfirmed_missing"
    if failed:
        facts = {"count": str(len(failed)), "missing": ", ".join(failed)}
        return Verdict(Outcome.FAILED, "elements_missing", facts=facts), "item.elements_missing"
    if undecided:
        facts = {"count": str(len(undecided)), "undecided": ", ".join(undecided)}
        return Verdict(Outcome.CANT_TELL, "elements_undecided", facts=facts), "item.elements_undecided"
    return Verdict(Outcome.PASSED, "complete", facts={"count": str(len(by_id))}), "item.complete"


def _findings(
    item: Item,
    rows: Iterable[Row],
    evidence: Evidence,
    context: Context,
    whole: tuple[Verdict, str],
) -> tuple[Finding, ...]:
    captures = {c.sha256: c for c in reversed(evidence.captures) if c.sha256}
    if evidence.home:
        captures.setdefault(evidence.home.capture.sha256, evidence.home.capture)
    for aside in evidence.set_aside:
        captures.setdefault(aside.document.capture.sha256, aside.document.capture)
    searched = _searched(evidence)
    first = evidence.captures[0] if evidence.captures else None

    def row(requirement: str, verdict: Verdict, code: str, binding: bool, basis: str) -> Finding:
        open_outcome = verdict.outcome in (Outcome.FAILED, Outcome.CANT_TELL)
        return Finding(
            agency_id=context.agency.id,
            item=item.id,
            requirement=requirement,
            about=verdict.about,
            outcome=verdict.outcome,
            reason=verdict.reason,
            code=code,
            binding=binding,
            basis=basis,
            facts=dict(verdict.facts),
            seen=tuple(_seen_row(s, captures, first) for s in verdict.seen if s.at.sha256 in captures or first),
            searched=searched if open_outcome else (),
        )

    verdict, code = whole
    found = [row(WHOLE, replace(verdict, about=""), code, True, "direct")]
    taken: set[tuple[str, str]] = set()
    for requirement, one, code in rows:
        key = (requirement.id, one.about)
        if key not in taken:
            taken.add(key)
            found.append(row(requirement.id, one, code, requirement.binding, requirement.basis))
    return tuple(found)


def _seen_row(seen: Seen, captures: dict[str, Capture], first: Capture | None) -> SeenRow:
    capture = captures.get(seen.at.sha256) or first
    if capture is None:
        raise ValueError("a quotation without a capture")
    quote = clean(seen.quote)[:LONGEST_QUOTE]
    return SeenRow(capture.url, capture.final_url, seen.at.sha256, capture.fetched_at, seen.at.place, quote)


def _searched(evidence: Evidence) -> tuple[SearchedRow, ...]:
    documents: dict[str, list[Document]] = {}
    for document in (*evidence.documents, *(a.document for a in evidence.set_aside)):
        documents.setdefault(document.capture.url, []).append(document)
    blind = {b.capture.url: b for b in evidence.blind_spots}
    rows = []
    for capture in evidence.captures:
        of_it = documents.get(capture.url, [])
        spot = blind.get(capture.url)
        outcome = capture.outcome.value
        if capture.outcome.is_ok:
            outcome = spot.reason.value if spot else "read" if of_it else "not_read"
        kind = "archive" if any(d.member for d in of_it) else of_it[-1].kind if of_it else ""
        pages = sum(d.pages for d in of_it if d.member) or (of_it[-1].pages if of_it else 0)
        ocr = any(d.ocr for d in of_it)
        rows.append(SearchedRow(capture.url, capture.sha256, kind, pages, ocr, outcome))
    return tuple(rows)

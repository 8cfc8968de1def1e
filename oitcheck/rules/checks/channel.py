"""Is there a channel of this sort: online and for corruption only, protecting the informant, or two-way for questions?

True: a form, an online address or a chat of that purpose stands on the page; the page says what is asked. False: none,
or only a general one. Undecided: the page sends on to a service that cannot be read from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import BlindReason, Document, Evidence, Form, Link, Locator, Section
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.contacts import emails
from oitcheck.reading.passages import names_unexcluded, passages

_ONLINE_FORM = re.compile(
    r"docs\.google\.com/forms|forms\.gle|forms\.office|surveymonkey|jotform|typeform", re.IGNORECASE
)
_CHAT = re.compile(
    r"m\.me/|messenger\.com/t/|lin\.ee/|line\.me/(?:R/)?(?:ti/)?p/|page\.line\.me|line\.me/R/oa|wa\.me/|tawk\.to|crisp\.chat|zendesk",
    re.IGNORECASE,
)
_GROUP = re.compile(r"line\.me/(?:R/)?ti/g|line\.me/ti/g2|chat\.whatsapp", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Params:
    """What sort of channel.

    `sort`: online (of `purpose`), separate (from `general`), protects (`protection` is said), two_way (for questions).
    """

    sort: Literal["online", "separate", "protects", "two_way"]
    purpose: Concept
    general: Concept | None = None
    protection: Concept | None = None


REASONS: Mapping[str, frozenset[str]] = {
    "online_found": frozenset({"found"}),
    "separate_found": frozenset({"found"}),
    "protection_said": frozenset({"found"}),
    "two_way_found": frozenset({"found"}),
    "general_only": frozenset({"found"}),
    "mixed_with_general": frozenset({"found"}),
    "protection_missing": frozenset(),
    "online_missing": frozenset({"purpose"}),
    "two_way_missing": frozenset(),
    "one_way_only": frozenset({"found"}),
    "service_unreadable": frozenset({"found"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict."""
    if params.sort == "two_way":
        yield _two_way(evidence, params)
        return
    channel = _online(evidence, params.purpose)
    if channel is None:
        yield _no_channel(evidence, params)
        return
    document, section, found, at = channel
    seen = (Seen(at, found),)
    if params.sort == "online":
        yield Verdict(Outcome.PASSED, "online_found", "", {"found": found}, seen)
    elif params.sort == "separate":
        yield _separate(document, section, found, seen, params)
    else:
        yield _protects(evidence, params)


def _purposeful(document: Document, section: Section, purpose: Concept) -> str:
    """The text that gives a section its purpose: its heading, the page's title or first heading, or its own lines."""
    texts = [*reversed(section.heading), document.title, *(line.text for line in section.lines)]
    texts.extend(w for form in section.forms for w in form.words)
    texts.extend(p.text for p in passages(document)[:6] if p.part in ("heading", "line"))
    return next((t for t in texts if names_unexcluded(purpose, t)), "")


def _is_open(form: Form) -> bool:
    """A form to write in, not a search box or a login."""
    return "password" not in form.fields and (
        "textarea" in form.fields or len([f for f in form.fields if f in ("text", "email", "tel", "file", "")]) >= 2
    )


def _online(evidence: Evidence, purpose: Concept) -> tuple[Document, Section, str, Locator] | None:
    for document in evidence.documents:
        for section in document.content:
            reason = _purposeful(document, section, purpose)
            if not reason:
                continue
            for form in section.forms:
                if _is_open(form):
                    return document, section, reason, form.at
            for link in section.links:
                if _ONLINE_FORM.search(link.url) or (_CHAT.search(link.url) and purpose.named_in(link.text)):
                    return document, section, reason, link.at
            for line in section.lines:
                if emails(line.text) and names_unexcluded(
                    purpose, " ".join((*section.heading, document.title, line.text))
                ):
                    return document, section, line.text, line.at
    return None


def _no_channel(evidence: Evidence, params: Params) -> Verdict:
    for document in evidence.documents:
        for section in document.content:
            for form in section.forms:
                if _is_open(form):
                    found = " ".join(section.heading[-1:]) or document.title
                    return Verdict(Outcome.FAILED, "general_only", "", {"found": found}, (Seen(form.at, found),))
    if any(b.reason is BlindReason.OTHER_SERVICE for b in evidence.blind_spots):
        return Verdict(Outcome.CANT_TELL, "service_unreadable", "", {"found": evidence.blind_spots[0].detail})
    return Verdict(Outcome.FAILED, "online_missing", "", {"purpose": params.purpose.title})


def _separate(document: Document, section: Section, found: str, seen: tuple[Seen, ...], params: Params) -> Verdict:
    """Mixed when the form offers general topics beside corruption, or a heading over it names both."""
    general = params.general
    if general is not None:
        for form in section.forms:
            mixed = [w for w in form.words if general.named_in(w) and not params.purpose.named_in(w)]
            if mixed:
                return Verdict(
                    Outcome.FAILED, "mixed_with_general", "", {"found": mixed[0]}, (Seen(form.at, mixed[0]),)
                )
        heads = [*section.heading, document.title]
        if not any(params.purpose.named_in(h) for h in heads) and any(general.named_in(h) for h in heads):
            head = next(h for h in heads if general.named_in(h))
            return Verdict(Outcome.FAILED, "mixed_with_general", "", {"found": head}, seen)
    return Verdict(Outcome.PASSED, "separate_found", "", {"found": found}, seen)


def _protects(evidence: Evidence, params: Params) -> Verdict:
    assert params.protection is not None
    for document in evidence.documents:
        for passage in passages(document):
            if passage.part != "link" and params.protection.named_in(passage.text):
                return Verdict(
                    Outcome.PASSED, "protection_said", "", {"found": passage.text}, (Seen(passage.at, passage.text),)
                )
    return Verdict(Outcome.FAILED, "protection_missing")


def _two_way(evidence: Evidence, params: Params) -> Verdict:
    one_way: tuple[str, Locator] | None = None
    for document in evidence.documents:
        for section in document.sections:
            if section.role == "content":
                for form in section.forms:
                    words = " ".join((*form.words, *section.heading[-1:], *(x.text for x in section.lines)))
                    if _is_open(form) and "textarea" in form.fields:
                        found = " ".join(section.heading[-1:]) or words[:80]
                        return Verdict(Outcome.PASSED, "two_way_found", "", {"found": found}, (Seen(form.at, found),))
            for link in section.links:
                verdict = _chat(link, section, params)
                if verdict:
                    return verdict
                if params.purpose.named_in(link.text) and section.role == "content":
                    one_way = one_way or (link.text, link.at)
            if section.role == "content" and section.heading and params.purpose.named_in(section.heading[-1]):
                one_way = one_way or (section.heading[-1], section.at)
    if one_way:
        return Verdict(Outcome.FAILED, "one_way_only", "", {"found": one_way[0]}, (Seen(one_way[1], one_way[0]),))
    return Verdict(Outcome.FAILED, "two_way_missing")


def _chat(link: Link, section: Section, params: Params) -> Verdict | None:
    if _CHAT.search(link.url) and not _GROUP.search(link.url):
        return Verdict(
            Outcome.PASSED, "two_way_found", "", {"found": link.text or link.url}, (Seen(link.at, link.text),)
        )
    if section.role == "content" and not link.is_placeholder and params.purpose.named_in(link.text):
        board = fold(link.text)
        if any(w in board for w in (fold("กระดาน"), fold("เว็บบอร์ด"), "webboard", fold("แชท"), "livechat", "messenger")):
            return Verdict(Outcome.PASSED, "two_way_found", "", {"found": link.text}, (Seen(link.at, link.text),))
    return None

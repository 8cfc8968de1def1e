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
from oitcheck.model.context import Context
from oitcheck.model.evidence import BlindReason, Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.body import body
from oitcheck.reading.channels import Channel, entrance, is_open, one_way, online, two_way
from oitcheck.reading.passages import passages, placed

# A text that tells of questions being answered.
_ANSWERS = re.compile(r"ตอบ(?!แทน|สนอง)|โต้ตอบ|สนทนากับ|พูดคุยกับ")


@dataclass(frozen=True, slots=True)
class Params:
    """What sort of channel.

    `sort`: online (of `purpose`; `entering`: what links into a system are called), separate (from `general`), protects
    (`protection` is said), two_way (for questions).
    """

    sort: Literal["online", "separate", "protects", "two_way"]
    purpose: Concept
    entering: Concept | None = None
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
    "system_unseen": frozenset({"found"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict."""
    if params.sort == "two_way":
        yield _two_way(evidence, params)
        return
    channel = online(evidence, params.purpose)
    if channel is None and params.entering is not None:
        channel = entrance(evidence, params.purpose, params.entering)
        if channel is not None and not channel.is_open:
            yield _verdict(Outcome.CANT_TELL, "system_unseen", channel)
            return
    if channel is None:
        yield _no_channel(evidence, params)
    elif params.sort == "online":
        yield _verdict(Outcome.PASSED, "online_found", channel)
    elif params.sort == "separate":
        yield _separate(channel, params)
    else:
        yield _protects(evidence, params)


def _verdict(outcome: Outcome, reason: str, channel: Channel) -> Verdict:
    seen = placed(channel.document, channel.words, channel.at)
    return Verdict(outcome, reason, "", {"found": channel.words}, (seen,))


def _no_channel(evidence: Evidence, params: Params) -> Verdict:
    for document in evidence.documents:
        for section in document.content:
            for form in section.forms:
                if is_open(form):
                    words = " ".join(section.heading[-1:]) or document.title
                    return _verdict(Outcome.FAILED, "general_only", Channel(document, section, words, form.at))
    service = next((b for b in evidence.blind_spots if b.reason is BlindReason.OTHER_SERVICE), None)
    if service:
        return Verdict(Outcome.CANT_TELL, "service_unreadable", "", {"found": service.detail})
    return Verdict(Outcome.FAILED, "online_missing", "", {"purpose": params.purpose.title})


def _separate(channel: Channel, params: Params) -> Verdict:
    """Mixed when the form offers general topics beside corruption, or a heading over it names them alone."""
    general = params.general
    if general is not None:
        for form in channel.section.forms:
            mixed = [w for w in form.words if general.named_in(w) and not params.purpose.named_in(w)]
            if mixed:
                return Verdict(
                    Outcome.FAILED, "mixed_with_general", "", {"found": mixed[0]}, (Seen(form.at, mixed[0]),)
                )
        heads = [*channel.section.heading, channel.document.title]
        if not any(params.purpose.named_in(h) for h in heads) and any(general.named_in(h) for h in heads):
            head = next(h for h in heads if general.named_in(h))
            return Verdict(
                Outcome.FAILED, "mixed_with_general", "", {"found": head}, (placed(channel.document, head, channel.at),)
            )
    return _verdict(Outcome.PASSED, "separate_found", channel)


def _protects(evidence: Evidence, params: Params) -> Verdict:
    for document in evidence.documents:
        for passage in passages(document):
            if passage.part != "link" and params.protection and params.protection.named_in(passage.text):
                return Verdict(
                    Outcome.PASSED, "protection_said", "", {"found": passage.text}, (Seen(passage.at, passage.text),)
                )
    return Verdict(Outcome.FAILED, "protection_missing")


def _two_way(evidence: Evidence, params: Params) -> Verdict:
    channel = two_way(evidence, params.purpose)
    if channel:
        return _verdict(Outcome.PASSED, "two_way_found", channel)
    told = next(
        (p for d in evidence.documents for p in body(d) if params.purpose.named_in(p.text) and _ANSWERS.search(p.text)),
        None,
    )
    if told:
        return Verdict(Outcome.CANT_TELL, "system_unseen", "", {"found": told.text}, (Seen(told.at, told.text),))
    silent = one_way(evidence, params.purpose)
    return _verdict(Outcome.FAILED, "one_way_only", silent) if silent else Verdict(Outcome.FAILED, "two_way_missing")

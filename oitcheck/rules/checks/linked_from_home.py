"""Can the submitted page be reached from the main website's home page?

True: the home page, or a page that it links to in the evidence, links to the submitted page; or the submitted page is
the home page. False: the page is not about this at all; or the home page links neither to it nor to anything that may
lead there. Undecided: the home page could not be read, or it may be a step further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from oitcheck.lib.terms import Concept
from oitcheck.lib.urls import is_on, readable, without_fragment
from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.channels import entrance, online, two_way
from oitcheck.reading.passages import names_unexcluded, passages


@dataclass(frozen=True, slots=True)
class Params:
    """`purpose`: what the page must be about for a link to it to count; empty: anything.

    `channel`: and it must be a channel of that sort: online, two_way; `entering`: what links into a system are called.
    """

    purpose: tuple[Concept, ...] = ()
    channel: Literal["", "online", "two_way"] = ""
    entering: Concept | None = None


REASONS: Mapping[str, frozenset[str]] = {
    "linked": frozenset({"link"}),
    "is_home": frozenset(),
    "page_about_other": frozenset({"purpose"}),
    "no_channel_to_link": frozenset({"purpose"}),
    "home_unread": frozenset(),
    "not_seen_on_home": frozenset({"url"}),
    "not_linked": frozenset({"url"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict."""
    if params.channel and not _is_channel(evidence, params):
        yield Verdict(
            Outcome.FAILED, "no_channel_to_link", "", {"purpose": " / ".join(c.title for c in params.purpose)}
        )
        return
    told = [p for d in evidence.documents for p in passages(d)]
    titles = [d.title for d in evidence.documents]
    if params.purpose and not any(
        names_unexcluded(c, t) for c in params.purpose for t in (*titles, *(p.text for p in told))
    ):
        purpose = " / ".join(c.title for c in params.purpose)
        yield Verdict(Outcome.FAILED, "page_about_other", "", {"purpose": purpose})
        return
    home = evidence.home
    targets = {_key(u) for c in evidence.submitted for u in (c.url, c.final_url)}
    if home is None:
        yield Verdict(Outcome.CANT_TELL, "home_unread")
        return
    if _key(home.capture.url) in targets or _key(home.capture.final_url) in targets:
        yield Verdict(Outcome.PASSED, "is_home")
        return
    for section in home.sections:
        for link in section.links:
            if not link.is_placeholder and _key(link.url) in targets:
                yield Verdict(Outcome.PASSED, "linked", "", {"link": link.text}, (Seen(link.at, link.text),))
                return
    for document in evidence.documents:
        for section in document.sections:
            for link in section.links:
                # The menu of the page itself is the menu of the site.
                if section.role != "content" and not link.is_placeholder and link.text and _key(link.url) in targets:
                    yield Verdict(Outcome.PASSED, "linked", "", {"link": link.text}, (Seen(link.at, link.text),))
                    return
    url = readable(evidence.submitted[0].url) if evidence.submitted else ""
    steps = [k for s in home.sections for k in s.links if not k.is_placeholder]
    further = [*params.purpose, context.vocabulary["leads_to_disclosure"]]
    # The menu of an old site stands in a frame of its own.
    framed = any(k.embedded and is_on(k.url, context.agency.hosts) for k in steps)
    if not steps or framed or any(c.named_in(k.text) for k in steps for c in further):
        yield Verdict(Outcome.CANT_TELL, "not_seen_on_home", "", {"url": url})
    else:
        yield Verdict(
            Outcome.FAILED, "not_linked", "", {"url": url}, (Seen(Locator(home.capture.sha256, "title"), home.title),)
        )


def _is_channel(evidence: Evidence, params: Params) -> bool:
    find = two_way if params.channel == "two_way" else online
    if any(find(evidence, purpose) for purpose in params.purpose):
        return True
    entering = params.entering
    return entering is not None and any(entrance(evidence, purpose, entering) for purpose in params.purpose)


def _key(url: str) -> str:
    """What two addresses of one page have in common: host without www., path without index, query."""
    parts = urlsplit(without_fragment(url))
    path = parts.path
    for index in ("index.html", "index.htm", "index.php", "default.aspx", "home.html", "home.php"):
        if path.endswith("/" + index) and not parts.query:
            path = path[: -len(index)]
    return f"{(parts.hostname or '').removeprefix('www.')}{path.rstrip('/') or '/'}?{parts.query}"

"""Does the page link to the agency's own account on a social network?

True: a link to an account stands on the page, in its content or its header and footer. False: none; links that only
share the page, or lead to the network's front page, do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from oitcheck.model.context import Context
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome, Seen, Verdict

_NETWORK = re.compile(
    r"(?:^|\.)(?:facebook\.com|fb\.com|fb\.me|line\.me|lin\.ee|youtube\.com|youtu\.be|twitter\.com|x\.com|instagram\.com|tiktok\.com)$",
    re.IGNORECASE,
)
_SHARING = re.compile(
    r"/sharer|/share\b|/intent/|/plugins/(?:like|share)|/dialog/|lineit|social-plugins", re.IGNORECASE
)
_FRONT = frozenset({"", "login", "login.php", "home", "home.php", "watch"})


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters."""


REASONS: Mapping[str, frozenset[str]] = {
    "account_linked": frozenset({"url"}),
    "front_page_only": frozenset({"url"}),
    "no_account": frozenset(),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict."""
    front: Verdict | None = None
    for document in evidence.documents:
        for section in document.sections:
            for link in section.links:
                parts = urlsplit(link.url)
                if link.is_placeholder or not _NETWORK.search(parts.hostname or "") or _SHARING.search(link.url):
                    continue
                seen = (Seen(link.at, link.text),)
                if parts.path.strip("/").lower() in _FRONT and not parts.query:
                    front = front or Verdict(Outcome.FAILED, "front_page_only", "", {"url": link.url}, seen)
                    continue
                yield Verdict(Outcome.PASSED, "account_linked", "", {"url": link.url}, seen)
                return
    yield front or Verdict(Outcome.FAILED, "no_account")

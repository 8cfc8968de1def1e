"""Which scripts of a page are libraries, told by their address."""

from __future__ import annotations

import re

_LIBRARY = re.compile(
    r"jquery|bootstrap|popper|gtag|analytics|googletagmanager|wp-emoji|wp-embed|modernizr|html5shiv|respond|fontawesome|slick|owl\.|"
    r"lightbox|fancybox|swiper|wow\.|aos\.|truehits",
    re.IGNORECASE,
)


def is_library(address: str) -> bool:
    """Whether a script is one that fills no page by itself: a library, a slider, a counter."""
    return bool(_LIBRARY.search(address))

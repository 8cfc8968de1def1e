"""Pictures by what they are for: real ones, and placeholders that stand in for one."""

from __future__ import annotations

import re

from oitcheck.model.evidence import Figure, Picture

_PLACEHOLDER = re.compile(
    r"no[-_ ]?(?:photo|image|img|pic|picture|avatar|profile)|placeholder|default|avatar|blank|user[-_]?icon|"
    r"anonymous|silhouette|empty|"
    r"person[-_]?icon|unknown|dummy|spacer|noimg|nopic|sample|coming[-_ ]?soon",
    re.IGNORECASE,
)


def is_placeholder(figure: Figure, picture: Picture | None) -> bool:
    """Whether a picture merely stands in for one: by its file name, its alternative text, or next to nothing on it."""
    name = figure.url.rsplit("/", 1)[-1]
    return bool(
        _PLACEHOLDER.search(name)
        or _PLACEHOLDER.search(figure.alt)
        or (picture is not None and picture.width_px and picture.is_blank)
    )

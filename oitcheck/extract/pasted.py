"""Pictures pasted into papers (Word files, slides): scans are often published so. Each is told as `picture:3`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from oitcheck.extract import image_page
from oitcheck.extract.image import picture
from oitcheck.extract.limits import ExtractLimits
from oitcheck.extract.ocr_page import ScanPage
from oitcheck.extract.places import ranges, relocated
from oitcheck.model.evidence import BlindReason, BlindSpot, Capture, Document, Section

MOST_PICTURES = 400
# A picture that covers so much of a page in a paper with text may be a page of it.
_LARGE_SHARE = 0.5
# In a paper without text smaller ones are emblems and bullets.
_LEAST_PX = 120


@dataclass(frozen=True, slots=True)
class Pasted:
    """A picture as it stands in a paper. `share` of a page that it covers (0: not told); `load` gives its bytes."""

    share: float
    load: Callable[[], bytes]


@dataclass(slots=True)
class PastedRead:
    """What was read of the pictures of a paper."""

    sections: list[Section] = field(default_factory=list)
    spots: list[BlindSpot] = field(default_factory=list)
    qualities: list[float] = field(default_factory=list)
    readers: tuple[str, ...] = ()


def read_pasted(
    capture: Capture,
    pictures: Sequence[Pasted],
    has_text: bool,
    limits: ExtractLimits,
    scans: Mapping[int, ScanPage],
) -> PastedRead:
    """The sections that OCR gives of the pictures that may be pages, and blind spots for those it has not read."""
    found = PastedRead()
    unread: dict[BlindReason, list[int]] = {}
    for number, pasted in enumerate(pictures[:MOST_PICTURES], 1):
        if has_text and pasted.share < _LARGE_SHARE:
            continue
        body = pasted.load()
        seen = picture(capture.sha256, body, limits) if body else None
        if seen is not None and (seen.is_blank or max(seen.width_px, seen.height_px) < _LEAST_PX):
            continue
        place = f"picture:{number}"
        for part in image_page.read(capture, body, limits, scans.get(number)) if seen else ():
            if isinstance(part, Document):
                found.sections += relocated(part.sections, lambda _, place=place: place, capture.sha256)  # type: ignore[misc]
                found.qualities.append(part.text_quality)
                found.readers = part.readers
            elif part.detail and part.place:
                found.spots.append(BlindSpot(capture, part.reason, place, part.detail))
            else:
                reason = BlindReason.IMAGE_NO_OCR if has_text else BlindReason.SCANNED_NO_OCR
                unread.setdefault(reason if part.reason is BlindReason.IMAGE_NO_OCR else part.reason, []).append(number)
        if seen is None:
            # Metafiles and what else Pillow does not open: they show something that was not read.
            unread.setdefault(BlindReason.UNSUPPORTED, []).append(number)
    for reason, numbers in unread.items():
        found.spots += [BlindSpot(capture, reason, at) for at in ranges("picture", numbers)]
    if len(pictures) > MOST_PICTURES:
        at = f"picture:{MOST_PICTURES + 1}-{len(pictures)}"
        found.spots.append(BlindSpot(capture, BlindReason.TOO_LARGE, at, f"{len(pictures)} pictures"))
    return found

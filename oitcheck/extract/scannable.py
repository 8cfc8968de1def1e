"""What OCR is shown of a file: a page of a PDF, a picture, a picture pasted into a paper, the same in an archive."""

from __future__ import annotations

from oitcheck.extract import archive, office, open_document, rtf, slides
from oitcheck.extract.kinds import kind_of_bytes
from oitcheck.extract.package import Unreadable
from oitcheck.extract.pasted import MOST_PICTURES
from oitcheck.model.evidence import BlindReason
from oitcheck.model.member import member_page

_PICTURES = {
    "docx": office.pictures, "odt": open_document.pictures, "odp": open_document.pictures, "pptx": slides.pictures,
    "rtf": rtf.pictures,
}  # fmt: skip


def scannable(body: bytes, number: int) -> tuple[bytes, int]:
    """The bytes of the PDF or picture that OCR knows by `number` in a file, and the page in it. Raises Unreadable."""
    member, page = member_page(number)
    if member:
        body = archive.member_body(body, member)
    found = _PICTURES.get(kind_of_bytes(body))
    if found is None:
        return body, page
    pictures = found(body)[:MOST_PICTURES]
    if not 0 < page <= len(pictures):
        raise Unreadable(BlindReason.CORRUPT, f"no picture {page}")
    return pictures[page - 1].load(), 1

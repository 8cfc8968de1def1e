"""What was retrieved and what it says. Nothing here changes once made; instants are aware UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class FetchOutcome(StrEnum):
    """The named ways in which a retrieval ends."""

    OK = "ok"
    NOT_FOUND = "not_found"
    GONE = "gone"
    SOFT_NOT_FOUND = "soft_not_found"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"  # a firewall or a captcha page, whatever its status
    LOGIN_WALL = "login_wall"
    PRIVATE_FILE = "private_file"
    RATE_LIMITED = "rate_limited"
    CLIENT_ERROR = "client_error"  # any other 4xx
    SERVER_ERROR = "server_error"
    PARKED = "parked"  # the domain shows an advertiser's page, or is for sale
    TIMEOUT = "timeout"  # no answer, or one that drips too slowly
    DNS_FAILURE = "dns_failure"
    REFUSED = "refused"
    RESET = "reset"
    TLS_FAILURE = "tls_failure"
    PROTOCOL_ERROR = "protocol_error"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    EMPTY_ANSWER = "empty_answer"  # a success without a single byte, as of a program that died
    DISALLOWED = "disallowed"  # robots.txt, for a discovered address
    FORBIDDEN_ADDRESS = "forbidden_address"  # our guard refused to connect
    UNSUPPORTED_ADDRESS = "unsupported_address"  # not http(s), or not an address at all
    OFF_SITE = "off_site"  # a submitted URL outside the agency's main website; not retrieved
    NOT_MODIFIED = "not_modified"
    NOT_REACHED = "not_reached"  # planned, left out by a limit of the run

    @property
    def is_ok(self) -> bool:
        """Whether a body was retrieved that may be read."""
        return self in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED)

    @property
    def is_permanent(self) -> bool:
        """Whether the page is absent for good (once seen at two attempts), not merely unreachable now."""
        return self in (FetchOutcome.NOT_FOUND, FetchOutcome.GONE, FetchOutcome.SOFT_NOT_FOUND)

    @property
    def is_agency_fault(self) -> bool:
        """Whether the agency can mend it on its own site (absent pages, walls, private files): no host in trouble."""
        return self.is_permanent or self in (
            FetchOutcome.UNAUTHORIZED,
            FetchOutcome.LOGIN_WALL,
            FetchOutcome.PRIVATE_FILE,
            FetchOutcome.OFF_SITE,
        )


class TlsFault(StrEnum):
    """What may be wrong with the TLS of a site whose pages are read all the same."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    SELF_SIGNED = "self_signed"
    WRONG_NAME = "wrong_name"
    CHAIN_INCOMPLETE = "chain_incomplete"  # the intermediate certificate is missing
    UNKNOWN_AUTHORITY = "unknown_authority"  # complete, but up to a root that nobody trusts
    OLD_PROTOCOL = "old_protocol"
    WEAK = "weak"  # keys, signatures or ciphers that browsers refuse
    NO_TLS = "no_tls"  # something else answers on the port
    OTHER = "other"


_TLS_TOLD = re.compile(r"(?:^|; )tls: ([a-z_]+): ")
# Begins the `detail` of a capture that is the picture of a rendered page; the sha256 of that page's body follows.
SCREENSHOT_OF = "screenshot of sha256:"


@dataclass(frozen=True, slots=True)
class Capture:
    """One retrieval of one URL. The body is kept apart, under `sha256` ("" when there is none).

    `found_on` and `link_text` say how the submission led here; `depth` 0 is a submitted URL, 1 what it links to, 2 one
    step further. `attempts` counts retrievals that ended alike. Status 0 means that no answer came.

    `unchanged_by` tells what showed that nothing changed since the retrieval before ("" when something did, or there
    was none): `etag`, `last_modified`, `hash`, `content`, `parts` (all that a rendered page is made of came as it did),
    or `not_asked` for an address that was left alone this time.
    `unchanged_since` is the instant of the first of all retrievals in a row that ended with the same bytes; `alike` the
    sha256 of an earlier body that says the same in other bytes.
    """

    url: str
    final_url: str
    redirects: tuple[str, ...]
    outcome: FetchOutcome
    http_status: int
    fetched_at: datetime
    media_type: str = ""
    charset: str = ""
    size_bytes: int = 0
    sha256: str = ""
    found_on: str = ""
    link_text: str = ""
    depth: int = 0
    attempts: int = 1
    headers: tuple[tuple[str, str], ...] = ()
    rendered: bool = False
    detail: str = ""  # what the machine said, for an operator; never shown to an agency as it is
    unchanged_by: str = ""
    unchanged_since: datetime | None = None
    alike: str = ""

    @property
    def received_at(self) -> datetime:
        """When these bytes came, at this address, for the first time in a row."""
        return self.unchanged_since or self.fetched_at

    @property
    def content_id(self) -> str:
        """The same for two bodies that say the same."""
        return self.alike or self.sha256

    @property
    def as_received(self) -> Capture:
        """This capture as evidence: nothing in it tells whether the bytes came now or had come before."""
        if self.outcome is not FetchOutcome.NOT_MODIFIED and self.unchanged_since is None and not self.unchanged_by:
            return self
        told = replace(self, fetched_at=self.received_at, unchanged_by="", unchanged_since=None, alike="")
        if self.outcome is not FetchOutcome.NOT_MODIFIED:
            return told
        return replace(told, outcome=FetchOutcome.OK, http_status=200)

    @property
    def tls_fault(self) -> TlsFault | None:
        """What is wrong with the TLS of the site, as `detail` tells it (`tls: expired: …`); None when nothing is."""
        match = _TLS_TOLD.search(self.detail)
        return next((fault for fault in TlsFault if match and fault.value == match.group(1)), None)


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in kept bytes something stands:

    `css:…`, `page:3`, `sheet:ต.ค.65!B4:H12`, `paragraph:12`, `table:2`, `picture:1` (pasted into a paper), `image:…`,
    `url`; in an archive after its member: `member:2:สขร1.pdf!page:3`.
    """

    sha256: str
    place: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as shown, white space folded to single blanks. `strong`: bold or a heading.

    `confidence` (0–1): how sure OCR is of its letters; 1.0 for text that was no picture.
    """

    text: str
    at: Locator
    strong: bool = False
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table as shown: merged cells repeated, header rows joined top to bottom with a blank.

    `header` has n_cols names ("" where none; empty tuple when no header row could be told); `rows` is n_rows × n_cols.
    `caption` holds the title block: lines directly above the table (nearest last) and rows spanning the whole table
    before the header. `at` is the place of the table, `row_places` of each row.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: tuple[str, ...]
    at: Locator
    row_places: tuple[str, ...] = ()

    def row_at(self, index: int) -> Locator:
        """The place of one row, or of the table when rows have no places of their own."""
        return Locator(self.at.sha256, self.row_places[index]) if index < len(self.row_places) else self.at


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture on a page.

    `words` stand with this picture and no other; sizes are declared ones in CSS pixels (0: none).

    `map_service`: an embedded map (frame of a map service) rather than a picture.
    """

    url: str
    alt: str
    words: tuple[str, ...]
    at: Locator
    width_px: int = 0
    height_px: int = 0
    map_service: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link.

    `is_placeholder`: leads nowhere ("", "#", "javascript:", the page itself). `embedded`: a frame or embedded document.
    """

    url: str
    text: str
    is_placeholder: bool
    at: Locator
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form to fill in: its visible words (labels, placeholders, options, buttons) and the kinds of its fields.

    `fields` are control types: text, textarea, email, tel, file, select, password, search, …
    """

    words: tuple[str, ...]
    fields: tuple[str, ...]
    action: str
    at: Locator


Block = Line | Table | Figure | Link | Form


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks in reading order under a heading path (outermost first; empty before the first heading).

    `role` is "content", or "frame" for what surrounds it on every page of the site (menu, header, footer).
    `anchor` is the id that a URL fragment may name ("" if none). A link's text also stands in the line that holds it.
    """

    heading: tuple[str, ...]
    blocks: tuple[Block, ...]
    role: str = "content"
    anchor: str = ""
    at: Locator = field(default_factory=lambda: Locator("", ""))

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Line))

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Figure))

    @property
    def links(self) -> tuple[Link, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Link))

    @property
    def forms(self) -> tuple[Form, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Form))


@dataclass(frozen=True, slots=True)
class Document:
    """What one capture says. `kind`: html, pdf, docx, doc, odt, rtf, pptx, odp, xlsx, xls, ods, csv, text, image.

    `text_quality` 0–1 is the share of Thai letters that stand in dictionary words, the worst page counting for paged
    documents in `page_qualities`. `readers` names the readers and repairs used. `member` is the name of the file within
    an archive that says this ("" for the capture itself). `scripted`: a page whose scripts may bring more than its
    source shows.
    """

    capture: Capture
    kind: str
    title: str
    sections: tuple[Section, ...]
    text_quality: float = 1.0
    ocr: bool = False
    pages: int = 1
    page_qualities: tuple[float, ...] = ()
    readers: tuple[str, ...] = ()
    member: str = ""
    scripted: bool = False

    @property
    def content(self) -> tuple[Section, ...]:
        """The sections that are not the frame of the site."""
        return tuple(s for s in self.sections if s.role == "content")

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Every block of the content, in reading order, with its section."""
        for section in self.content:
            for block in section.blocks:
                yield section, block


class BlindReason(StrEnum):
    """Why something that might hold evidence could not be read."""

    SCANNED_NO_OCR = "scanned_no_ocr"
    IMAGE_NO_OCR = "image_no_ocr"
    NEEDS_BROWSER = "needs_browser"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    UNREACHABLE = "unreachable"
    PRIVATE = "private"
    GARBLED = "garbled"
    NOT_CALCULATED = "not_calculated"  # formulas of a workbook without their results
    UNSUPPORTED = "unsupported"
    OTHER_SERVICE = "other_service"  # Facebook, YouTube, … whose content is not readable from outside
    NOT_REACHED = "not_reached"
    COPY_DAMAGED = "copy_damaged"  # our own kept copy is missing or damaged; nothing the agency did


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """Something that could not be read and might hold evidence: a whole capture, or `place` (pages) of one."""

    capture: Capture
    reason: BlindReason
    place: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What the pixels of a picture tell without reading it.

    Sizes in pixels. `is_blank`: one flat colour or next to nothing on it.

    A picture that is gone from the site for good has no width and no sha256.
    """

    sha256: str
    width_px: int
    height_px: int
    is_blank: bool
    colours: int = 0


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document that was read but does not count for the item, with the reason (`kind_differs`, `other_agency`, …)."""

    document: Document
    reason: str
    facts: Mapping[str, str]
    at: Locator
    quote: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that one submission led to.

    `captures` holds every retrieval of the submission in the order of the walk, also those that failed; `documents` and
    `blind_spots` follow the same order. `home` is the agency's home page, if it could be read. `pictures` is keyed by
    the URL of the figure. `set_aside` holds documents that do not count for the item; they are in `documents` no more.
    """

    captures: tuple[Capture, ...]
    documents: tuple[Document, ...]
    blind_spots: tuple[BlindSpot, ...] = ()
    home: Document | None = None
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()

    @property
    def submitted(self) -> tuple[Capture, ...]:
        """The captures of the submitted URLs themselves."""
        return tuple(c for c in self.captures if c.depth == 0)

"""What to follow from a page: the papers it leads to, as an assessor would open them, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from oitcheck.crawl.addresses import (
    MOST_PAGES_OF_A_LIST,
    invites_to_open,
    is_book_or_short_address,
    is_document_address,
    is_home_of,
    is_never_followed,
    is_other_media,
    names_a_document,
    names_a_paper,
    names_a_system,
    page_number,
)
from oitcheck.crawl.drive import (
    direct_url,
    is_file_service,
    is_map_service,
    is_post,
    is_sharer,
    is_unreadable_service,
    unwrapped,
)
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.lib.urls import is_on, is_under, joined, without_fragment
from oitcheck.model.evidence import Document, Link, Section
from oitcheck.reading.addressed import sections_under
from oitcheck.reading.beside import words_beside

# Of a page that lists everything an agency publishes, only so many further pages are opened.
MOST_PAGES_FROM_ONE = 25
MOST_FIGURES = 40
TINY_PX = 32
# Share of a page's characters that stand in links, from which on it is a list of links. Texts of links in tables may
# be counted twice in the whole, so half would be too much.
INDEX_SHARE = 0.35
LEAST_INDEX_LINKS = 2
# A page with no more text of its own beside its links says nothing: what it is to show is behind them.
LITTLE_OWN_TEXT = 200

_MEASURING_HOSTS = (
    "googletagmanager.com", "google-analytics.com", "doubleclick.net", "googlesyndication.com", "histats.com",
    "hits.truehits.in.th", "truehits.net", "statcounter.com", "recaptcha.net", "gstatic.com", "tawk.to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lead:
    """An address worth retrieving. `depth` is that of the capture to come (1: linked from a submitted page).

    `beside` are words that stand beside the link and tell what it leads to, see `reading.beside`.
    `is_document`: a file or a shown document rather than a further page. `embedded`: part of the page that shows it.
    What is embedded from a service that cannot be read from outside, or linked there as a paper, is listed too, for the
    record.
    """

    url: str
    link_text: str
    found_on: str
    depth: int
    embedded: bool = False
    is_document: bool = False
    beside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the lead is called: by its own text, or by what stands beside one that names nothing."""
        says_nothing = not self.link_text.strip() or invites_to_open(self.link_text)
        return " ".join(self.beside) if says_nothing and self.beside else self.link_text

    def is_wanted(self, is_wanted: Callable[[str], bool]) -> bool:
        return is_wanted(self.link_text) or any(map(is_wanted, self.beside))


def any_text(text: str) -> bool:
    """Every link is wanted as much as another."""
    return True


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads of a page in order of appearance, each address once.

    Those `left_out` found no room or lie too deep. They might hold evidence and were not looked at; nothing may be said
    to be absent because of them.
    """

    to_follow: tuple[Lead, ...]
    left_out: tuple[Lead, ...]


def leads_of(
    document: Document,
    *,
    depth: int,
    hosts: tuple[str, ...],
    submitted_urls: tuple[str, ...],
    limits: CrawlLimits,
    is_wanted: Callable[[str], bool] = any_text,
) -> Leads:
    """What a page leads to. `depth` is that of `document`.

    Files and embedded parts come from anywhere, further pages only from `hosts`, and only from a page that lists links
    or by a link that names a paper. When a submitted URL of this page has a fragment, only what stands under that
    anchor counts. Where there is not room for all, files come before pages, and among each those whose text
    `is_wanted`.
    """
    leads = tuple(_leads(document, depth, hosts, submitted_urls, limits))
    # What a page embeds is part of it, and may lie one step deeper than what it links to.
    near = [lead for lead in leads if lead.depth <= limits.max_depth + lead.embedded and not _is_far(lead)]
    most = limits.max_documents_per_submission
    pages = chosen((a for a in near if not a.is_document and not a.embedded), MOST_PAGES_FROM_ONE, is_wanted)
    files = chosen((a for a in near if a.is_document or a.embedded), most, is_wanted)
    # Files first when there is not room for all: they hold the evidence, pages only lead to it.
    kept = frozenset((*files, *chosen(pages, most - len(files), is_wanted)))
    return Leads(tuple(a for a in leads if a in kept), tuple(a for a in leads if a not in kept))


def chosen(leads: Iterable[Lead], most: int, is_wanted: Callable[[str], bool]) -> list[Lead]:
    """At most `most` of the leads, in their order: those whose text `is_wanted` before others."""
    known = list(leads)
    first = sorted(range(len(known)), key=lambda n: not known[n].is_wanted(is_wanted))
    return [known[n] for n in sorted(first[: max(most, 0)])]


def figures_to_fetch(document: Document, limits: CrawlLimits) -> tuple[Lead, ...]:
    """The content pictures of a page that are not declared tiny, each once, at most forty or as many as documents."""
    found: dict[str, Lead] = {}
    for section in document.content:
        for figure in section.figures:
            url = without_fragment(figure.url)
            if figure.map_service or not url.startswith(("http:", "https:")) or url in found:
                continue
            if 0 < figure.width_px <= TINY_PX or 0 < figure.height_px <= TINY_PX:
                continue
            found[url] = Lead(url, figure.alt, document.capture.url, document.capture.depth + 1, embedded=True)
    return tuple(found.values())[: min(MOST_FIGURES, limits.max_documents_per_submission)]


def _leads(
    document: Document, depth: int, hosts: tuple[str, ...], submitted_urls: tuple[str, ...], limits: CrawlLimits
) -> Iterator[Lead]:
    own = {without_fragment(url) for url in (document.capture.url, document.capture.final_url, *submitted_urls)}
    sections = _sections(document, submitted_urls)
    is_index = _is_index(sections)
    texts = _best_texts(sections)
    beside = words_beside(document)
    seen: set[str] = set()
    for section in sections:
        for link in section.links:
            words = beside.get(link.at.place, ())
            lead = _lead(link, words, document, depth, hosts, is_index)
            if lead is None or lead.url in seen or lead.url in own:
                continue
            if lead.depth > limits.max_depth and not (lead.is_document or lead.embedded):
                continue
            seen.add(lead.url)
            yield Lead(
                lead.url,
                texts.get(link.url, "") or link.text,
                lead.found_on,
                lead.depth,
                lead.embedded,
                lead.is_document,
                words,
            )


def _sections(document: Document, submitted_urls: tuple[str, ...]) -> tuple[Section, ...]:
    """All content, or what the fragments of the submitted URLs of this page name."""
    places = {without_fragment(document.capture.url), without_fragment(document.capture.final_url)}
    mine = [url for url in submitted_urls if without_fragment(url) in places]
    fragments = [url.partition("#")[2] for url in mine]
    chosen: set[int] = set()
    for fragment in fragments:
        under = sections_under(document, fragment)
        if not under:
            return document.content
        chosen |= {id(section) for section in under}
    return tuple(s for s in document.content if id(s) in chosen) or document.content


def _best_texts(sections: tuple[Section, ...]) -> dict[str, str]:
    """The first text that stands on a link to each address; an icon and a name often share one."""
    texts: dict[str, str] = {}
    for section in sections:
        for link in section.links:
            if link.text.strip():
                texts.setdefault(link.url, link.text)
    return texts


def _is_index(sections: tuple[Section, ...]) -> bool:
    links = [link for section in sections for link in section.links if link.text.strip()]
    in_links = sum(len(link.text) for link in links)
    whole = sum(len(line.text) for section in sections for line in section.lines)
    whole += sum(len(cell) for s in sections for table in s.tables for row in table.rows for cell in row)
    if whole - in_links <= LITTLE_OWN_TEXT:
        return bool(links)
    return len(links) >= LEAST_INDEX_LINKS and in_links >= INDEX_SHARE * max(whole, 1)


def _lead(
    link: Link, beside: tuple[str, ...], document: Document, depth: int, hosts: tuple[str, ...], is_index: bool
) -> Lead | None:
    url = _followable(link, document)
    if not url or is_map_service(url):
        return None
    found_on = document.capture.url
    if link.embedded:
        if is_under(url, _MEASURING_HOSTS):
            return None
        return Lead(url, link.text, found_on, depth + 1, embedded=True, is_document=is_document_address(url))
    if is_sharer(url) or is_other_media(url):
        return None
    if is_unreadable_service(url):
        is_paper = is_post(url) and names_a_paper(link.text)
        return Lead(url, link.text, found_on, depth + 1, is_document=True) if is_paper else None
    if is_document_address(url) or is_file_service(url):
        return Lead(url, link.text, found_on, depth + 1, is_document=True)
    if is_book_or_short_address(url):
        return Lead(url, link.text, found_on, depth + 1, is_document=True)
    return (
        Lead(url, link.text, found_on, depth + 1) if _leads_on(url, link.text, beside, depth, hosts, is_index) else None
    )


def _followable(link: Link, document: Document) -> str:
    """The address to ask for: out of its viewer, and of the file itself where a service shares it."""
    if link.is_placeholder or not link.url:
        return ""
    base = document.capture.final_url or document.capture.url
    url = joined(base, link.url)
    inner = unwrapped(url) if url else ""
    if inner:
        url = joined(url, inner) or url
    return without_fragment(direct_url(url) or url)


def _leads_on(url: str, text: str, beside: tuple[str, ...], depth: int, hosts: tuple[str, ...], is_index: bool) -> bool:
    """Whether a further page is worth opening."""
    if not is_on(url, hosts):
        return False
    if depth == 0 and names_a_system(text) and "." in urlsplit(url).netloc:
        return True
    if is_home_of(url, hosts) or is_never_followed(url, text):
        return False
    number = page_number(url)
    if number and text.strip().isdecimal():
        return is_index and depth == 0
    named = names_a_document(text) or invites_to_open(text) or names_a_document(unquote(urlsplit(url).path))
    # A picture alone is opened for what stands beside it: on the first page for anything, further on for a paper.
    named = named or (not text.strip() and (bool(beside) if depth == 0 else any(map(names_a_document, beside))))
    if depth == 0:
        return is_index or named
    return depth == 1 and is_index and named


def _is_far(lead: Lead) -> bool:
    """Whether a lead is one of the later pages of a long list."""
    return page_number(lead.url) > MOST_PAGES_OF_A_LIST and lead.link_text.strip().isdecimal()

"""Channels on a page: forms and addresses for a purpose, and places where the public asks and the agency answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import Document, Evidence, Form, Link, Locator, Section
from oitcheck.reading.contacts import emails
from oitcheck.reading.passages import names_unexcluded, passages

_ONLINE_FORM = re.compile(
    r"docs\.google\.com/forms|forms\.gle|forms\.office|surveymonkey|jotform|typeform", re.IGNORECASE
)
_CHAT = re.compile(
    r"m\.me/|messenger\.com/t/|lin\.ee/|line\.me/(?:R/)?(?:ti/)?p/|page\.line\.me|line\.me/R/oa|wa\.me/|tawk\.to|"
    r"crisp\.chat|zendesk",
    re.IGNORECASE,
)
_GROUP = re.compile(r"line\.me/(?:R/)?ti/g|line\.me/ti/g2|chat\.whatsapp", re.IGNORECASE)
_BOARD = tuple(fold(w) for w in ("กระดาน", "ถาม-ตอบ", "เว็บบอร์ด", "webboard", "แชท", "livechat", "messenger"))
_NO_ANSWER = re.compile(
    r"(?:ไม่|งด|มิ)(?:สามารถ|ได้|ต้อง)?(?:มีการ)?ตอบ(?:กลับ|คำถาม)?|รับ(?:ฟัง)?ความคิดเห็นอย่างเดียว|รับข้อมูลทางเดียว"
)
_TO_FILL_IN = frozenset(
    {"", "text", "email", "tel", "file", "textarea", "select", "date", "datetime-local", "time", "number", "radio"}
)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel with its section and the words that give it its purpose; `at` is where it stands itself.

    `is_open`: where it leads was seen to take what is asked for.
    """

    document: Document
    section: Section
    words: str
    at: Locator
    is_open: bool = False


def is_open(form: Form) -> bool:
    """Whether a form is one to write in, not a search box or a login."""
    fields = [f for f in form.fields if f in _TO_FILL_IN]
    return "password" not in form.fields and ("textarea" in fields or len(fields) >= 2)


def online(evidence: Evidence, purpose: Concept) -> Channel | None:
    """The first online channel of a purpose: a form, an online form elsewhere, a chat, an address named for it."""
    for document in evidence.documents:
        for section in document.content:
            words = _purpose_words(document, section, purpose)
            if not words:
                continue
            for form in section.forms:
                if is_open(form):
                    return Channel(document, section, words, form.at)
            for link in section.links:
                if _ONLINE_FORM.search(link.url) or (_CHAT.search(link.url) and purpose.named_in(link.text)):
                    return Channel(document, section, words, link.at)
            for line in section.lines:
                heads = " ".join((*section.heading, document.title, line.text))
                if emails(line.text) and names_unexcluded(purpose, heads):
                    return Channel(document, section, line.text, line.at)
    return None


def entrance(evidence: Evidence, purpose: Concept, entering: Concept) -> Channel | None:
    """The link of a page of that purpose that leads into a system to be used online, with the system's own form
    where it could be read; None when there is no such link."""
    by_url = {d.capture.url: d for d in evidence.documents}
    best: Channel | None = None
    for document in evidence.documents:
        for section in document.content:
            if not _purpose_words(document, section, purpose):
                continue
            for link in section.links:
                if link.is_placeholder or not entering.named_in(link.text):
                    continue
                target = by_url.get(link.url)
                forms = [f for s in target.sections for f in s.forms] if target else []
                if any(is_open(form) or "password" in form.fields for form in forms):
                    return Channel(document, section, link.text, link.at, is_open=True)
                best = best or Channel(document, section, link.text, link.at)
    return best


def _purpose_words(document: Document, section: Section, purpose: Concept) -> str:
    """The text that gives a section its purpose: its heading, the page's title or first heading, or its own lines."""
    texts = [*reversed(section.heading), document.title, *(line.text for line in section.lines)]
    texts.extend(w for form in section.forms for w in form.words)
    texts.extend(p.text for p in passages(document)[:6] if p.part in ("heading", "line"))
    return next((t for t in texts if names_unexcluded(purpose, t)), "")


def two_way(evidence: Evidence, purpose: Concept) -> Channel | None:
    """The first place where the public asks and the agency answers: a form to write a question in, a board, a chat."""
    for document in evidence.documents:
        for section in document.sections:
            if section.role == "content":
                for form in section.forms:
                    if is_open(form) and "textarea" in form.fields and not _unanswered(document):
                        words = " ".join(section.heading[-1:]) or " ".join(form.words)[:80]
                        return Channel(document, section, words, form.at)
            for link in section.links:
                if _is_chat(link, section, purpose):
                    return Channel(document, section, link.text or link.url, link.at)
    return None


def _unanswered(document: Document) -> bool:
    """Whether a page says that what is sent in is not answered."""
    return any(_NO_ANSWER.search(p.text) for p in passages(document))


def one_way(evidence: Evidence, purpose: Concept) -> Channel | None:
    """Where a page names the purpose (a list of questions and answers) without a place to ask."""
    for document in evidence.documents:
        for section in document.content:
            if section.heading and purpose.named_in(section.heading[-1]):
                return Channel(document, section, section.heading[-1], section.at)
            for link in section.links:
                if purpose.named_in(link.text):
                    return Channel(document, section, link.text, link.at)
    return None


def _is_chat(link: Link, section: Section, purpose: Concept) -> bool:
    if _CHAT.search(link.url) and not _GROUP.search(link.url):
        return True
    if section.role != "content" or link.is_placeholder:
        return False
    around = next((line.text for line in section.lines if link.text and link.text in line.text), "")
    named = purpose.named_in(link.text) or purpose.named_in(around)
    return named and any(word in fold(f"{link.text} {around}") for word in _BOARD)

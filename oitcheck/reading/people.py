"""Executives as a page shows them: who stands where, with which picture and which contact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Figure, Line, Locator, Section, Table
from oitcheck.reading.contacts import Contact, reachable_by
from oitcheck.reading.passages import placed
from oitcheck.reading.pictures import is_placeholder

# Titles that stand before Thai names, civil, academic, military and medical; the name follows without a verb.
_TITLE = (
    r"(?:นายแพทย์|นายสัตวแพทย์|นาย(?!ก(?:เทศ|องค์|สภา|เมือง|สมาคม|เหล่า|ฯ|\s|$|\.|อบ)|อำเภอ|ทะเบียน|ช่าง(?:\s|$|โยธา)|แพทย์|ตรวจ|ด่าน|ประกัน|จ้าง)|นางสาว|นาง|น\.\s?ส\.|ว่าที่\s*(?:ร้อย(?:ตรี|โท|เอก)|ร\.\s?[ตทอ]\.?|พ\.?\s?ต\.?)(?:\s*(?:หญิง|นาย))?|"
    r"ดร\.|ผศ\.|รศ\.|ศ\.|นพ\.|พญ\.|ทพ\.|ทพญ\.|ภก\.|ภญ\.|แพทย์หญิง|ทันตแพทย์(?:หญิง)?|เภสัชกร(?:หญิง)?|พ\.\s?[ตจ]\.\s?[ตทอ]\.|ร\.\s?ต\.\s?[ตทอ]\.|"
    r"ด\.\s?ต\.|จ\.\s?ส\.\s?[ตทอ]\.|ส\.\s?[ตทอ]\.|ร้อย(?:ตรี|โท|เอก)|พัน(?:ตรี|โท|เอก|ตำรวจ(?:ตรี|โท|เอก))|พล(?:ตรี|โท|เอก|ตำรวจ(?:ตรี|โท|เอก))|จ่าสิบ(?:ตรี|โท|เอก)|สิบ(?:ตรี|โท|เอก)|ม\.\s?[รลจ]\.|หม่อม(?:ราชวงศ์|หลวง|เจ้า)|"
    r"คุณ(?=[ก-ฮ]{2,}\s+[ก-ฮ])|Mr\.|Mrs\.|Ms\.|Miss)"
)
_NAME = re.compile(
    rf"(?P<title>{_TITLE})\s*(?P<first>[ก-์A-Za-z]{{2,}})\s+(?P<last>(?:ณ\s+)?[ก-์A-Za-z]{{2,}}(?:\s+ณ\s+[ก-์]+)?)"
)
_VACANT = re.compile(r"(?:^|[\s(\-–:/])(?:-\s*)?(?:ตำแหน่ง)?ว่าง(?:$|[\s)\-/.,])|อยู่ระหว่าง(?:การ)?(?:สรรหา|แต่งตั้ง)")
_LABEL = re.compile(r"^\W*(?:โทร|tel|อีเมล|e-?mail|มือถือ|เบอร์|ติดต่อ|ชื่อ|ตำแหน่ง|line)|โทรศัพท์|โทร\.", re.IGNORECASE)
# A line of a card that is longer than this is prose, not a post or a name.
LONGEST_POST = 120


@dataclass(frozen=True, slots=True)
class Person:
    """One executive as shown. `post` is the post's words; `rank` top, deputy, clerk or deputy_clerk.

    `photo`: shown, missing, placeholder, broken, unclear (pictures there, but which is whose cannot be told).
    """

    name: str
    post: str
    rank: str
    photo: str
    contacts: tuple[Contact, ...]
    vacant: bool
    text: str
    at: Locator
    picture_url: str = ""

    @property
    def label(self) -> str:
        return f"{self.post} {self.name}".strip() if self.name else self.post


def name_in(text: str) -> str:
    """The first person's name with its title in `text`; "" when there is none."""
    match = _NAME.search(text)
    return re.sub(r"\s+", " ", match[0]).strip() if match else ""


def is_vacant(text: str) -> bool:
    return bool(_VACANT.search(text))


def ranks(context: Context) -> tuple[Concept, ...]:
    """The concepts of executive posts, whose ids are the ranks."""
    return context.vocabulary.in_group("executive")


_RANK = {"top_executive": "top", "deputy_executive": "deputy", "clerk": "clerk", "deputy_clerk": "deputy_clerk"}


def rank_in(text: str, context: Context) -> tuple[str, str]:
    """(rank, the post's words) of the first executive post that `text` names; ("", "") when none."""
    for concept in ranks(context)[:1]:
        for hit in concept.lexicon.hits(text):
            if hit.concept in _RANK:
                return _RANK[hit.concept], hit.quote
    return "", ""


def is_below(text: str, context: Context) -> bool:
    """Whether a text names a post under the head of the agency, and not the head."""
    named = {hit.concept for hit in context.vocabulary["top_executive"].lexicon.hits(text)}
    return "top_executive" not in named and bool(
        named & {"below_executive", "clerk", "deputy_clerk", "deputy_executive"}
    )


def executives(evidence: Evidence, context: Context) -> tuple[Person, ...]:
    """The executives that the evidence shows, in reading order, each once."""
    found: list[Person] = []
    for document in evidence.documents:
        cards = list(_cards(document, context))
        people = [_at_name(p, document) for card in cards if (p := _person(card, evidence, context))]
        # Someone without a post is an executive only in the company of executives.
        if sum(bool(p.rank) for p in people) >= 2:
            found.extend(people)
        else:
            found.extend(p for p in people if p.rank)
    return tuple(_merged(found))


@dataclass(frozen=True, slots=True)
class _Card:
    lines: tuple[str, ...]
    figure: Figure | None
    loose_figures: int
    at: Locator


def _cards(document: Document, context: Context) -> Iterator[_Card]:
    for section in document.content:
        yield from _figure_cards(section, context)
        for table in section.tables:
            yield from _row_cards(table, section)
        yield from _line_cards(section)


def _figure_cards(section: Section, context: Context) -> Iterator[_Card]:
    """Each picture with its own words; with too few of them, the lines from it to the next picture are its words."""
    for index, block in enumerate(section.blocks):
        if not isinstance(block, Figure) or block.map_service:
            continue
        words = (*block.words, block.alt) if block.alt else block.words
        text = "\n".join(words)
        if not (rank_in(text, context)[0] and (name_in(text) or is_vacant(text))):
            words = tuple(dict.fromkeys((*words, *_lines_until_figure(section, index))))
        if words:
            yield _Card(words, block, 0, block.at)


def _lines_until_figure(section: Section, index: int) -> tuple[str, ...]:
    """The lines under a picture, as far as the next one and at most one name."""
    lines: list[str] = []
    names: set[str] = set()
    for block in section.blocks[index + 1 : index + 13]:
        if isinstance(block, Figure):
            break
        if isinstance(block, Line):
            names.update(filter(None, (fold(name_in(block.text)),)))
            if len(names) > 1:
                break
            lines.append(block.text)
    return tuple(lines)


def _row_cards(table: Table, section: Section) -> Iterator[_Card]:
    loose = len(section.figures)
    for index, row in enumerate(table.rows):
        yield _Card(tuple(dict.fromkeys(c for c in row if c.strip())), None, loose, table.row_at(index))


def _line_cards(section: Section) -> Iterator[_Card]:
    """Runs of lines that begin with a name or a post and hold one of each."""
    held: list[Line] = []
    loose = sum(not f.words for f in section.figures)
    lines = [b for b in section.blocks if isinstance(b, Line)]
    named = False
    for line in lines:
        starts = bool(name_in(line.text)) or is_vacant(line.text)
        if starts and named:
            yield _Card(tuple(x.text for x in held), None, loose, held[0].at)
            held, named = [], False
        held.append(line)
        named = named or starts
        if len(held) > 8 and not named:
            held = held[-2:]
    if held and named:
        yield _Card(tuple(x.text for x in held[:10]), None, loose, held[0].at)


def _at_name(person: Person, document: Document) -> Person:
    """The person at the line that gives the name (or, of a vacant post, the post)."""
    return replace(person, at=placed(document, person.name or person.post, person.at).at)


def _person(card: _Card, evidence: Evidence, context: Context) -> Person | None:
    text = "\n".join(card.lines)
    if len(text) > 700:
        return None
    rank, post = "", ""
    for line in card.lines:
        if len(line) <= LONGEST_POST:
            rank, post = rank_in(line, context)
            if rank:
                break
    name = name_in(text)
    if not rank and not (name and card.figure and _lacks_post(card)):
        return None
    vacant = not name and is_vacant(text)
    url = card.figure.url if card.figure else ""
    if not name and not vacant:
        contacts = reachable_by(text)
        if not card.figure or not contacts:
            return None
        return Person("", post, rank, _photo(card, evidence), contacts, False, text, card.at, url)
    return Person(name, post, rank, _photo(card, evidence), reachable_by(text), vacant, text, card.at, url)


def _lacks_post(card: _Card) -> bool:
    """Whether a card with a name gives nothing besides but contacts: no post at all, rather than one we do not know."""
    for line in card.lines:
        rest = _NAME.sub("", line)
        if reachable_by(rest) or _LABEL.match(rest):
            continue
        if len(fold(rest)) >= 4:
            return False
    return True


def _photo(card: _Card, evidence: Evidence) -> str:
    figure = card.figure
    if figure is None:
        return "unclear" if card.loose_figures else "missing"
    picture = evidence.pictures.get(figure.url)
    if is_placeholder(figure, picture):
        return "placeholder"
    return "broken" if picture is not None and not picture.width_px else "shown"


def _merged(people: list[Person]) -> list[Person]:
    """Each person once: of two readings of one person the one with a picture and with more contacts."""
    best: dict[str, Person] = {}
    for person in people:
        key = fold(person.name) or f"{person.rank}:{fold(person.text)[:80]}"
        known = best.get(key)
        if known is None:
            best[key] = person
            continue
        first, second = (person, known) if _richness(person) > _richness(known) else (known, person)
        # A card that gives a label without a value has said that there is no value.
        contacts = first.contacts or (() if _LABEL.search(first.text) else second.contacts)
        best[key] = replace(first, contacts=contacts)
    return list(best.values())


def _richness(person: Person) -> tuple[bool, bool, int]:
    return (person.photo in ("shown", "placeholder", "broken"), bool(person.contacts), len(person.contacts))


def shared_pictures(evidence: Evidence, documents: tuple[Document, ...]) -> frozenset[str]:
    """Pictures (sha256) that stand beside more than one name: placeholders, whatever they show."""
    owners: dict[str, set[str]] = {}
    for document in documents:
        for section in document.content:
            for figure in section.figures:
                picture = evidence.pictures.get(figure.url)
                name = name_in("\n".join(figure.words))
                if picture and name:
                    owners.setdefault(picture.sha256, set()).add(fold(name))
    return frozenset(sha for sha, names in owners.items() if len(names) > 1)

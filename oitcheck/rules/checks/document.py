"""Is there a document of this kind, in this form?

True: a document that counts calls itself so at its top and has a body, or comes in one of the file formats. False: none
does; or what calls itself so has no body. Undecided: it has a body, but not a word of what belongs into one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.lib.thai_text import fold
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.admission import has_content
from oitcheck.reading.body import body, body_amount, top_passages
from oitcheck.reading.columns import columns_of, data_rows, tables
from oitcheck.reading.passages import names_unexcluded, passages

# The first passages of a document that can tell what it is.
TOP_PASSAGES = 14
# A document has at least so many folded characters besides its titles: a sentence or two, a few cells.
LEAST_BODY = 30
# A plain line that is longer is prose.
LONGEST_TITLE = 160
# A body of no more than this, without a word of what belongs into such a document, is none.
LEAST_SENTENCE, AT_BEGINNING = 60, 3
LITTLE_BODY = 300
# A passage that tells something holds so many folded characters beside the names in it.
LEAST_BESIDE = 3


@dataclass(frozen=True, slots=True)
class Params:
    """`kind`: one of these is named at the document's top. `formats`: one of these file kinds (xlsx, pdf, …).

    `and_formats`: and one of these besides. `with_rows`: it holds a table with rows. `told_by`: what belongs into it,
    each of these is named in its body. `in_body`: the kind may be named in the body alone. `least`: how much body there
    must be at least, in folded characters.
    """

    kind: tuple[Concept, ...] = ()
    formats: tuple[str, ...] = ()
    and_formats: tuple[str, ...] = ()
    with_rows: bool = False
    told_by: tuple[Concept, ...] = ()
    in_body: bool = False
    least: int = LEAST_BODY


REASONS: Mapping[str, frozenset[str]] = {
    "found": frozenset({"found"}),
    "format_found": frozenset({"formats"}),
    "kind_missing": frozenset({"kind"}),
    "content_unrecognised": frozenset({"kind", "found"}),
    "kind_without_content": frozenset({"kind", "found"}),
    "format_missing": frozenset({"formats", "have"}),
}


def run(evidence: Evidence, params: Params, context: Context) -> Iterator[Verdict]:
    """One verdict."""
    if params.formats:
        yield _format(evidence, params)
        return
    kind = " / ".join(k.title for k in params.kind)
    empty: Seen | None = None
    strange: Seen | None = None
    for document in sorted(evidence.documents, key=lambda d: d.capture.depth == 0):
        naming = _naming(document, params)
        if naming is None:
            continue
        told = not params.told_by or _told(document, params)
        if not _has_body(document, params) or (not told and body_amount(document) < LITTLE_BODY):
            empty = empty or naming
        elif not told:
            strange = strange or naming
        else:
            yield Verdict(Outcome.PASSED, "found", "", {"found": naming.quote}, (naming,))
            return
    if not strange and not empty:
        strange = _in_a_sentence(evidence, params)
    if strange:
        yield Verdict(Outcome.CANT_TELL, "content_unrecognised", "", {"kind": kind, "found": strange.quote}, (strange,))
    elif empty:
        yield Verdict(Outcome.FAILED, "kind_without_content", "", {"kind": kind, "found": empty.quote}, (empty,))
    else:
        yield Verdict(Outcome.FAILED, "kind_missing", "", {"kind": kind})


def _in_a_sentence(evidence: Evidence, params: Params) -> Seen | None:
    """A sentence that begins by naming the kind: it may set out what it is, under another title."""
    for passage in (p for document in evidence.documents for p in body(document) if p.part == "line"):
        hits = [hit for kind in params.kind for hit in kind.hits(passage.text)]
        if any(hit.start <= AT_BEGINNING for hit in hits) and len(fold(passage.text)) >= LEAST_SENTENCE:
            return Seen(passage.at, passage.text)
    return None


def _naming(document: Document, params: Params) -> Seen | None:
    """Where a document calls itself one of the kinds."""
    places = body(document) if params.in_body else ()
    for passage in (*top_passages(document, TOP_PASSAGES), *places):
        if passage.part == "line" and not passage.strong and len(passage.text) > LONGEST_TITLE and not params.in_body:
            continue  # prose may cite the kind; a title calls the document so
        if any(names_unexcluded(k, passage.text) for k in params.kind):
            return Seen(passage.at, passage.text)
    if any(names_unexcluded(k, document.title) for k in params.kind):
        return Seen(Locator(document.capture.sha256, "title"), document.title)
    return None


def _has_body(document: Document, params: Params) -> bool:
    if params.with_rows:
        return _has_rows(document) and has_content(document, pictures=False)
    return body_amount(document) >= params.least


def _told(document: Document, params: Params) -> bool:
    """Whether each thing that belongs into such a document is named in its body, its headings or its columns."""
    heads = [_beside_kind(p.text, params) for p in passages(document) if p.part in ("heading", "caption")]
    texts = (*(p.text for p in body(document)), *heads)
    filled = [f.table for f in tables(document) if data_rows(f.table)]
    return all(
        any(_tells(c, text) for text in texts) or any(columns_of(table, c) for table in filled) for c in params.told_by
    )


def _beside_kind(text: str, params: Params) -> str:
    """A title without the words that name the kind: they tell nothing of what is in it."""
    for kind in params.kind:
        for hit in kind.hits(text):
            text = text.replace(hit.quote, " ")
    return text


def _tells(concept: Concept, text: str) -> bool:
    """Whether a passage names a concept and says more than its name."""
    return len(fold(text)) - sum(
        len(fold(hit.quote)) for hit in concept.hits(text)
    ) >= LEAST_BESIDE and concept.named_in(text)


def _has_rows(document: Document) -> bool:
    found = list(tables(document))
    is_sheet = document.kind in ("xlsx", "xls", "ods", "csv")
    return any(data_rows(f.table) for f in found) or (not found and document.kind != "html" and not is_sheet)


def _format(evidence: Evidence, params: Params) -> Verdict:
    have = [d.kind for d in evidence.documents if d.kind == "html" or _has_rows(d)]
    for wanted in filter(None, (params.formats, params.and_formats)):
        if not any(kind in wanted for kind in have):
            facts = {"formats": ", ".join(wanted), "have": ", ".join(dict.fromkeys(have)) or "-"}
            return Verdict(Outcome.FAILED, "format_missing", "", facts)
    document = next(d for d in evidence.documents if d.kind in params.formats and _has_rows(d))
    seen = Seen(Locator(document.capture.sha256, "url"), document.capture.final_url)
    return Verdict(Outcome.PASSED, "format_found", "", {"formats": ", ".join(dict.fromkeys(have))}, (seen,))

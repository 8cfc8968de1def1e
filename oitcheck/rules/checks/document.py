"""Is there a document of this kind, in this form?

True: a document that counts names the kind in its own text and has content, or comes in one of the file formats.
False: none does. A link or a file name alone shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from oitcheck.lib.terms import Concept
from oitcheck.model.context import Context
from oitcheck.model.evidence import Document, Evidence, Locator
from oitcheck.model.finding import Outcome, Seen, Verdict
from oitcheck.reading.admission import has_content
from oitcheck.reading.columns import data_rows, tables
from oitcheck.reading.passages import passages


@dataclass(frozen=True, slots=True)
class Params:
    """`kind`: one of these is named in the document's own text. `formats`: one of these file kinds (xlsx, pdf, …).

    `and_formats`: and one of these besides. `with_rows`: it holds a table with rows.
    """

    kind: tuple[Concept, ...] = ()
    formats: tuple[str, ...] = ()
    and_formats: tuple[str, ...] = ()
    with_rows: bool = False


REASONS: Mapping[str, frozenset[str]] = {
    "found": frozenset({"found"}),
    "format_found": frozenset({"formats"}),
    "kind_missing": frozenset({"kind"}),
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
    for document in sorted(evidence.documents, key=lambda d: d.capture.depth == 0):
        for passage in passages(document):
            if passage.part == "link" or not any(k.named_in(passage.text) for k in params.kind):
                continue
            seen = Seen(passage.at, passage.text)
            if has_content(document, pictures=False) and (not params.with_rows or _has_rows(document)):
                yield Verdict(Outcome.PASSED, "found", "", {"found": passage.text}, (seen,))
                return
            empty = empty or seen
    if empty:
        yield Verdict(Outcome.FAILED, "kind_without_content", "", {"kind": kind, "found": empty.quote}, (empty,))
    else:
        yield Verdict(Outcome.FAILED, "kind_missing", "", {"kind": kind})


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

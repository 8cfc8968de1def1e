"""The generated pages of every item, `th/2566/O21.md` and so on, made from checklists, messages and cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from oitcheck.cases import Case, case_folders, evidence_in, judged, read_case
from oitcheck.lib.terms import Vocabulary
from oitcheck.model.checklist import Checklist
from oitcheck.model.evidence import Evidence
from oitcheck.model.finding import Outcome
from oitcheck.pipeline.inputs import checklist_of
from oitcheck.report.item_page import MARK, Example, Reasons, all_years_page, first_lines, item_page, year_page
from oitcheck.report.messages import Messages
from oitcheck.report.terms import LANGUAGES, Terms
from oitcheck.rules.checks import CHECKS
from oitcheck.rules.declare import years_in
from oitcheck.rules.engine import REASONS, WHOLE

# Files that are read only where a tool is installed: an example that rests on one would differ from place to place.
_NOT_EVERYWHERE = (".doc",)
# So many failing cases are tried for one that shows an element at fault rather than the whole item.
_MOST_TRIED = 4


def pages(folder: Path, fixtures: Path) -> Mapping[str, str]:
    """The text of each page by its path, of the checklists in `folder`; examples where `fixtures` has cases."""
    reasons = Reasons({name: tuple(check.reasons) for name, check in CHECKS.items()}, tuple(REASONS))
    made: dict[str, str] = {}
    checklists: list[Checklist] = []
    for year in years_in(folder):
        checklist, vocabulary = checklist_of(year, folder)
        checklists.append(checklist)
        examples = {i: tuple(_examples(fixtures, i, checklist, vocabulary)) for i in checklist.items}
        for language in LANGUAGES:
            messages = Messages.load(language)
            made[f"{language}/{year}/README.md"] = year_page(checklist, Terms.load(language))
            for item in checklist.items.values():
                page = item_page(item, checklist, reasons, examples[item.id], messages)
                made[f"{language}/{year}/{item.id}.md"] = page
    made["README.md"] = all_years_page(checklists)
    return made


def _examples(fixtures: Path, item: str, checklist: Checklist, vocabulary: Vocabulary) -> Iterator[Example]:
    """A case that passes and one that fails, the first of each by name."""
    cases = [case for case in map(read_case, case_folders(fixtures, checklist.year_be, item)) if _is_portable(case)]
    passing = next((c for c in cases if c.name.startswith("pass-")), None)
    if passing:
        yield Example(passing.place, passing.why, _shown(evidence_in(passing)))
    whole: Example | None = None
    for case in [c for c in cases if _fails(c)][:_MOST_TRIED]:
        evidence = evidence_in(case)
        findings = judged(case, evidence, checklist, vocabulary)
        failed = tuple(f for f in findings if f.outcome is Outcome.FAILED and f.requirement != WHOLE and not f.about)
        if failed:
            example = Example(case.place, case.why, _shown(evidence), failed)
            if not failed[0].code.startswith("gate."):
                yield example
                return
            whole = whole or example
    if whole:
        yield whole


def _is_portable(case: Case) -> bool:
    return not any(path.suffix.lower() in _NOT_EVERYWHERE for path in case.folder.iterdir())


def _fails(case: Case) -> bool:
    """Whether a case is of a real page that lacks something, not one that has all, and no honeypot."""
    return not case.name.startswith(("pass-", "honeypot-")) and any(
        words.startswith("failed") for words in case.expect.values()
    )


def _shown(evidence: Evidence) -> tuple[str, ...]:
    return first_lines(sorted(evidence.documents, key=lambda d: d.capture.depth))


def differences(made: Mapping[str, str], out: Path) -> tuple[str, ...]:
    """The pages in `out` that are not as made: stale, missing, or of something that is gone; sorted by path."""
    found = [path for path, text in made.items() if _text_of(out / path) != text]
    found += [path for path in _generated(out) if path not in made]
    return tuple(sorted(found))


def write(made: Mapping[str, str], out: Path) -> tuple[str, ...]:
    """Write the pages that differ and take away generated ones that are gone; returns their paths."""
    changed = differences(made, out)
    for path in changed:
        if path in made:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_text(made[path], "utf-8")
        else:
            (out / path).unlink()
    return changed


def _generated(out: Path) -> Iterator[str]:
    for path in out.rglob("*.md"):
        if _text_of(path).startswith(MARK):
            yield path.relative_to(out).as_posix()


def _text_of(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""

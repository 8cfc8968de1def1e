"""Pages that promise everything and hold nothing: of no item of any year may one of them let an element pass."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from oitcheck import cases
from oitcheck.model.agency import Agency, Submission
from oitcheck.model.checklist import Item
from tests.pages import checklist_of

YEARS = (2566, 2567, 2568, 2569)
URL = "http://www.sophuai.example/ita/page"
AGENCY = ("เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย")


def texts(item: Item) -> list[str]:
    return [requirement.text for requirement in item.requirements]


def copied_criteria(item: Item, year: int) -> str:
    """The criterion itself, copied from the manual."""
    listed = "".join(f"<li>{escape(text)}</li>" for text in texts(item))
    return f"<p>แสดง{escape(item.title)} โดยมีรายละเอียดอย่างน้อยประกอบด้วย</p><ul>{listed}</ul>"


def links_to_nowhere(item: Item, year: int) -> str:
    """Every element as a link to a page that is not there."""
    return "".join(
        f'<p><a href="/gone/{i}.pdf">{escape(t)} ปีงบประมาณ พ.ศ. {year}</a></p>' for i, t in enumerate(texts(item))
    )


def menu_of_names(item: Item, year: int) -> str:
    """Every element in a menu, none of them leading anywhere."""
    listed = "".join(f'<li><a href="#">{escape(text)}</a></li>' for text in texts(item))
    return f"<nav><ul>{listed}</ul></nav><ul>{listed}</ul>"


def empty_table(item: Item, year: int) -> str:
    """A table with every element as a column, and no row."""
    heads = "".join(f"<th>{escape(text)}</th>" for text in texts(item))
    return f"<table><thead><tr>{heads}</tr></thead><tbody></tbody></table>"


def blank_table(item: Item, year: int) -> str:
    """A table with every element as a column, its rows left blank."""
    heads = "".join(f"<th>{escape(text)}</th>" for text in texts(item))
    row = "<tr>" + "<td>........</td>" * len(texts(item)) + "</tr>"
    return f"<table><tr>{heads}</tr>{row}{row}</table>"


def dotted_form(item: Item, year: int) -> str:
    """A form to be filled in on paper: every element with dots behind it."""
    return "".join(f"<p>{escape(text)} : ..............................</p>" for text in texts(item))


def headings_alone(item: Item, year: int) -> str:
    """Every element as a heading with nothing under it."""
    return "".join(f"<h3>{escape(text)}</h3>" for text in texts(item))


def under_construction(item: Item, year: int) -> str:
    """A page that will be there one day."""
    return "<p>อยู่ระหว่างปรับปรุงข้อมูล</p>"


def vendor_template(item: Item, year: int) -> str:
    """The sample text of a website's vendor under the headings of the item."""
    filler = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore."
    return "".join(f"<h3>{escape(text)}</h3><p>{filler}</p>" for text in texts(item))


def details_attached(item: Item, year: int) -> str:
    """Every element said to be in an attachment that is not attached."""
    return "".join(f"<h3>{escape(text)}</h3><p>รายละเอียดตามเอกสารแนบ</p>" for text in texts(item))


KINDS: tuple[Callable[[Item, int], str], ...] = (
    copied_criteria,
    links_to_nowhere,
    menu_of_names,
    empty_table,
    blank_table,
    dotted_form,
    headings_alone,
    under_construction,
    vendor_template,
    details_attached,
)


def page(item: Item, year: int, content: str) -> str:
    title = f"{item.title} ประจำปีงบประมาณ พ.ศ. {year}"
    return (
        f"<!doctype html><html lang=th><head><meta charset=utf-8><title>{escape(title)} - {AGENCY[0]}</title></head>"
        f"<body><header><a href=/>{AGENCY[0]}</a></header><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
@pytest.mark.parametrize("year", YEARS)
def test_nothing_passes(year: int, kind: Callable[[Item, int], str]) -> None:
    checklist, vocabulary = checklist_of(year)
    name, sort, province, district = AGENCY
    agency = Agency("case", name, sort, province, district, year, "", ("www.sophuai.example",))
    passed = []
    for item in checklist.items.values():
        submission = Submission("case", item.id, (URL,))
        serve = {URL: {"body": page(item, year, kind(item, year))}}
        case = cases.Case(Path(str(year), item.id, "honeypot"), kind.__doc__ or "", submission, agency, serve, {})
        findings = cases.judged(case, cases.evidence_in(case), checklist, vocabulary)
        passed += [f"{f.requirement} {f.code} {dict(f.facts)}" for f in findings if f.outcome == "passed"]
    assert not passed, "\n".join(passed)

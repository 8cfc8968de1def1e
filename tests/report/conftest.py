"""An invented province of three agencies and four items, the smallest year that has a score."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist, Item, Requirement
from oitcheck.model.finding import Finding, Outcome, Run, SearchedRow, SeenRow
from oitcheck.report.messages import Messages
from oitcheck.report.view import RunView, view

AT = datetime(2023, 4, 6, 19, 14, tzinfo=UTC)


def _item(item_id: str, title: str, indicator: str, texts: tuple[str, ...]) -> Item:
    requirements = tuple(
        Requirement(f"{item_id}.{n}", text, f"English of {item_id}.{n}", "says", None)
        for n, text in enumerate(texts, start=1)
    )
    return Item(item_id, title, f"Title of {item_id}", indicator, "year", (), requirements)


@pytest.fixture
def checklist() -> Checklist:
    items = (
        _item("O1", "โครงสร้าง", "9.1", ("แผนผัง", "ฝ่าย")),
        _item("O2", "ผู้บริหาร", "9.1", ("รายชื่อ",)),
        _item("O10", "สรุปผลการจัดซื้อจัดจ้างรายเดือน", "9.2", ("สรุปผลเดือนมีนาคม 2566",)),
        _item("O11", "นโยบายไม่รับของขวัญ", "10.1", ("ประกาศ", "ลงนาม")),
    )
    return Checklist(2566, "แบบตรวจ", {item.id: item for item in items}, "0" * 64)


@pytest.fixture
def run() -> Run:
    return Run("run-1", 2566, "2566-3", f"2566@sha256:{'0' * 64}", "0.1.0", AT, "2023-04-07", ("ocr",))


@pytest.fixture
def agencies() -> tuple[Agency, ...]:
    return (
        Agency("b-sao", "องค์การบริหารส่วนตำบลดอนกลาง", "อบต.", "นครธาร", "สบห้วย", 2566, "", ("www.b.example",)),
        Agency("a-tt", "เทศบาลตำบลสบห้วย", "เทศบาลตำบล", "นครธาร", "สบห้วย", 2566, "", ("www.a.example",)),
        Agency("c-none", "เทศบาลเมืองท่าสะพาน", "เทศบาลเมือง", "นครธาร", "เมือง", 2566, "", ("www.c.example",)),
    )


FindingOf = Callable[..., Finding]


@pytest.fixture
def finding() -> FindingOf:
    """Makes findings: only what a test speaks of has to be given."""

    def make(
        agency: str, item: str, requirement: str, outcome: Outcome, code: str = "says.found", **more: object
    ) -> Finding:
        values: dict[str, object] = {
            "about": "",
            "reason": code.split(".")[1],
            "binding": True,
            "basis": "direct",
            "facts": {},
            "seen": (),
            "searched": (),
        }
        return Finding(agency, item, requirement, outcome=outcome, code=code, **{**values, **more})  # type: ignore[arg-type]

    return make


@pytest.fixture
def findings(finding: FindingOf) -> tuple[Finding, ...]:
    passed, failed, open_ = Outcome.PASSED, Outcome.FAILED, Outcome.CANT_TELL
    page = "https://www.a.example/o10/"
    seen = SeenRow(page, page, "ab" * 32, AT, "page:2", "สรุปผล เดือน มีนาคม ๒๕๖๖ รวม ๑๑ รายการ")
    silent = SearchedRow("https://www.b.example/o11/", "", "", 0, False, "timeout")
    return (
        *(finding("a-tt", item, "*", passed) for item in ("O1", "O2", "O11")),
        finding("a-tt", "O1", "O1.1", passed),
        finding("a-tt", "O1", "O1.2", passed),
        finding("a-tt", "O2", "O2.1", passed),
        finding("a-tt", "O10", "*", failed, "months.missing", facts={"month": "มีนาคม 2566"}),
        finding("a-tt", "O10", "O10.1", failed, "months.missing", facts={"month": "มีนาคม 2566"}, seen=(seen,)),
        finding("a-tt", "O11", "O11.1", passed),
        finding("a-tt", "O11", "O11.2", passed),
        finding("b-sao", "O1", "*", failed, "gate.page_gone"),
        finding("b-sao", "O1", "O1.1", failed, "gate.page_gone"),
        finding("b-sao", "O1", "O1.2", failed, "gate.page_gone"),
        finding("b-sao", "O2", "*", passed),
        finding("b-sao", "O2", "O2.1", passed),
        finding("b-sao", "O10", "*", failed, "months.missing", facts={"month": "มีนาคม 2566"}),
        finding("b-sao", "O10", "O10.1", failed, "months.missing", facts={"month": "มีนาคม 2566"}),
        finding("b-sao", "O11", "*", open_, "gate.not_readable", searched=(silent,)),
        finding("b-sao", "O11", "O11.1", open_, "gate.not_readable", searched=(silent,)),
        finding("b-sao", "O11", "O11.2", open_, "gate.not_readable", searched=(silent,)),
        *(finding("c-none", item, "*", failed, "gate.not_submitted") for item in ("O1", "O2", "O10", "O11")),
    )


@pytest.fixture
def round_() -> Round:
    return Round("2566-3", 2566, None, date(2023, 4, 7), (), "ครั้งที่ 3")


@pytest.fixture
def submissions() -> tuple[Submission, ...]:
    given = tuple(
        Submission(agency, item, (f"https://www.{agency[0]}.example/{item.lower()}/",))
        for agency in ("a-tt", "b-sao")
        for item in ("O1", "O2", "O10", "O11")
    )
    return (*given, Submission("c-none", "O1", ()))


@pytest.fixture
def province(
    run: Run,
    round_: Round,
    checklist: Checklist,
    agencies: tuple[Agency, ...],
    submissions: tuple[Submission, ...],
    findings: tuple[Finding, ...],
) -> RunView:
    return view(run, round_, checklist, agencies, submissions, findings)


@pytest.fixture
def messages() -> Messages:
    return Messages.of(
        "th",
        {
            "says": {"found": {"says": "พบข้อมูล", "do": ""}},
            "months": {"missing": {"says": "ไม่พบสรุปผลของเดือน{month}", "do": "เผยแพร่สรุปผลเดือน{month}"}},
            "gate": {
                "page_gone": {"says": "ไม่พบหน้าที่จัดส่ง (404)", "do": "จัดส่ง URL ที่เปิดได้"},
                "not_readable": {"says": "ขณะตรวจเข้าถึงไม่ได้", "do": "ตรวจสอบเครื่องแม่ข่าย"},
                "not_submitted": {"says": "ยังไม่จัดส่ง URL", "do": "จัดส่ง URL"},
            },
        },
    )

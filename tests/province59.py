"""A round of 59 invented agencies and the 43 items of 2566, made up without a crawl; the same every time."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from oitcheck.model.agency import Agency, Round, Submission
from oitcheck.model.checklist import Checklist, Item
from oitcheck.model.finding import Finding, Outcome, Run, SearchedRow, SeenRow, worst
from oitcheck.report.view import RunView, view
from oitcheck.rules.declare import load
from oitcheck.settings import resource_folder

AT = datetime(2023, 4, 8, 1, 30, tzinfo=UTC)
KINDS = ("องค์การบริหารส่วนตำบล", "เทศบาลตำบล", "เทศบาลเมือง", "องค์การบริหารส่วนจังหวัด")
SHORT = ("อบต.", "เทศบาลตำบล", "เทศบาลเมือง", "อบจ.")
DISTRICTS = ("เมืองนครธาร", "สบห้วย", "ดอนพะยอม", "ทุ่งลำพู", "ห้วยตะเคียน", "ท่าสะพาน", "โคกแสลง", "หนองเรือ")
SILENT = (7, 40)  # agencies that handed in nothing
FAULTS = {
    "monthly_report": ("month_missing", {"month": "มีนาคม 2566"}),
    "period": ("other_year", {"found": "ปีงบประมาณ พ.ศ. 2565", "years": "2566", "year": "2566"}),
}


def checklist_2566() -> Checklist:
    return load(resource_folder("checklists"), 2566)[0]


def agencies_59() -> tuple[Agency, ...]:
    made = []
    for n in range(59):
        kind = 3 if n == 0 else 2 if n % 14 == 3 else n % 2
        name = f"{KINDS[kind]}บ้านสมมุติที่ {n + 1}"
        made.append(
            Agency(f"a{n + 1:02d}", name, SHORT[kind], "นครธาร", DISTRICTS[n % 8], 2566, "", (f"www.a{n + 1}.example",))
        )
    return tuple(made)


def _chance(*parts: object) -> int:
    """0–99, the same for the same parts."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).digest()[0] * 100 // 256


def _item(agency: Agency, item: Item, url: str, mended: bool, elements: int) -> list[Finding]:
    if not url:
        gone = [
            Finding(agency.id, item.id, r.id, "", Outcome.FAILED, "not_submitted", "gate.not_submitted", r.binding,
                    r.basis, {}, (), ())
            for r in item.requirements[:elements]
        ]  # fmt: skip
        whole = Finding(agency.id, item.id, "*", "", Outcome.FAILED, "not_submitted", "gate.not_submitted", True,
                        "direct", {}, (), ())  # fmt: skip
        return [whole, *gone]
    sha256 = hashlib.sha256(url.encode()).hexdigest()
    seen = (SeenRow(url, url, sha256, AT, "css:main > p", f"ข้อความของ {item.title} ที่เผยแพร่"),)
    searched = (SearchedRow(url, sha256, "html", 1, False, "read"),)
    down = (SearchedRow(url, "", "", 0, False, "timeout"),)
    rows = []
    chance = _chance(agency.id, item.id)
    for number, r in enumerate(item.requirements[:elements]):
        outcome, code, facts = Outcome.PASSED, f"{r.check}.found", {}
        if chance < 8:
            outcome, code = Outcome.CANT_TELL, "gate.not_readable"
        elif chance < 28 and not (mended and chance < 22) and number == chance % min(len(item.requirements), elements):
            reason, facts = FAULTS.get(r.check, ("missing", {"what": r.text}))
            outcome, code = Outcome.FAILED, f"{r.check}.{reason}"
        rows.append(
            Finding(agency.id, item.id, r.id, "", outcome, code.split(".")[1], code, r.binding, r.basis, facts,
                    () if outcome is Outcome.CANT_TELL else seen,
                    down if outcome is Outcome.CANT_TELL else searched)
        )  # fmt: skip
    end = worst(r.outcome for r in rows if r.binding)
    reason = {Outcome.PASSED: "complete", Outcome.FAILED: "elements_missing"}.get(end, "elements_undecided")
    named = ", ".join(r.requirement for r in rows if r.outcome is end)
    facts = {"count": str(len(rows)), "missing": named, "undecided": named}
    whole = Finding(agency.id, item.id, "*", "", end, reason, f"item.{reason}", True, "direct", facts, (), ())
    return [whole, *rows]


def round_of_59(*, mended: bool = False, run_id: str = "2566-20230408-0830-0001", elements: int = 99) -> RunView:
    """The round; `mended`: some weeks later, when two thirds of what was missing is there, and an agency woke up.

    `elements`: at most so many of each item, for tests of what does not depend on them.
    """
    checklist, agencies = checklist_2566(), agencies_59()
    submissions, findings = [], []
    for number, agency in enumerate(agencies):
        for item in checklist.items.values():
            silent = number in SILENT and not (mended and number == SILENT[0])
            left_out = silent or (_chance("out", agency.id, item.id) < 4 and not mended)
            gone = mended and _chance("gone", agency.id, item.id) < 1
            url = "" if left_out or gone else f"http://{agency.hosts[0]}/ita66/{item.id.lower()}"
            submissions.append(Submission(agency.id, item.id, (url,) if url else ()))
            findings += _item(agency, item, url, mended, elements)
    run = Run(run_id, 2566, "2566", checklist.id, "0.1.0", AT, "2023-04-08")
    round_ = Round("2566", 2566, None, date(2023, 4, 7), (), "การจัดส่ง URL ทั้งปี", date(2023, 4, 24))
    return view(run, round_, checklist, agencies, tuple(submissions), tuple(findings))

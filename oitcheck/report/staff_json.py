"""The round for staff as JSON, for other programs."""

from __future__ import annotations

import json
from typing import Any

from oitcheck.report.availability import Reachability
from oitcheck.report.beside import Beside
from oitcheck.report.comparison import Comparison
from oitcheck.report.export import utc_text
from oitcheck.report.score import Estimate
from oitcheck.report.staff import Group, StaffRow, StaffSummary
from oitcheck.report.view import RunView

SCHEMA = "oitcheck.round/1"


def staff_json(view: RunView, staff: StaffSummary, beside: Beside) -> str:
    """One JSON object with agencies, groups, faults and changes; the same run gives the same text."""
    summary, run = staff.summary, view.run
    told = {
        "schema": SCHEMA,
        "run": run.id,
        "assessed_at": utc_text(run.assessed_at),
        "checklist": run.checklist_id,
        "year": run.year_be,
        "round": run.round_id,
        "closes_on": view.round.closes_on.isoformat() if view.round.closes_on else None,
        "consultation_on": view.round.consultation_on.isoformat() if view.round.consultation_on else None,
        "days_left": staff.days_left,
        "items": list(summary.items),
        "agencies": [_agency(view, row, beside) for row in staff.rows],
        "overruled": summary.overruled,
        "called": [row.row.agency.id for row in staff.called],
        "reach": {"certain": staff.reach.certain, "possible": staff.reach.possible, "of": staff.reach.estimated},
        "districts": [_group(group) for group in staff.districts],
        "kinds": [_group(group) for group in staff.kinds],
        "faults": [
            {"item": f.item, "requirement": f.requirement, "code": f.code, "agencies": list(f.agencies)}
            for f in summary.faults
        ],
        "comparison": None if staff.comparison is None else _comparison(staff.comparison),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _agency(view: RunView, row: StaffRow, beside: Beside) -> dict[str, Any]:
    agency = row.row.agency
    return {
        "agency": agency.id,
        "name": agency.name_th,
        "kind": agency.kind,
        "district": agency.district,
        "outcomes": {i: o.value if o else None for i, o in zip(view.items, row.row.machine, strict=True)},
        "confirmed": {i: o.value if o else None for i, o in zip(view.items, row.row.outcomes, strict=True)},
        "missing": list(row.missing),
        "late": list(row.late),
        "last_score": row.last_score,
        "estimate": _estimate(row.machine_estimate),
        "estimate_confirmed": _estimate(row.row.estimate),
        "calls": [call.value for call in row.calls],
        "website": None if (site := beside.website(agency.id)) is None else _website(site),
        "https_faults": {host: fault.value for host, fault in beside.tls_faults.get(agency.id, {}).items()},
    }


def _website(site: Reachability) -> dict[str, Any]:
    return {
        "reached": site.reached,
        "checks": site.checks,
        "longest_gap_hours": round(site.gap_hours, 2),
        "down_since": utc_text(site.down_since) if site.down_since else None,
    }


def _estimate(estimate: Estimate | None) -> list[float] | None:
    return None if estimate is None else [estimate.low, estimate.high]


def _group(group: Group) -> dict[str, Any]:
    counts = group.counts
    return {
        "name": group.name,
        "agencies": group.agencies,
        "passed": counts.passed,
        "failed": counts.failed,
        "cant_tell": counts.cant_tell,
        "complete": group.complete,
        "nothing": group.nothing,
        "called": group.called,
    }


def _comparison(compared: Comparison) -> dict[str, Any]:
    return {
        "before": compared.before_id,
        "after": compared.after_id,
        "totals": {change.value: n for change, n in compared.totals.items()},
        "changes": [
            {
                "agency": one.agency_id,
                "item": one.item,
                "before": one.before.value if one.before else None,
                "after": one.after.value if one.after else None,
                "change": one.change.value,
                "mended": list(one.mended),
                "broken": list(one.broken),
            }
            for one in compared.changes
            if one.change.value != "unchanged"
        ],
    }

"""What a run leaves out is listed with its reason; one agency that breaks does not cost the others their night."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from oitcheck.errors import RecordError, StoreError
from oitcheck.pipeline import judging, running
from oitcheck.pipeline.left_out import concerns_all
from oitcheck.pipeline.partial import unfinished
from oitcheck.pipeline.rounds import run_of_round
from oitcheck.settings import load
from oitcheck.store.records import Store
from oitcheck.store.refusal import refusals
from tests.conftest import AGENCIES, AGENCY, CHECK, SUBMISSIONS, Command
from tests.province59 import checklist_2566


def three(here: Path, *, urls: tuple[str, ...] = ("one",)) -> None:
    """Three agencies: one, two and (without a website) none; those of `urls` handed one in."""
    rows = [AGENCY.replace("sophuai", name).replace("สบห้วย", name) for name in ("one", "two", "none")]
    rows[2] = rows[2].replace("www.none.example", "")
    (here / "agencies.csv").write_text(AGENCIES + "".join(rows), "utf-8")
    handed_in = [f"{name},O21,http://www.{name}.example/o21/,\n" for name in urls]
    (here / "submissions.csv").write_text(SUBMISSIONS + "".join(handed_in), "utf-8")


def store_of(here: Path):  # type: ignore[no-untyped-def]
    return Store.open(load(None, {"OITCHECK_STORAGE__LEAST_FREE_BYTES": "0"}), write=False)


def test_agencies_that_handed_nothing_in_are_left_out_too_when_a_limit_stops_the_run(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(here)
    monkeypatch.setattr(running, "AGENCIES_AT_ONCE", 1)
    monkeypatch.setenv("OITCHECK_CRAWL__MAX_PAGES", "2")
    code, _, err = run(*CHECK)
    with store_of(here) as store:
        record = store.run("latest")
    assert (code, record.state) == (5, "stopped"), err
    assert {"http://www.two.example/", "none"} <= set(record.options["left_out"])
    _, out, _ = run("runs", "left-out", "--format", "json")
    rows = {(row["url"], row["agency_id"], row["detail"]) for row in json.loads(out)}
    assert {("http://www.two.example/", "two", "limit of the run"), ("", "none", "limit of the run")} <= rows
    monkeypatch.setenv("OITCHECK_CRAWL__MAX_PAGES", "0")
    assert run(*CHECK)[0] == 0
    with store_of(here) as store:
        (record,) = store.runs()
        assert record.state == "done" and len(store.reached(record.run.id, "assessed")) == 3


@pytest.mark.parametrize("error", [ZeroDivisionError("oh"), RecordError("the kept copy is damaged", where="/x")])
def test_an_agency_that_breaks_is_left_out_with_its_reason_and_the_others_are_done(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    three(here, urls=("one", "two"))
    real = running.crawl_agency

    async def breaks(agency, *rest, **more):  # type: ignore[no-untyped-def]
        if agency.id == "two":
            raise error
        return await real(agency, *rest, **more)

    monkeypatch.setattr(running, "crawl_agency", breaks)
    with caplog.at_level(logging.ERROR, "oitcheck"):
        code, _, err = run(*CHECK)
    assert code == 5 and "ตรวจไม่ได้ 1 หน่วยงาน (two) ดู" in err and "ขีดจำกัด" not in err
    (told,) = [one for one in caplog.records if "agency two could not be checked" in one.getMessage()]
    assert told.exc_info is not None and told.exc_info[1] is error
    with store_of(here) as store:
        record = store.run("latest")
        assert record.state == "stopped" and record.options["left_out"] == ["http://www.two.example/o21/"]
        assert store.reached(record.run.id, "assessed") == {("one", "O21"), ("none", "O21")}
        assert run_of_round(store, checklist_2566(), "2566").run.id == record.run.id
        rest = unfinished(store, record)
        assert rest is not None and (rest.broken, rest.is_open) == (("two",), False)
    _, out, _ = run("runs", "left-out", "--format", "json")
    (row,) = json.loads(out)
    assert (row["agency_id"], row["url"]) == ("two", "http://www.two.example/o21/")
    assert row["detail"].startswith(type(error).__name__)
    _, _, err = run("publish", "--round", "2566")
    assert "ตรวจไม่ได้ 1 หน่วยงาน (two)" in err
    monkeypatch.setattr(running, "crawl_agency", real)
    assert run(*CHECK)[0] == 0
    with store_of(here) as store:
        (record,) = store.runs()
        assert record.state == "done" and "broken" not in record.options


def test_a_limit_and_an_agency_that_broke_are_both_told(run: Command, here: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    three(here, urls=("one", "two"))
    monkeypatch.setattr(running, "AGENCIES_AT_ONCE", 1)
    monkeypatch.setenv("OITCHECK_CRAWL__MAX_PAGES", "1")
    real = running.crawl_agency

    async def breaks(agency, *rest, **more):  # type: ignore[no-untyped-def]
        if agency.id == "one":
            raise KeyError
        return await real(agency, *rest, **more)

    monkeypatch.setattr(running, "crawl_agency", breaks)
    code, _, err = run(*CHECK)
    told = [line for line in err.splitlines() if "runs left-out" in line]
    assert code == 5 and len(told) == 2, err
    assert "ตรวจไม่ได้ 1 หน่วยงาน (one) ดู" in told[0]
    assert "ขีดจำกัด" in told[1] and "http://www.one.example" not in told[1] and "…" not in told[1]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StoreError("the disk is full", where="/x", remedy="Free some."), "the disk is full"),
        (OSError(28, "No space left", "/x"), "the disk is full"),
        (MemoryError(), "the memory of the machine is used up"),
        (RuntimeError("can't start new thread"), "no more threads can be started"),
    ],
)
def test_what_concerns_all_ends_the_run_at_once(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    three(here, urls=("one", "two"))
    began: list[str] = []

    async def breaks(agency, *_, **__):  # type: ignore[no-untyped-def]
        began.append(agency.id)
        raise error

    monkeypatch.setattr(running, "crawl_agency", breaks)
    monkeypatch.setattr(running, "AGENCIES_AT_ONCE", 1)
    code, _, err = run(*CHECK)
    assert code == 4 and told in err and len(began) == 1


def test_a_row_that_is_refused_concerns_no_other_and_a_database_that_is_gone_all() -> None:
    for error, is_of_all in (
        (DataError("INSERT", {}, Exception("value too long")), False),
        (IntegrityError("INSERT", {}, Exception("FOREIGN KEY constraint failed")), False),
        (OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly")), True),
        (OperationalError("INSERT", {}, Exception("database or disk is full")), True),
    ):
        with pytest.raises(StoreError) as told, refusals("x"):
            raise error
        assert concerns_all(told.value) is is_of_all, error
    assert not concerns_all(KeyError("x")) and not concerns_all(RuntimeError("x"))


def test_one_agency_that_breaks_does_not_cost_the_others_their_assessment(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(here, urls=("one", "two"))
    for words in (
        ("agencies", "import", "agencies.csv"),
        ("submissions", "import", "submissions.csv", "--year", "2566"),
    ):
        assert run(*words)[0] == 0
    assert run("crawl", "--round", "2566", "--item", "O21")[0] == 0
    with store_of(here) as store:
        assert unfinished(store, store.run("latest")) is not None, "only crawled"
    real = judging._assess_agency

    async def breaks(agency, *rest):  # type: ignore[no-untyped-def]
        if agency.id == "one":
            raise ZeroDivisionError
        await real(agency, *rest)

    monkeypatch.setattr(judging, "_assess_agency", breaks)
    code, _, err = run("assess", "--round", "2566")
    assert code == 5 and "ตรวจไม่ได้ 1 หน่วยงาน: one ดูสาเหตุ: oitcheck runs left-out" in err
    _, out, _ = run("runs", "left-out", "--format", "json")
    (row,) = json.loads(out)
    assert (row["agency_id"], row["url"], row["detail"]) == ("one", "http://www.one.example/o21/", "ZeroDivisionError")
    with store_of(here) as store:
        record = store.run("latest")
        rest = unfinished(store, record)
        assert record.state == "done" and rest is not None and (rest.broken, rest.is_open) == (("one",), False)
    monkeypatch.setattr(judging, "_assess_agency", real)
    assert run("assess", "--round", "2566")[0] == 0
    with store_of(here) as store:
        record = store.run("latest")
        assert unfinished(store, record) is None and not record.broken and "left_out" not in record.options


def test_one_that_could_not_even_be_crawled_stays_known_when_the_others_are_assessed(
    run: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(here, urls=("one", "two"))
    for words in (
        ("agencies", "import", "agencies.csv"),
        ("submissions", "import", "submissions.csv", "--year", "2566"),
    ):
        assert run(*words)[0] == 0
    real = running.crawl_agency

    async def breaks(agency, *rest, **more):  # type: ignore[no-untyped-def]
        if agency.id == "two":
            raise KeyError
        return await real(agency, *rest, **more)

    monkeypatch.setattr(running, "crawl_agency", breaks)
    assert run("crawl", "--round", "2566", "--item", "O21")[0] == 5
    assert run("assess", "--round", "2566")[0] == 0
    with store_of(here) as store:
        rest = unfinished(store, store.run("latest"))
        assert rest is not None and (rest.broken, rest.is_open) == (("two",), False)


def test_the_works_of_an_agency_end_together_and_at_once_only_for_what_concerns_all() -> None:
    ended: list[str] = []

    async def fails(error: Exception) -> None:
        raise error

    async def slow(seconds: float) -> str:
        try:
            await asyncio.sleep(seconds)
            ended.append("done")
            return "given"
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def all_of(error: Exception, seconds: float) -> None:
        await running._all_of((fails(error), slow(seconds)))

    with pytest.raises(KeyError):
        asyncio.run(all_of(KeyError("x"), 0.02))
    with pytest.raises(StoreError):
        asyncio.run(all_of(StoreError("the disk is full"), 30))
    assert ended == ["done", "cancelled"]
    assert asyncio.run(running._all_of(slow(0) for _ in range(2))) == ["given", "given"]
    assert asyncio.run(running._all_of(())) == []

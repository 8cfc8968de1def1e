"""The light check of the main websites: counted fairly, shown apart from every verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oitcheck.demo import SiteServer, demo_folder
from oitcheck.model.agency import Agency, Round
from oitcheck.model.availability import WebsiteCheck, is_reached
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.finding import Run
from oitcheck.pipeline.judging import HOME
from oitcheck.pipeline.websites import check_websites, counted, websites_of_run
from oitcheck.report.availability import all_reachability, reachability, week_columns
from oitcheck.settings import NetworkSettings, Settings
from oitcheck.store.nights import Night

MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)
AGENCY = Agency("a", "ก", "", "", "", 2569, "", ("www.a.example",))
OK, DOWN, BLOCKED = FetchOutcome.OK, FetchOutcome.TIMEOUT, FetchOutcome.BLOCKED


def sites(*outcomes: FetchOutcome) -> list[WebsiteCheck]:
    """One check each of several sites."""
    return [replace(c, url=f"http://www.{n}.example/") for n, c in enumerate(checks(*outcomes))]


def checks(*outcomes: FetchOutcome, hours: float = 1, counts: bool = True) -> list[WebsiteCheck]:
    return [
        WebsiteCheck(
            "a", MONDAY + timedelta(hours=hours * n), "http://www.a.example/", o, 200 if o is OK else 0, None, counts
        )
        for n, o in enumerate(outcomes)
    ]


def test_share_longest_gap_and_since_when_down() -> None:
    found = reachability(AGENCY, checks(OK, DOWN, DOWN, DOWN, OK, DOWN, OK, DOWN))
    assert (found.reached, found.checks, found.share) == (3, 8, 3 / 8)
    assert found.gap == (MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=4)) and found.gap_hours == 3
    assert found.down_since == MONDAY + timedelta(hours=7) and found.down_checks == 1


def test_a_site_that_is_still_down_has_a_gap_up_to_now() -> None:
    found = reachability(AGENCY, checks(OK, DOWN, DOWN, DOWN))
    assert found.gap == (MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=3)) and found.down_checks == 3


def test_what_does_not_tell_is_not_counted_either_way() -> None:
    found = reachability(AGENCY, checks(DOWN, BLOCKED, DOWN))
    assert (found.reached, found.checks, found.untold, found.down_checks) == (0, 2, 1, 2)
    nothing = reachability(AGENCY, checks(DOWN, DOWN, counts=False))
    assert nothing.share is None and nothing.down_since is None and nothing.untold == 2


def test_by_week_in_local_time() -> None:
    sunday_evening = datetime(2026, 3, 8, 16, 59, tzinfo=UTC)  # 23.59 in Bangkok
    rows = [WebsiteCheck("a", at, "", OK, 200) for at in (sunday_evening, sunday_evening + timedelta(minutes=1))]
    found = reachability(AGENCY, rows)
    assert [(w.monday.isoformat(), w.checks) for w in found.weeks] == [("2026-03-02", 1), ("2026-03-09", 1)]
    assert week_columns([found], most=1) == (found.weeks[1].monday,)


def test_the_worst_stand_first_and_those_never_checked_not_at_all() -> None:
    others = [Agency(name, name, "", "", "", 2569, "", ()) for name in ("b", "c", "d")]
    rows = all_reachability(
        [AGENCY, *others], {"a": checks(OK, OK), "b": checks(OK, DOWN, OK), "c": checks(OK, DOWN), "d": []}
    )
    assert [r.agency.id for r in rows] == ["c", "b", "a"]


@pytest.mark.parametrize("outcome", list(FetchOutcome))
def test_every_ending_either_reached_the_site_or_not_or_does_not_tell(outcome: FetchOutcome) -> None:
    told = is_reached(outcome)
    assert told is True if outcome.is_ok else told in (True, False, None)
    if outcome in (
        FetchOutcome.BLOCKED,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.NOT_REACHED,
        FetchOutcome.FORBIDDEN_ADDRESS,
    ):
        assert told is None, "nobody is called down because we were refused"


def test_when_no_site_at_all_answers_it_is_our_own_network() -> None:
    assert [c.counts for c in counted(sites(DOWN, DOWN, DOWN))] == [False] * 3
    assert [c.counts for c in counted(sites(DOWN, DOWN, OK))] == [True] * 3
    assert [c.counts for c in counted(sites(DOWN, DOWN))] == [True] * 2, "two may well be down at once"
    assert [c.counts for c in counted(checks(DOWN, DOWN, DOWN))] == [True] * 3, "agencies on one host are one site"


@pytest.mark.parametrize("rest", [OK, DOWN])
def test_a_second_look_at_sites_in_trouble_does_not_blame_our_own_network_where_the_rest_answered(
    store, rest: FetchOutcome
) -> None:
    agencies = [Agency(n, n, "", "", "", 2569, "", (f"www.{n}.example",)) for n in ("a", "b", "c", "d")]

    def looked(run_id: str, at: datetime, chosen: list[Agency], **outcomes: FetchOutcome) -> None:
        run = Run(run_id, 2569, "2569", "2569@x", "0", at, "2026-03-02")
        store.begin_run(run, chosen, (), Round("2569", 2569), started_at=at)
        for a in chosen:
            url, outcome = f"http://{a.hosts[0]}/", outcomes.get(a.id, DOWN)
            home = Capture(url, url, (), outcome, 200 if outcome is OK else 0, at)
            store.record_submission(run_id, a.id, HOME, [("home", home)])

    looked("first", MONDAY, agencies, a=rest)
    looked("second", MONDAY + timedelta(hours=4), agencies[1:])
    at = MONDAY + timedelta(hours=4)
    store.nights.keep(Night(2569, "2569", at, "retry", at, "running", at, None, 1, "second", "first"))
    assert len(websites_of_run(store, "first")) == 4
    assert [(c.agency_id, c.counts) for c in websites_of_run(store, "second")] == [
        (n, rest is OK) for n in ("b", "c", "d")
    ]


def test_the_check_goes_through_the_fetcher_and_is_kept(store, settings: Settings) -> None:
    with SiteServer(demo_folder() / "sites") as server:
        network = NetworkSettings(allow_private=True, connect_to=server.host_port)
        crawl = settings.crawl.model_copy(update={"delay_seconds": 0.0, "retry_delay_seconds": 0.0})
        there = settings.model_copy(update={"network": network, "crawl": crawl})
        agencies = [
            Agency("a", "ก", "", "", "", 2568, "", ("www.nobody.example", "www.lamtandiao.example")),
            Agency("b", "ข", "", "", "", 2568, "", ("www.nobody.example",)),
            Agency("c", "ค", "", "", "", 2568, "", ()),
        ]
        found = check_websites(there, store, agencies)
    assert [(c.agency_id, c.reached, c.http_status) for c in found] == [("a", True, 200), ("b", False, 0)]
    assert all(c.milliseconds is not None and c.counts for c in found)
    assert store.websites.since(MONDAY - timedelta(days=9999)) == found


def test_the_guard_holds_for_the_light_check(store, settings: Settings) -> None:
    """Without leave no connection to a private address is made; that is no fault of the site."""
    (found,) = check_websites(settings, store, [Agency("a", "ก", "", "", "", 2569, "", ("127.0.0.1",))])
    assert found.outcome is FetchOutcome.FORBIDDEN_ADDRESS and found.reached is None

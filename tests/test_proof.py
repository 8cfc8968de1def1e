"""A finding can be proved: each quotation stands at its place in the kept bytes, and a miss says what was searched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from oitcheck.extract.read import text_at
from oitcheck.lib.thai_text import fold
from oitcheck.model.evidence import Capture
from oitcheck.store.records import Store

# Not within the bytes: the address itself, and a document's title.
WITHOUT_TEXT = ("url", "title")


@pytest.fixture(scope="module")
def store(small_round: Any) -> Iterator[Store]:
    with Store.open(small_round.settings, write=False) as opened:
        yield opened


def _captures(store: Store) -> dict[str, Capture]:
    steps = (step for record in store.runs() for _, _, walk in store.trail(record.run.id) for step in walk)
    return {capture.sha256: capture for _, capture in steps if capture.sha256}


@pytest.fixture(scope="module")
def rows(small_round: Any) -> list[dict[str, Any]]:
    return [row for year in small_round.findings for row in small_round.rows(year)]


def test_every_quotation_stands_at_its_place(store: Store, rows: list[dict[str, Any]]) -> None:
    captures = _captures(store)
    bodies = {sha256: store.bodies.get(sha256) for sha256 in captures}
    lost = {}
    opened = set()
    for row in rows:
        for seen in row["seen"]:
            if not seen["sha256"] or seen["place"] in WITHOUT_TEXT:
                continue
            capture = captures[seen["sha256"]]
            text = text_at(bodies[seen["sha256"]], capture.charset, seen["place"])
            opened.add(seen["place"].partition(":")[0])
            if fold(seen["quote"]) not in fold(text):
                code = (row["item"], row["reason"], seen["place"].partition(":")[0])
                lost.setdefault(
                    code,
                    f"{row['requirement']} {seen['url']} {seen['place']}: {seen['quote'][:80]!r} not in {text[:120]!r}",
                )
    assert opened >= {"css", "page", "sheet"}
    assert not lost, "\n".join(lost.values())


def test_every_quotation_belongs_to_a_kept_copy(store: Store, rows: list[dict[str, Any]]) -> None:
    captures = _captures(store)
    for row in rows:
        for seen in row["seen"]:
            if seen["sha256"]:
                assert hashlib.sha256(store.bodies.get(seen["sha256"])).hexdigest() == seen["sha256"]
                assert captures[seen["sha256"]].final_url and seen["final_url"]


def test_a_verdict_has_something_to_show(rows: list[dict[str, Any]]) -> None:
    """What passed was seen somewhere; what failed or stays open says what was searched."""
    outcomes = set()
    for row in rows:
        where = (row["agency"], row["requirement"], row["about"], row["reason"])
        outcomes.add(row["outcome"])
        if row["outcome"] in ("failed", "cant_tell"):
            assert row["searched"], where
        elif row["outcome"] == "passed" and row["requirement"] != "*":
            assert row["seen"], where
            assert row["searched"] == [], where
    assert outcomes >= {"passed", "failed"}


def test_what_was_searched_is_what_was_retrieved(store: Store, rows: list[dict[str, Any]]) -> None:
    urls = {capture.url for record in store.runs() for _, _, walk in store.trail(record.run.id) for _, capture in walk}
    searched = [s for row in rows for s in row["searched"]]
    assert searched and {s["url"] for s in searched} <= urls
    assert all(s["kind"] for s in searched if s["outcome"] == "read")
    assert all(s["outcome"] for s in searched)

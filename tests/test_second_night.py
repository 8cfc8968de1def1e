"""The second night: an unchanged site costs next to nothing and says the same; what changed is found, and only that."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from oitcheck.demo import SiteServer, demo_folder
from oitcheck.extract.isolation import Readers
from oitcheck.extract.read import text_at
from oitcheck.lib.thai_text import fold
from oitcheck.pipeline import judging
from oitcheck.settings import Settings, load
from oitcheck.store.records import Store

AGENCIES = ("doikrasip", "nongpedkhao")
ITEMS = ("O12", "O21", "O24", "O43")
PAGE = "www.doikrasip.example/hr/progress.html"
PDF = "www.doikrasip.example/files/skr1-10.pdf"


@dataclass
class Nights:
    """A province of two agencies whose files may be changed, checked night after night into one data folder."""

    folder: Path
    oitcheck: Any
    validators: bool = True
    answers: list[tuple[str, int, int]] = field(default_factory=list)
    work: Counter[str] = field(default_factory=Counter)
    server: SiteServer | None = None

    @property
    def sites(self) -> Path:
        return self.folder / "sites"

    @property
    def environ(self) -> dict[str, str]:
        assert self.server is not None
        return {
            "OITCHECK_NETWORK__CONNECT_TO": self.server.host_port,
            "OITCHECK_CRAWL__DELAY_SECONDS": "0",
            "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": "0.02",
            "OITCHECK_STORAGE__DATA_DIR": str(self.folder / "data"),
            "OITCHECK_STORAGE__LEAST_FREE_BYTES": "0",
            "OITCHECK_BROWSER__ENABLED": "false",
            "OITCHECK_OCR__ENABLED": "false",
            "OITCHECK_EXTRACT__WORKERS": "1",
        }

    @property
    def settings(self) -> Settings:
        return load(None, self.environ)

    def start(self) -> None:
        self.server = SiteServer(self.sites, validators=self.validators, told=lambda *told: self.answers.append(told))
        self.server.__enter__()

    def stop(self) -> None:
        if self.server is not None:
            self.server.__exit__(None, None, None)

    def night(self, as_of: str = "2023-04-06", **environ: str) -> list[dict[str, Any]]:
        """The findings of one more night; `answers` and `work` are of this night alone."""
        self.answers.clear()
        self.work.clear()
        files = ["--agencies", str(demo_folder() / "agencies-2566.csv")]
        files += ["--submissions", str(demo_folder() / "submissions-2566.csv")]
        chosen = [*(f"--agency={a}" for a in AGENCIES), *(f"--item={i}" for i in ITEMS)]
        path = self.folder / "findings.jsonl"
        arguments = [
            "check",
            "--year",
            "2566",
            "--round",
            "2566-3",
            "--as-of",
            as_of,
            *files,
            *chosen,
            "--findings",
            str(path),
        ]
        code, _, err = self.oitcheck(*arguments, **{**self.environ, **environ})
        assert code == 0, err
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    def replayed(self) -> list[dict[str, Any]]:
        code, out, err = self.oitcheck("replay", "--run", "latest", **self.environ)
        assert code == 0, err
        return [json.loads(line) for line in out.splitlines()]

    @property
    def body_bytes(self) -> int:
        return sum(size for _, _, size in self.answers)

    def decided(self) -> dict[str, str]:
        """What told that nothing changed, by URL, in the latest run."""
        with Store.open(self.settings, write=False) as store:
            kept = store.retrievals(store.run("latest").run.id)
            return {capture.url.removeprefix("http://"): capture.unchanged_by for capture in kept.values()}

    def carried(self) -> dict[tuple[str, str], bool]:
        """By submission: whether its findings were taken over, in the latest run."""
        with Store.open(self.settings, write=False) as store:
            run_id = store.run("latest").run.id
            return {
                (agency, item): bool(stage.carried_from)
                for agency in AGENCIES
                for item, stage in store.stages(run_id, agency, "assessed").items()
            }


@pytest.fixture
def nights(tmp_path: Path, oitcheck: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nights]:
    made = Nights(tmp_path, oitcheck)
    for host in ("www.doikrasip.example", "www.nongpedkhao.example"):
        shutil.copytree(demo_folder() / "sites" / host, made.sites / host)
    asked, findings = Readers._asked, judging.Bench.findings

    async def counted(self: Readers, request: Any, *more: Any) -> Any:
        made.work["read"] += 1
        return await asked(self, request, *more)

    def judged(self: judging.Bench, agency: Any, submission: Any, evidence: Any) -> Any:
        made.work[f"{agency.id} {submission.item}"] += 1
        made.work["judged"] += 1
        return findings(self, agency, submission, evidence)

    monkeypatch.setattr(Readers, "_asked", counted)
    monkeypatch.setattr(judging.Bench, "findings", judged)
    yield made
    made.stop()


def place(row: dict[str, Any]) -> tuple[str, str, str, str]:
    return row["agency"], row["item"], row["requirement"], row["about"]


def same(rows: list[dict[str, Any]]) -> list[str]:
    """The lines without what differs from run to run; everything else to the letter."""
    return [json.dumps({k: v for k, v in row.items() if k not in ("run", "assessed_at")}) for row in rows]


def test_an_unchanged_site_is_neither_sent_nor_read_nor_judged_again(nights: Nights) -> None:
    nights.start()
    first = nights.night()
    first_bytes = nights.body_bytes
    assert nights.work["read"] > 10 and nights.work["judged"] == len(AGENCIES) * len(ITEMS)
    second = nights.night()
    assert nights.body_bytes <= 0.05 * first_bytes
    assert nights.work == {}
    assert same(second) == same(first) and second[0]["run"] != first[0]["run"]
    assert {row["holds_since"] for row in second} == {first[0]["assessed_at"]}
    assert set(nights.decided().values()) == {"etag"}
    assert all(nights.carried().values())
    assert same(nights.replayed()) == same(second)
    assert nights.work["read"] == 0 and nights.work["judged"] > 0, "a replay judges anew, from what was read"


def test_where_servers_know_no_validators_the_hash_decides(nights: Nights) -> None:
    nights.validators = False
    nights.start()
    first = nights.night()
    second = nights.night()
    assert nights.work == {}
    assert same(second) == same(first)
    assert set(nights.decided().values()) == {"hash"}


def test_one_changed_byte_in_one_pdf_is_found_and_only_its_submission_judged(nights: Nights) -> None:
    nights.start()
    first = nights.night()
    body = bytearray((nights.sites / PDF).read_bytes())
    body[body.index(b"stream") + 1500] ^= 0x10  # within what the page shows, deflated
    (nights.sites / PDF).write_bytes(body)
    second = nights.night()
    assert [url for url, why in nights.decided().items() if not why] == [PDF]
    assert nights.work["read"] == 1
    assert {key for key in nights.work if key not in ("read", "judged")} == {"doikrasip O21"}
    assert [one for one, taken_over in nights.carried().items() if not taken_over] == [("doikrasip", "O21")]
    other = [row for row in first if (row["agency"], row["item"]) != ("doikrasip", "O21")]
    assert same([r for r in second if (r["agency"], r["item"]) != ("doikrasip", "O21")]) == same(other)
    before = {place(row): row for row in first}
    for row in second:
        if place(row)[:2] == ("doikrasip", "O21") and not row["about"]:
            is_as_it_was = all(row[key] == before[place(row)][key] for key in ("outcome", "reason"))
            assert row["holds_since"] == (first if is_as_it_was else second)[0]["assessed_at"]
    assert same(nights.replayed()) == same(second)


def test_a_page_that_says_the_same_in_other_bytes_is_quoted_from_the_new_ones(nights: Nights) -> None:
    page = nights.sites / PAGE
    text = page.read_text("utf-8")
    page.write_text(text.replace("</body>", "<!-- made at 01:00:01 --></body>"), "utf-8")
    nights.start()
    first = nights.night()
    page.write_text(text.replace("</body>", "<!-- made at 01:00:02, or so --></body>"), "utf-8")
    second = nights.night()
    assert nights.decided()[PAGE] == "content"
    assert nights.work == {"read": 1}
    with Store.open(nights.settings, write=False) as store:
        kept = {c.sha256: c for c in store.retrievals(store.run("latest").run.id).values()}
        quoted = [seen for row in second for seen in row["seen"] if seen["url"].endswith(PAGE) and seen["quote"]]
        assert quoted
        for seen in quoted:
            body = store.bodies.get(seen["sha256"])
            assert b"01:00:02" in body and seen["fetched_at"].startswith(
                f"{kept[seen['sha256']].fetched_at:%Y-%m-%dT%H}"
            )
            assert seen["place"] == "title" or fold(seen["quote"]) in fold(text_at(body, "utf-8", seen["place"]))
    old_name = next(s["sha256"] for r in first for s in r["seen"] if s["url"].endswith(PAGE))
    new_name = quoted[0]["sha256"]
    assert old_name != new_name
    shown = [json.loads(line.replace(old_name, new_name)) for line in same(first)]
    for row in (*shown, *second):
        for seen in row["seen"]:
            seen["fetched_at"] = ""
    assert same(shown) == same(second)
    third = nights.night()
    assert nights.work == {} and nights.decided()[PAGE] == "etag" and same(third) == same(nights.replayed())


def test_a_changed_word_is_judged_anew_though_all_around_it_is_the_same(nights: Nights) -> None:
    nights.start()
    nights.night()
    page = nights.sites / PAGE
    page.write_text(page.read_text("utf-8").replace("</body>", "<p>ฉบับร่าง</p></body>"), "utf-8")
    nights.night()
    assert nights.decided()[PAGE] == "" and nights.work["doikrasip O24"] == 1


def test_the_day_of_the_deadline_changes_only_what_was_not_handed_in(nights: Nights) -> None:
    nights.start()
    before = nights.night("2023-04-06")
    assert {row["reason"] for row in before if row["item"] == "O43" and row["agency"] == "nongpedkhao"} == {"not_due"}
    nights.night("2023-04-05")
    assert nights.work == {}, "a day on which the same is due"
    after = nights.night("2023-04-07")
    judged = {key for key in nights.work if key not in ("read", "judged")}
    assert judged == {f"{row['agency']} {row['item']}" for row in before if row["reason"] == "not_due"}
    assert {row["reason"] for row in after if row["item"] == "O43" and row["agency"] == "nongpedkhao"} == {
        "not_submitted"
    }


def test_what_is_gone_for_a_night_comes_back_as_new(nights: Nights) -> None:
    nights.start()
    first = nights.night()
    body = (nights.sites / PDF).read_bytes()
    (nights.sites / PDF).unlink()
    second = nights.night()
    assert same(second) != same(first) and nights.work["doikrasip O21"] == 1
    (nights.sites / PDF).write_bytes(body)
    third = nights.night()
    assert nights.decided()[PDF] == "etag" and nights.work == {"judged": 1, "doikrasip O21": 1}
    outcomes = [[row["outcome"] for row in rows] for rows in (first, third)]
    assert outcomes[0] == outcomes[1] and same(nights.replayed()) == same(third)


def test_the_stages_by_themselves_build_on_the_night_before_too(nights: Nights) -> None:
    nights.start()
    first = nights.night()
    folder, environ = demo_folder(), nights.environ
    assert nights.oitcheck("agencies", "import", str(folder / "agencies-2566.csv"), **environ)[0] == 0
    files = (str(folder / "submissions-2566.csv"), "--year", "2566")
    assert nights.oitcheck("submissions", "import", *files, **environ)[0] == 0
    nights.answers.clear()
    nights.work.clear()
    chosen = [*(f"--agency={a}" for a in AGENCIES), *(f"--item={i}" for i in ITEMS)]
    code, _, err = nights.oitcheck("crawl", "--round", "2566-3", "--as-of", "2023-04-06", *chosen, **environ)
    assert code == 0, err
    assert nights.oitcheck("assess", "--round", "2566-3", **environ)[0] == 0
    assert nights.work == {} and all(nights.carried().values())
    _, exported, _ = nights.oitcheck("findings", "export", "--run", "latest", **environ)
    assert same([json.loads(line) for line in exported.splitlines()]) == same(first)

"""A small round of the demo province, checked once for all tests that look at the result; how hypothesis is run."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from oitcheck.cli import app as cli
from oitcheck.demo import SiteServer, demo_folder
from oitcheck.settings import Settings, load

# The same examples each time, however slow the machine: a red test means a change.
hypothesis_settings.register_profile("house", deadline=None, derandomize=True)
hypothesis_settings.load_profile("house")

# (fiscal year, day, agencies, items): a modern site, nested tables in windows-874, PDFs, workbooks and letters.
ROUNDS = (
    ("2566", "2023-04-07", ("doikrasip", "nongpedkhao"), ("O12", "O21", "O24")),
    ("2568", "2025-04-30", ("phamokngam-pao",), ("O6", "O12", "O18")),
)


@dataclass(frozen=True, slots=True)
class SmallRound:
    """Where the round is kept, its web server while it runs, and the findings as `check` wrote them, by fiscal year."""

    data: Path
    environ: dict[str, str]
    findings: dict[str, Path]

    @property
    def settings(self) -> Settings:
        return load(None, self.environ)

    def rows(self, year: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.findings[year].read_text("utf-8").splitlines()]


def command(*arguments: str, **environ: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of an `oitcheck` command run in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        for name, value in environ.items():
            patch.setenv(name, value)
        code = cli.run(lambda: cli.app(list(arguments), standalone_mode=False))
    return code, out.getvalue(), err.getvalue()


def check_arguments(number: int) -> list[str]:
    """The arguments of `check` for one of ROUNDS."""
    year, day, agencies, items = ROUNDS[number]
    folder = demo_folder()
    files = [
        "--agencies",
        str(folder / f"agencies-{year}.csv"),
        "--submissions",
        str(folder / f"submissions-{year}.csv"),
    ]
    chosen = [*(f"--agency={a}" for a in agencies), *(f"--item={i}" for i in items)]
    return ["check", "--year", year, "--round", year, "--as-of", day, *files, *chosen]


@pytest.fixture(scope="session")
def small_round(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallRound]:
    """The round, checked; its sites are served until the tests are over."""
    folder = tmp_path_factory.mktemp("round")
    with SiteServer(demo_folder() / "sites") as server:
        environ = {
            "OITCHECK_NETWORK__CONNECT_TO": server.host_port,
            "OITCHECK_NETWORK__ALLOW_PRIVATE": "true",
            "OITCHECK_CRAWL__DELAY_SECONDS": "0",
            "OITCHECK_CRAWL__RETRY_DELAY_SECONDS": "0.05",
            "OITCHECK_STORAGE__DATA_DIR": str(folder / "data"),
            "OITCHECK_BROWSER__ENABLED": "false",
            "OITCHECK_EXTRACT__WORKERS": "1",
        }
        made = SmallRound(folder / "data", environ, {year: folder / f"{year}.jsonl" for year, *_ in ROUNDS})
        for number, (year, *_) in enumerate(ROUNDS):
            code, _, err = command(*check_arguments(number), "--findings", str(made.findings[year]), **environ)
            assert code == 0, err
        yield made


@pytest.fixture
def oitcheck() -> Any:
    """`oitcheck(*arguments, **environ)`: see `command`."""
    return command


AGENCIES = "agency_id,name_th,kind,province,district,fiscal_year,round,hosts\n"
AGENCY = "sophuai,เทศบาลตำบลสบห้วย,เทศบาลตำบล,นครธาร,สบห้วย,2566,,www.sophuai.example\n"
SUBMISSIONS = "agency_id,item,url,note\n"
# `check` on the files of `here`.
CHECK = ("check", "--year", "2566", "--agencies", "agencies.csv", "--submissions", "submissions.csv", "--item", "O21")

Told = tuple[int, str, str]
Command = Callable[..., Told]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with right input files. No web server answers: the port is closed."""
    for name in [name for name in os.environ if name.upper().startswith("OITCHECK_")]:
        monkeypatch.delenv(name)
    settings = {"NETWORK__CONNECT_TO": "127.0.0.1:9", "NETWORK__ALLOW_PRIVATE": "true", "CRAWL__DELAY_SECONDS": "0",
                "CRAWL__RETRY_DELAY_SECONDS": "0", "CRAWL__ATTEMPTS": "1", "EXTRACT__WORKERS": "1", "BROWSER__ENABLED": "false",
                "STORAGE__LEAST_FREE_BYTES": "0"}  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(f"OITCHECK_{name}", value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agencies.csv").write_text(AGENCIES + AGENCY, "utf-8")
    (tmp_path / "submissions.csv").write_text(SUBMISSIONS + "sophuai,O21,http://www.sophuai.example/o21/,\n", "utf-8")
    return tmp_path


@pytest.fixture
def run(here: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`run(*arguments)`: exit code, stdout, stderr of a command, in this process and folder."""

    def ran(*arguments: str) -> Told:
        capsys.readouterr()
        code = cli.run(lambda: cli.app(list(arguments), standalone_mode=False))
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return ran

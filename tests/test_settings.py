"""The configuration: defaults, file, environment; every mistake at once and in words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from oitcheck import settings as settings_module
from oitcheck.errors import SettingsError
from oitcheck.settings import Settings, example_toml, load, resource_folder

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_holds_every_key_with_its_default_and_a_comment() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text == example_toml(), "write it anew: python -c 'from oitcheck.settings import *; print(example_toml())'"
    values = tomllib.loads(text)
    defaults = Settings()
    assert set(values) == set(Settings.model_fields)
    for section, keys in values.items():
        assert set(keys) == set(type(getattr(defaults, section)).model_fields)
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if " = " in line and not line.startswith("#"):
            assert lines[number - 1].startswith("# "), line
            assert lines[number - 1].endswith("]"), f"no unit: {line}"
    for section in Settings.model_fields:
        if section != "storage":
            assert getattr(load(EXAMPLE, {}), section) == getattr(defaults, section)


def test_the_defaults_others_rely_on() -> None:
    found = load(None, {})
    assert (found.network.allow_private, found.network.connect_to, found.network.connect_address) == (False, "", None)
    assert found.network.allowed_ports == (80, 443, 8080, 8443)
    assert (found.crawl.delay_seconds, found.crawl.respect_robots, found.crawl.max_bytes) == (1.0, True, 52428800)
    assert found.data_dir == Path.cwd() / "oitcheck-data"
    assert (found.ocr.enabled, found.browser.enabled, found.assessment.unconfirmed) == ("auto", "auto", "count")


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[crawl]\ndelay_seconds = 5\nattempts = 2\n[ocr]\nenabled = false\n")
    environ = {
        "OITCHECK_CRAWL__DELAY_SECONDS": "0.5", "OITCHECK_NETWORK__ALLOWED_PORTS": "80, 8000", "OTHER": "x",
        "OITCHECK_NETWORK__CONNECT_TO": "[::1]:8000", "OITCHECK_BROWSER__ENABLED": "true",
    }  # fmt: skip
    found = load(path, environ)
    assert (found.crawl.delay_seconds, found.crawl.attempts) == (0.5, 2)
    assert found.network.allowed_ports == (80, 8000)
    assert found.network.connect_address == ("::1", 8000)
    assert (found.ocr.enabled, found.browser.enabled) == (False, True)


def test_nothing_is_read_behind_the_back_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OITCHECK_CRAWL__DELAY_SECONDS", "9")
    assert load(None, {}).crawl.delay_seconds == 1.0
    assert Settings().crawl.delay_seconds == 1.0


def test_the_data_folder_is_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    path = written(tmp_path / "etc", '[storage]\ndata_dir = "../data"\n')
    monkeypatch.chdir(tmp_path)
    assert load(path, {}).data_dir == tmp_path / "data"
    assert load(Path("etc/config.toml"), {}).data_dir == tmp_path / "data"
    assert load(None, {"OITCHECK_STORAGE__DATA_DIR": "here"}).data_dir == tmp_path / "here"
    assert load(path, {"OITCHECK_STORAGE__DATA_DIR": str(tmp_path / "x")}).data_dir == tmp_path / "x"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "[crawl]\ndelay_second = 1\nattempts = true\nmax_depth = 99\nconnections = 'many'\ndelay_seconds = nan\n"
        "[netwrk]\nx = 1\n[network]\nconnect_to = 'nowhere'\nallowed_ports = [0, 99999]\n[database]\nurl = 'mysql://me:secret@x'\n"
        "[assessment]\nunconfirmed = 'maybe'\n[report]\nthai_digits = 'x'\n",
    )
    with pytest.raises(SettingsError) as told:
        load(path, {"OITCHECK_OCR__ENABLED": "perhaps", "OITCHECK_CRWL__X": "1", "OITCHECK_REPORT__LANGUGE": "th"})
    text = str(told.value)
    assert told.value.exit_code == 2
    for part in (
        "14 mistakes",
        f"{path}: crawl.delay_second: unknown key 'delay_second'. Did you mean crawl.delay_seconds?",
        "crawl.attempts: 'true' is not allowed. It must be a whole number from 1 to 10; the default is 3.",
        "crawl.max_depth: 99 is not allowed",
        "crawl.connections: 'many' is not allowed",
        "crawl.delay_seconds: nan is not allowed",
        "netwrk: unknown section 'netwrk'. Did you mean network?",
        "network.connect_to: 'nowhere' is not allowed. It must be host:port",
        "network.allowed_ports: 0 is not allowed. It must be a list of ports from 1 to 65535",
        "database.url: 'mysql://…@x' is not allowed. It must be an address such as postgresql://",
        'assessment.unconfirmed: \'maybe\' is not allowed. It must be "count" or "review"; the default is "count".',
        "report.thai_digits: 'x' is not allowed. It must be true or false",
        "OITCHECK_OCR__ENABLED: 'perhaps' is not allowed. It must be \"auto\" or true or false",
        "OITCHECK_CRWL__X: unknown section. Did you mean OITCHECK_CRAWL__",
        "OITCHECK_REPORT__LANGUGE: unknown key 'languge'. Did you mean report.language?",
    ):
        assert part in text
    assert "secret" not in text
    for jargon in ("pydantic", "validation error", "type=", "Extra inputs", "Traceback"):
        assert jargon not in text


def test_one_mistake_has_place_and_remedy(tmp_path: Path) -> None:
    path = written(tmp_path, "crawl = 5\n")
    with pytest.raises(SettingsError) as told:
        load(path, {})
    assert told.value.where == f"{path}: crawl"
    assert "[crawl]" in told.value.remedy
    with pytest.raises(SettingsError, match="JSON"):
        load(None, {"OITCHECK_CRAWL": "fast"})


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "none.toml", {})
    with pytest.raises(SettingsError, match="a folder"):
        load(tmp_path, {})
    with pytest.raises(SettingsError, match="line 2"):
        load(written(tmp_path, "[crawl]\nattempts = = 3\n"), {})
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(tmp_path / "latin.toml", {})


@pytest.mark.parametrize(
    "address", ["host", "host:", ":80", "host:0", "host:99999", "a@b:80", "host:80/x", "http://h:80"]
)
def test_an_address_is_host_and_port(address: str) -> None:
    with pytest.raises(SettingsError, match="is not allowed"):
        load(None, {"OITCHECK_NETWORK__CONNECT_TO": address})


def test_resources_are_found_in_the_package_or_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resource_folder("checklists") == EXAMPLE.parent / "checklists"
    package = tmp_path / "site" / "oitcheck"
    (package / "fixtures").mkdir(parents=True)
    monkeypatch.setattr(settings_module, "_PACKAGE", package)
    assert resource_folder("fixtures") == package / "fixtures"
    with pytest.raises(SettingsError, match="missing"):
        resource_folder("checklists")

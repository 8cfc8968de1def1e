"""The configuration: `config.toml` and `OITCHECK_SECTION__KEY` variables, made into frozen `Settings`.

`Settings()` alone reads nothing and holds the defaults; `load` reads. Sizes are bytes, times seconds unless the name
says otherwise; 0 means "no limit" where a comment says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableVariable

from oitcheck import __version__
from oitcheck.errors import SettingsError
from oitcheck.lib.thai_text import similar_words

PREFIX = "OITCHECK_"
_MIB = 1024 * 1024
_PASSWORD = re.compile(r"//[^/@]*@")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_MAILBOX = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_PACKAGE = Path(__file__).parent


def _key(default: Any, text: str, *, unit: str = "", expected: str = "", **limits: float) -> Any:
    """A field with its comment and unit (shown in config.example.toml); `expected` words what its validator wants."""
    shown: dict[str, JsonValue] = {"unit": unit, "expected": expected}
    return Field(default, description=text, json_schema_extra=shown, **limits)  # type: ignore[call-overload]


def _address(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.netloc != text or "@" in text:
        raise ValueError(text)
    return host, port


def _checked_address(text: str) -> str:
    _address(text)
    return text


def _split_ports(value: Any) -> Any:
    """Lets an environment variable give ports as `80,443`; TOML gives a list."""
    return [part.strip() for part in value.strip("[] ").split(",") if part.strip()] if isinstance(value, str) else value


def _split_words(value: Any) -> Any:
    """Lets an environment variable give a list as `mon,tue`; TOML gives a list."""
    return (
        [part.strip(" \"'") for part in value.strip("[] ").split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def minutes_of(time_of_day: str) -> int:
    """Minutes after midnight of `01:30`. Raises ValueError for anything but HH:MM."""
    if not _TIME.fullmatch(time_of_day):
        raise ValueError(time_of_day)
    return int(time_of_day[:2]) * 60 + int(time_of_day[3:])


def _checked_time(text: str) -> str:
    if text:
        minutes_of(text)
    return text


def _checked_span(text: str) -> str:
    if text:
        first, dash, last = text.partition("-")
        if not dash or minutes_of(first) == minutes_of(last):
            raise ValueError(text)
    return text


def _checked_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(text) from error
    return text


def _checked_web_address(text: str) -> str:
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
        raise ValueError(text)
    return text


def _checked_mailbox(text: str) -> str:
    if text and not _MAILBOX.fullmatch(text):
        raise ValueError(text)
    return text


def _checked_database(url: str) -> str:
    if url and urlsplit(url).scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError(url)
    return url


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=False)

    @model_validator(mode="before")
    @classmethod
    def _no_truth_as_number(cls, values: Any) -> Any:
        """Keeps `pages = true` from being read as 1: the wrong value is left for the field itself to refuse."""
        if not isinstance(values, dict):
            return values
        numeric = {name for name, field in cls.model_fields.items() if field.annotation in (int, float)}
        return {k: str(v).lower() if k in numeric and isinstance(v, bool) else v for k, v in values.items()}


class NetworkSettings(_Section):
    """Who we are on the network, and where we may connect."""

    allow_private: bool = _key(False, "May connect to private and loopback addresses.")
    connect_to: Annotated[str, AfterValidator(_checked_address)] = _key(
        "",
        "Connect every host there instead (tests, replay of a recorded site); empty: to the host itself.",
        unit="host:port",
        expected="host:port, such as 127.0.0.1:8000, or empty",
    )
    user_agent: str = _key(f"oitcheck/{__version__}", "How we introduce ourselves to web servers.")
    contact: str = _key("", "Whom a webmaster may write to; sent along with the user agent.", unit="e-mail or URL")
    allowed_ports: Annotated[
        tuple[Annotated[int, Field(ge=1, le=65535)], ...], NoDecode, BeforeValidator(_split_ports)
    ] = _key((80, 443, 8080, 8443), "Ports we may connect to.", expected="a list of ports from 1 to 65535")

    @property
    def connect_address(self) -> tuple[str, int] | None:
        """`connect_to` as (host, port); None when hosts are to be connected to themselves."""
        return _address(self.connect_to)


class CrawlSettings(_Section):
    """How gently and how far pages are retrieved; to reach max_minutes, max_total_bytes or max_pages is exit code 5."""

    delay_seconds: float = _key(
        1.0, "Least gap between two requests to one host and to one IP address.", unit="seconds", ge=0, le=3600
    )
    connections_per_host: int = _key(2, "Connections open to one host at a time.", unit="connections", ge=1, le=32)
    connections: int = _key(32, "Connections open in all.", unit="connections", ge=1, le=1000)
    attempts: int = _key(3, "How often a retrieval that may heal is tried.", unit="times", ge=1, le=10)
    retry_delay_seconds: float = _key(
        2.0, "Wait before the second attempt; doubles after that.", unit="seconds", ge=0, le=3600
    )
    connect_timeout_seconds: float = _key(10.0, "Longest wait for a connection.", unit="seconds", gt=0, le=600)
    total_timeout_seconds: float = _key(
        60.0, "Longest time for one retrieval as a whole.", unit="seconds", gt=0, le=3600
    )
    max_bytes: int = _key(50 * _MIB, "Largest body that is kept.", unit="bytes", ge=1024)
    max_redirects: int = _key(8, "Redirects followed for one URL.", unit="redirects", ge=0, le=50)
    respect_robots: bool = _key(True, "Obey robots.txt for everything but the URLs the agency itself submitted.")
    max_documents_per_submission: int = _key(
        60, "Most pages and files retrieved for one submission.", unit="documents", ge=1, le=10_000
    )
    max_depth: int = _key(2, "Steps followed from a submitted page.", unit="links", ge=0, le=5)
    max_minutes: int = _key(0, "Stop the crawl after this time; 0: no limit.", unit="minutes", ge=0)
    max_total_bytes: int = _key(0, "Stop the crawl after this much was received; 0: no limit.", unit="bytes", ge=0)
    max_pages: int = _key(0, "Stop the crawl after this many addresses; 0: no limit.", unit="addresses", ge=0)
    recheck_after_days: int = _key(
        7,
        "A linked file unchanged this long may wait a day before it is asked for again, twice as long two days.",
        unit="days",
        ge=1,
    )
    recheck_most_days: int = _key(
        3,
        "The longest such wait; 0: ask every time. In the last week before the deadline everything is asked for.",
        unit="days",
        ge=0,
        le=30,
    )


class StorageSettings(_Section):
    """Where captures, database and reports are kept."""

    data_dir: Path = _key(
        Path("./oitcheck-data"),
        "Captures, database and reports; relative to the folder of this file.",
        unit="folder",
        expected="the name of a folder",
    )
    least_free_bytes: int = _key(500 * _MIB, "Refuse to write when less is free on the disk.", unit="bytes", ge=0)


class DatabaseSettings(_Section):
    """Which database holds runs and findings."""

    url: Annotated[str, AfterValidator(_checked_database)] = _key(
        "",
        "PostgreSQL, as postgresql://user@host/database; empty: SQLite in data_dir.",
        unit="SQLAlchemy URL",
        expected="an address such as postgresql://user@host/database, or empty",
    )


class OcrSettings(_Section):
    """Reading of scanned pages and of pictures that carry content."""

    enabled: Literal["auto"] | bool = _key("auto", 'Read scans; "auto": when tesseract is installed with Thai.')
    seconds: int = _key(90, "Longest time for one page.", unit="seconds", ge=1, le=3600)
    pages: int = _key(40, "Most scanned pages read of one document.", unit="pages", ge=1)


class BrowserSettings(_Section):
    """Rendering of pages that need JavaScript."""

    enabled: Literal["auto"] | bool = _key("auto", 'Render pages in a browser; "auto": when one is installed.')
    memory_bytes: int = _key(
        1024 * _MIB, "Memory from which on the browser is replaced by a new one.", unit="bytes", ge=256 * _MIB
    )
    remember_days: int = _key(
        60, "How long a host that needed the browser is rendered at once in later runs.", unit="days", ge=0
    )


class AssessmentSettings(_Section):
    """How findings are weighed."""

    unconfirmed: Literal["count", "review"] = _key(
        "count", '"review": a requirement based on practice, advice or recall can only make an item cant_tell.'
    )


class ExtractSettings(_Section):
    """Limits for the reading of one kept file, which happens in a process of its own."""

    workers: int = _key(0, "Processes that read; 0: one per core.", unit="processes", ge=0, le=256)
    seconds: int = _key(30, "Longest time for one file.", unit="seconds", ge=1, le=3600)
    memory_bytes: int = _key(1024 * _MIB, "Most memory for one file.", unit="bytes", ge=64 * _MIB)
    pages: int = _key(400, "Most pages read of one document.", unit="pages", ge=1)
    rows: int = _key(20_000, "Most rows read of one sheet.", unit="rows", ge=1)


class ReportSettings(_Section):
    """How reports are worded."""

    language: Literal["th", "en"] = _key("th", "Language of reports.")
    thai_digits: bool = _key(
        False,
        "Thai digits in an agency's paper as docx or pdf; quotations, telephone numbers, addresses and codes stay.",
    )
    operator_name: str = _key("", "Who runs this installation; stands at the foot of reports.")


class MemoSettings(_Section):
    """Who writes the memo to the governor, and what the province aims at."""

    office: str = _key("", "The office that writes, as it stands in the head of its papers.")
    reference: str = _key("", "The office's reference number; empty: left blank to be written in.")
    addressee: str = _key("", "To whom it is written; empty: the governor of the province.")
    signatory: str = _key("", "Who signs.")
    post: str = _key("", "The post of who signs.")
    target_agencies: int = _key(
        0, "How many agencies are to reach the pass score; 0: no target.", unit="agencies", ge=0
    )
    garuda: str = _key("", "A PNG of the Garuda for the head; empty: none.", unit="file")


TimeOfDay = Annotated[str, AfterValidator(_checked_time)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class ScheduleSettings(_Section):
    """What `oitcheck schedule run` does when. Times of day are local in `timezone`."""

    rounds: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_words)] = _key(
        (),
        "Rounds checked at night; empty: those that the registered agencies name, while they are open.",
        expected='a list such as ["2569", "2568/1"]',
    )
    at: Annotated[TimeOfDay, Field(min_length=5)] = _key(
        "01:30", "When a night begins.", expected="HH:MM, such as 01:30"
    )
    timezone: Annotated[str, AfterValidator(_checked_zone)] = _key(
        "Asia/Bangkok", "Time zone of every time here.", unit="IANA name", expected="a time zone such as Asia/Bangkok"
    )
    weekdays: Annotated[tuple[Weekday, ...], NoDecode, BeforeValidator(_split_words)] = _key(
        WEEKDAYS, "Days with a night; near the deadline every day has one.", expected='a list such as ["mon", "thu"]'
    )
    dense_days: int = _key(7, "So many days before the deadline are checked more often.", unit="days", ge=0, le=90)
    dense_at: Annotated[tuple[TimeOfDay, ...], NoDecode, BeforeValidator(_split_words)] = _key(
        ("20:30",), "Further times on those days.", expected='a list of times, such as ["12:30", "20:30"]'
    )
    nights_after_deadline: int = _key(
        1, "Nights after the deadline, which see what was there when it passed.", unit="nights", ge=0, le=60
    )
    retry_at: TimeOfDay = _key(
        "05:30",
        "Second look at what was in trouble for a time, or left over; empty: none.",
        expected="HH:MM, such as 05:30, or empty",
    )
    quiet: Annotated[str, AfterValidator(_checked_span)] = _key(
        "",
        "Hours in which no round is checked; one that is running pauses; empty: none.",
        expected="HH:MM-HH:MM, such as 08:30-16:30, or empty",
    )
    grace_minutes: int = _key(30, "A night that begins later than this counts as missed.", unit="minutes", ge=1, le=720)
    catch_up_days: int = _key(30, "How far back missed nights are looked for.", unit="days", ge=1, le=366)
    longest_hours: int = _key(
        12, "A night that takes longer is ended; the retry goes on with it.", unit="hours", ge=1, le=72
    )
    availability_minutes: int = _key(
        180, "How often each agency's main website is called; 0: never.", unit="minutes", ge=0, le=10080
    )


class NotifySettings(_Section):
    """Whom to tell what a night brought."""

    when: Literal["changes", "always", "never"] = _key(
        "changes", '"changes": only when something differs from the night before.'
    )
    language: Literal["th", "en"] = _key("th", "Language of mails.")
    after_failed_nights: int = _key(
        1, "A night that failed is told after so many in a row.", unit="nights", ge=1, le=30
    )
    after_failed_checks: int = _key(
        3, "A website is told to be down after so many checks in a row.", unit="checks", ge=1, le=1000
    )
    smtp_host: str = _key("", "Mail server; empty: no mails.", unit="host")
    smtp_port: int = _key(587, "Its port.", unit="port", ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = _key("starttls", "How the connection is encrypted.")
    smtp_user: str = _key("", "Whom to sign in as; empty: nobody.")
    smtp_password_variable: str = _key(
        "OITCHECK_SMTP_PASSWORD", "Environment variable with the password; it never stands in this file.", unit="name"
    )
    mail_from: Annotated[str, AfterValidator(_checked_mailbox)] = _key(
        "", "Sender of mails.", unit="e-mail", expected="an e-mail address, or empty"
    )
    mail_to: Annotated[
        tuple[Annotated[str, AfterValidator(_checked_mailbox)], ...], NoDecode, BeforeValidator(_split_words)
    ] = _key((), "Operators who get a mail, at most one a day and round.", expected="a list of e-mail addresses")
    webhook_url: Annotated[str, AfterValidator(_checked_web_address)] = _key(
        "",
        "Gets the result of a night as JSON by POST; empty: none.",
        unit="URL",
        expected="an http(s) address, or empty",
    )
    heartbeat_url: Annotated[str, AfterValidator(_checked_web_address)] = _key(
        "",
        "Called (GET) after each night that came to its reports; a service that misses the call raises the alarm.",
        unit="URL",
        expected="an http(s) address, or empty",
    )
    timeout_seconds: float = _key(
        15.0, "Longest wait for mail server, webhook, heartbeat.", unit="seconds", gt=0, le=120
    )
    overdue_hours: int = _key(30, "`doctor` complains when the last night is older.", unit="hours", ge=1, le=2000)


class MetricsSettings(_Section):
    """Figures for Prometheus."""

    textfile: bool = _key(True, "Write metrics/oitcheck.prom in data_dir (textfile collector of node_exporter).")
    port: int = _key(0, "`schedule run` also serves them here, path /metrics; 0: not.", unit="port", ge=0, le=65535)
    address: str = _key("127.0.0.1", "Address that port listens at.", unit="IP address")


class LogSettings(_Section):
    """What is written to stderr as a log."""

    format: Literal["text", "json"] = _key("text", '"json": one object a line.')
    level: Literal["debug", "info", "warning", "error"] = _key("info", "Least weight of a line of our own.")


class Settings(BaseSettings):
    """All settings. `storage.data_dir` is absolute once loaded."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", validate_default=False
    )

    network: NetworkSettings = NetworkSettings()
    crawl: CrawlSettings = CrawlSettings()
    storage: StorageSettings = StorageSettings()
    database: DatabaseSettings = DatabaseSettings()
    ocr: OcrSettings = OcrSettings()
    browser: BrowserSettings = BrowserSettings()
    assessment: AssessmentSettings = AssessmentSettings()
    extract: ExtractSettings = ExtractSettings()
    report: ReportSettings = ReportSettings()
    memo: MemoSettings = MemoSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    notify: NotifySettings = NotifySettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()

    @property
    def data_dir(self) -> Path:
        """The data folder, absolute."""
        return self.storage.data_dir.absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: the environment comes through `load`, never behind its back."""
        return (init_settings,)


class _Variables(EnvSettingsSource):
    """The environment that was handed to `load` instead of the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {name.lower(): value for name, value in environ.items()}
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return dict(self._environ)


def load(config: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of a TOML file (None: defaults), overridden by the environment.

    A relative `storage.data_dir` is taken from the folder of the file, or from the working directory without one.
    Raises SettingsError with every mistake at once: unreadable file, TOML, unknown key, wrong type or range.
    """
    from_file = _read(config) if config else {}
    try:
        from_variables = _Variables(environ)()
    except UnreadableVariable as error:
        raise SettingsError(
            "a variable for a whole section must hold JSON",
            where="environment",
            remedy=f"Set single keys instead, such as {PREFIX}CRAWL__DELAY_SECONDS=2.",
        ) from error
    mistakes = _unknown_variables(environ)
    try:
        settings: Settings | None = Settings(**_merged(from_file, from_variables))
    except ValidationError as error:
        settings = None
        mistakes += [_mistake(entry, str(config or ""), environ) for entry in error.errors(include_url=False)]
    if mistakes or settings is None:
        raise _joined(mistakes)
    folder = (config.absolute().parent if config else Path.cwd()) / settings.storage.data_dir.expanduser()
    storage = settings.storage.model_copy(update={"data_dir": folder.resolve()})
    return settings.model_copy(update={"storage": storage})


def resource_folder(name: Literal["checklists", "fixtures"]) -> Path:
    """The folder of the program's own data: inside the installed package, else at the top of the repository."""
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise SettingsError(
        f"the folder {name} of oitcheck is missing",
        where=str(_PACKAGE / name),
        remedy="Install oitcheck again; its files are not complete.",
    )


def example_toml() -> str:
    """The text of config.example.toml: every key with its default, unit and comment."""
    lines = [
        "# Settings of oitcheck. Every key stands here with its default; keep only those you change.",
        f"# An environment variable {PREFIX}SECTION__KEY overrides a key: {PREFIX}CRAWL__DELAY_SECONDS=2",
    ]
    for section, model in _sections().items():
        lines += ["", f"# {(model.__doc__ or '').strip()}", f"[{section}]"]
        for key, field in model.model_fields.items():
            unit = _extra(field, "unit")
            lines.append(f"# {field.description}" + (f" [{unit}]" if unit else f" [{_expected(field)}]"))
            lines.append(f"{key} = {_toml(field.default)}")
    return "\n".join(lines) + "\n"


def _sections() -> dict[str, type[_Section]]:
    return {name: type(field.default) for name, field in Settings.model_fields.items()}


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case int() | float():
            return str(value)
        case Path():
            return f'"./{value.as_posix()}"'
        case _:
            return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read(config: Path) -> dict[str, Any]:
    where = str(config)
    remedy = "Name an existing file after --config, or leave the option out; config.example.toml shows every key."
    try:
        return tomllib.loads(config.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError("there is no such file", where=where, remedy=remedy) from error
    except IsADirectoryError as error:
        raise SettingsError("this is a folder, not a file", where=where, remedy=remedy) from error
    except UnicodeDecodeError as error:
        raise SettingsError("the file is not UTF-8", where=where, remedy="Save it as UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"not valid TOML: {error}", where=where, remedy="Correct that line; texts stand in quotes."
        ) from error
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}", where=where, remedy=remedy) from error


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for section, values in above.items():
        old = result.get(section)
        result[section] = {**old, **values} if isinstance(old, dict) and isinstance(values, dict) else values
    return result


def _unknown_variables(environ: Mapping[str, str]) -> list[SettingsError]:
    """Variables that name a section which does not exist; wrong keys of a known one are found like those of a file."""
    sections = _sections()
    mistakes = []
    for name in sorted(environ):
        section, separator, _ = name.upper().removeprefix(PREFIX).partition("__")
        if name.upper().startswith(PREFIX) and separator and section.lower() not in sections:
            near = similar_words(section.lower(), tuple(sections))
            remedy = f"Did you mean {PREFIX}{near[0].upper()}__…?" if near else "Sections: " + ", ".join(sections) + "."
            mistakes.append(SettingsError("unknown section", where=name, remedy=remedy))
    return mistakes


def _mistake(entry: Any, file: str, environ: Mapping[str, str]) -> SettingsError:
    """One validation error of the library in our words."""
    path = tuple(str(part) for part in entry["loc"][:2])
    variable = PREFIX + "__".join(path).upper()
    from_environment = any(name.upper() == variable for name in environ)
    where = variable if from_environment else f"{file}: {'.'.join(path)}"
    model = _sections().get(path[0])
    if entry["type"] == "extra_forbidden":
        known = tuple(model.model_fields) if model and len(path) > 1 else tuple(_sections())
        near = similar_words(path[-1].lower(), known)
        kind = "key" if len(path) > 1 else "section"
        remedy = f"Did you mean {'.'.join((*path[:-1], near[0]))}?" if near else f"Known: {', '.join(known)}."
        return SettingsError(f"unknown {kind} {path[-1]!r}", where=where, remedy=remedy)
    if model is None or len(path) < 2:
        return SettingsError(
            "must be a section with keys of its own",
            where=where,
            remedy=f"Write a line [{path[0]}] and its keys below.",
        )
    field = model.model_fields[path[1]]
    expected = _expected(field)
    value = _PASSWORD.sub("//…@", entry["input"]) if isinstance(entry["input"], str) else entry["input"]
    return SettingsError(
        f"{value if isinstance(value, int | float) else repr(str(value))} is not allowed",
        where=where,
        remedy=f"It must be {expected}; the default is {_toml(field.default)}.",
    )


def _joined(found: list[SettingsError]) -> SettingsError:
    """All mistakes as one; several bad entries of one key are one mistake."""
    mistakes = list({mistake.where: mistake for mistake in reversed(found)}.values())[::-1]
    if len(mistakes) == 1:
        return mistakes[0]
    listed = "\n".join(f"  {mistake.where}: {mistake.what}. {mistake.remedy}" for mistake in mistakes)
    joined = SettingsError(f"{len(mistakes)} mistakes in the settings\n{listed}")
    joined.mistakes = tuple(mistakes)
    return joined


def _extra(field: FieldInfo, name: str) -> str:
    extra = field.json_schema_extra
    return str(extra.get(name, "")) if isinstance(extra, dict) else ""


def _expected(field: FieldInfo) -> str:
    """What a key wants, in words."""
    if told := _extra(field, "expected"):
        return told
    kind: Any = field.annotation
    if kind is bool:
        return "true or false"
    if kind is str:
        return "text in quotes"
    if kind in (int, float):
        return ("a whole number" if kind is int else "a number") + _range(field)
    options = [_toml(option) for part in get_args(kind) for option in (get_args(part) or (part,)) if option is not bool]
    return " or ".join([*options, "true or false"] if bool in get_args(kind) else options)


def _range(field: FieldInfo) -> str:
    limits = {
        name: getattr(part, name) for part in field.metadata for name in ("ge", "gt", "le") if hasattr(part, name)
    }
    low = f" above {limits['gt']}" if "gt" in limits else f" from {limits['ge']}" if "ge" in limits else ""
    high = (" and at most " if "gt" in limits else " to ") + f"{limits['le']}" if "le" in limits else ""
    return low + (high or (" up" if "ge" in limits else ""))

"""The log on stderr, as text or as one JSON object a line, as the section [log] wants it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from oitcheck.settings import LogSettings

TEXT = "%(levelname)s %(name)s: %(message)s"
# Libraries that tell of every odd page.
_SILENT = ("pdfminer", "pypdfium2", "httpx", "httpcore", "playa")


class JsonLines(logging.Formatter):
    """One object a line: at (UTC), level, logger, message, and the traceback of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False)


def begin() -> None:
    """The log before the configuration is read."""
    logging.basicConfig(level=logging.WARNING, format=TEXT, stream=sys.stderr)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def shape(settings: LogSettings) -> None:
    """Give the log that was begun its form; our own lines from `settings.level` up, those of libraries from warning."""
    formatter = JsonLines() if settings.format == "json" else logging.Formatter(TEXT)
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:  # not those of a test runner
            handler.setFormatter(formatter)
    logging.getLogger("oitcheck").setLevel(settings.level.upper())

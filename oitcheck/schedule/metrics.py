"""Figures of the nights in the text format of Prometheus: as a file for node_exporter, or served on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from oitcheck import __version__
from oitcheck.errors import SettingsError
from oitcheck.pipeline.websites import checks_since, registered_websites
from oitcheck.report.availability import all_reachability
from oitcheck.report.html import write_whole
from oitcheck.schedule.registered import known_years
from oitcheck.settings import Settings
from oitcheck.store.nights import Night
from oitcheck.store.records import Store

FILE = Path("metrics") / "oitcheck.prom"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_HELP = {
    "oitcheck_info": "The version of the program.",
    "oitcheck_night_ended_timestamp_seconds": "When the last night of a round ended.",
    "oitcheck_night_done_timestamp_seconds": "When the last night of a round that was done ended.",
    "oitcheck_night_duration_seconds": "How long the last night of a round took.",
    "oitcheck_night_outcome": "1 for the way in which the last night of a round ended.",
    "oitcheck_nights_failed_in_a_row": "Nights that failed one after the other, up to now.",
    "oitcheck_nights_missed": "Nights among the last fifty that nobody began.",
    "oitcheck_items": "Items by outcome after the last night of a round.",
    "oitcheck_changes": "Items and requirements that changed in the last night of a round.",
    "oitcheck_sites_in_trouble": "Hosts that could not be reached in the last night of a round.",
    "oitcheck_addresses_left_out": "Addresses that a limit of the run left out in the last night.",
    "oitcheck_websites_down": "Main websites that are down.",
}


def metrics_text(nights: Sequence[Night], websites_down: int) -> str:
    """The figures from the latest nights of all rounds (any order)."""
    rows: dict[str, list[tuple[dict[str, str], float]]] = {name: [] for name in _HELP}
    rows["oitcheck_info"].append(({"version": __version__}, 1))
    rows["oitcheck_websites_down"].append(({}, websites_down))
    for year, round_id in sorted({(n.year_be, n.round_id) for n in nights}):
        of_round = [n for n in nights if (n.year_be, n.round_id) == (year, round_id)]
        mine = sorted(of_round, key=lambda n: n.planned_at)
        label = {"year": str(year), "round": round_id}
        rows["oitcheck_nights_missed"].append((label, sum(n.outcome == "missed" for n in mine)))
        ended = [n for n in mine if n.ended_at and n.outcome != "nothing"]
        if not ended:
            continue
        last = ended[-1]
        assert last.ended_at is not None
        rows["oitcheck_night_ended_timestamp_seconds"].append((label, last.ended_at.timestamp()))
        done = [n.ended_at for n in ended if n.outcome == "done" and n.ended_at]
        if done:
            rows["oitcheck_night_done_timestamp_seconds"].append((label, done[-1].timestamp()))
        if last.began_at:
            took = (last.ended_at - last.began_at).total_seconds()
            rows["oitcheck_night_duration_seconds"].append((label, took))
        rows["oitcheck_night_outcome"].append(({**label, "outcome": last.outcome}, 1))
        result = last.result
        rows["oitcheck_nights_failed_in_a_row"].append((label, result.get("failed_in_a_row", 0)))
        rows["oitcheck_items"] += [({**label, "outcome": o}, n) for o, n in sorted(result.get("items", {}).items())]
        rows["oitcheck_changes"] += [
            ({**label, "direction": d}, len(result.get(d, ()))) for d in ("regressed", "improved", "unsettled")
        ]
        rows["oitcheck_sites_in_trouble"].append((label, len(result.get("trouble", ()))))
        rows["oitcheck_addresses_left_out"].append((label, result.get("left_out", 0)))
    lines: list[str] = []
    for name, samples in rows.items():
        if samples:
            lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} gauge"]
            lines += [f"{name}{_labels(labels)} {_number(value)}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def figures(settings: Settings, store: Store, now: datetime) -> str:
    """The figures for Prometheus as they stand."""
    return metrics_text(store.nights.recent(), websites_down(settings, store, now))


def websites_down(settings: Settings, store: Store, now: datetime) -> int:
    """How many main websites are down by the latest checks."""
    agencies = registered_websites(store, known_years())
    rows = all_reachability(agencies, checks_since(store, now - timedelta(days=14), agencies))
    return sum(r.down_checks >= settings.notify.after_failed_checks for r in rows)


def write_metrics(settings: Settings, text: str) -> None:
    """Put the figures where node_exporter reads them; whole or not at all."""
    if settings.metrics.textfile:
        path = settings.data_dir / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)


@contextmanager
def served_metrics(address: str, port: int, text: Callable[[], str]) -> Iterator[int]:
    """Serve `text()` at /metrics while the block runs; yields the port. Raises SettingsError when it is taken."""

    class Answer(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(404)
                return
            try:
                body = text().encode()
            except Exception:  # a database that is away must not end the server
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: every scrape would be a line."""

    try:
        server = ThreadingHTTPServer((address, port), Answer)
    except OSError as error:
        raise SettingsError(
            f"cannot listen at {address} port {port}: {error.strerror}",
            where="metrics.port",
            remedy="Choose another port, or 0 to serve no figures.",
        ) from error
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    escaped = {
        name: value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for name, value in labels.items()
    }
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped.items()) + "}"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.3f}"

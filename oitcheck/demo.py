"""The invented province: where its files are, and a loopback web server for its sites.

A site is a folder named for its host; a path that ends in / is its index.html. `_server.json` beside the files says
where a site behaves otherwise: {"/path": {...}, "/path?query": {...}, "*": {...}}, keys percent-encoded or plain. The
entry with the query is looked for first, then the path, then "*".

    status, content_type, headers    of the answer
    redirect                         answer with this address (302, or `status`)
    delay_s                          seconds to wait before the answer
    body                             answer with this text (in the charset of content_type, UTF-8 else)
    file                             serve this file of the site's folder: /index.php?id=3 → a file
    times                            the entry holds for the first N requests only (its `file` stays in force)
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

from oitcheck.settings import resource_folder

BEHAVIOURS = "_server.json"
KEYS = frozenset({"status", "content_type", "redirect", "delay_s", "headers", "body", "file", "times"})
MEDIA_TYPES = {
    ".html": "text/html",
    ".php": "text/html",
    ".css": "text/css",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
}
IDLE_SECONDS = 30


def demo_folder() -> Path:
    """The folder of the demo province: agencies-<year>.csv, submissions-<year>.csv, expected.csv and sites/.

    Raises SettingsError when the program was installed without it.
    """
    return resource_folder("fixtures") / "demo"


class Site:
    """The files and behaviours of one host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        behaviours = folder / BEHAVIOURS
        rules = json.loads(behaviours.read_text("utf-8")) if behaviours.is_file() else {}
        self._rules: dict[str, dict[str, Any]] = {unquote(key): rule for key, rule in rules.items()}
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def rule(self, path: str, query: str) -> Mapping[str, Any]:
        """The behaviour for one request (which it counts), empty where the site has none."""
        candidates = ([unquote(f"{path}?{query}")] if query else []) + [unquote(path), "*"]
        for key in candidates:
            rule = self._rules.get(key)
            if rule is None:
                continue
            if "times" not in rule:
                return rule
            with self._lock:
                self._asked[key] += 1
                is_over = self._asked[key] > rule["times"]
            return ({"file": rule["file"]} if "file" in rule else {}) if is_over else rule
        return {}

    def file(self, relative: str) -> Path | None:
        """The file for a path of this site, None where there is none or where it would lie outside the site."""
        path = self._inside(relative)
        if path is not None and path.is_dir():
            path = path / "index.html"
        return path if path is not None and path.name != BEHAVIOURS and path.is_file() else None

    def is_folder(self, relative: str) -> bool:
        path = self._inside(relative)
        return path is not None and path.is_dir()

    def _inside(self, relative: str) -> Path | None:
        """The path within the site's folder, links resolved; None where it would lead out of it."""
        decoded = unquote(relative)
        if "\0" in decoded:
            return None
        path = (self.folder / decoded.lstrip("/")).resolve()
        return path if path.is_relative_to(self.folder) else None


class SiteServer:
    """Serves a folder of sites on 127.0.0.1 by the Host header, one port for every host, until the block is left.

    A host without a folder gets its connection closed without an answer. `host_port` fits `network.connect_to`.
    `validators`: answers have an ETag, and a request that names it gets 304. `told` is called with URL, status and
    number of body bytes of every answer.
    """

    def __init__(
        self,
        sites: Path,
        port: int = 0,
        *,
        validators: bool = True,
        told: Callable[[str, int, int], None] = lambda *_: None,
    ) -> None:
        self._validators = validators
        self._told = told
        self._sites = {folder.name.lower(): Site(folder) for folder in sorted(sites.iterdir()) if folder.is_dir()}
        self._wanted_port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = _Server(self._sites, self._wanted_port, self._validators, self._told)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo-sites", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the server runs only inside its with block")
        return int(self._server.server_address[1])

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(self._sites)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, sites: Mapping[str, Site], port: int, validators: bool, told: Callable[[str, int, int], None]
    ) -> None:
        self.sites = sites
        self.validators = validators
        self.told = told
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "DemoSites/1"
    sys_version = ""
    timeout = IDLE_SECONDS
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the crawl keeps its own record."""

    def do_GET(self) -> None:
        try:
            self._answer()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.close_connection = True
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, {"Content-Type": "text/plain"}, b"")

    def _answer(self) -> None:
        host, path, query = _target(self.path, self.headers.get("Host") or "")
        site = self.server.sites.get(host)
        if site is None:
            self.close_connection = True
            return
        rule = site.rule(path, query)
        time.sleep(float(rule.get("delay_s", 0)))
        headers = {str(name): str(value) for name, value in (rule.get("headers") or {}).items()}
        if "redirect" in rule:
            headers["Location"] = quote(rule["redirect"], safe="%/:?#[]@!$&'()*+,;=~-._")
            self._send(int(rule.get("status", HTTPStatus.FOUND)), headers, b"")
        elif "file" not in rule and "body" not in rule and not path.endswith("/") and site.is_folder(path):
            headers["Location"] = quote(unquote(path), safe="/~-._") + "/" + (f"?{query}" if query else "")
            self._send(HTTPStatus.MOVED_PERMANENTLY, headers, b"")
        else:
            self._send_content(site, rule, path, headers)

    def _send_content(self, site: Site, rule: Mapping[str, Any], path: str, headers: dict[str, str]) -> None:
        status = int(rule.get("status", HTTPStatus.OK))
        media_type = str(rule.get("content_type", ""))
        if "body" in rule:
            body = str(rule["body"]).encode(_charset(media_type), "replace")
            media_type = media_type or "text/html; charset=utf-8"
        elif (file := site.file(rule.get("file", path))) is not None:
            body = file.read_bytes()
            media_type = media_type or MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")
        else:
            status = HTTPStatus.NOT_FOUND if status == HTTPStatus.OK else status
            own_page = site.file("404.html")
            body = own_page.read_bytes() if own_page else f"<h1>{int(status)}</h1>".encode()
            media_type = media_type or "text/html; charset=utf-8"
        if self.server.validators and status == HTTPStatus.OK:
            headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"', **headers}
            if self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = HTTPStatus.NOT_MODIFIED, b""
        self._send(status, {"Content-Type": media_type, **headers}, body)

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.server.told(f"http://{self.headers.get('Host') or ''}{self.path}", int(status), len(body))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _target(request_target: str, host_header: str) -> tuple[str, str, str]:
    """Host (no port), path and query asked for; a proxy-style target names its host itself."""
    if request_target.startswith(("http://", "https://")):
        parts = urlsplit(request_target)
        host_header = parts.netloc
        request_target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path, _, query = request_target.partition("#")[0].partition("?")
    return re.sub(r":\d*$", "", host_header.strip().lower()), path or "/", query


def _charset(media_type: str) -> str:
    """The codec of a body given as text. Thai sites that say windows-874 or tis-620 mean one and the same."""
    found = re.search(r"charset=([\w-]+)", media_type, re.IGNORECASE)
    name = found.group(1).lower() if found else "utf-8"
    return "cp874" if name in ("windows-874", "tis-620", "iso-8859-11") else name

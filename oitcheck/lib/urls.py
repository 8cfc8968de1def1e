"""URLs as officials write them, made into URLs that can be requested."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

_SAFE_PATH = "/:@!$&'()*+,;=~-._%"
_SAFE_QUERY = "/?:@!$&'()*+,;=~-._%[]"
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")
_HOST = re.compile(r"^[^\s/?#]+\.[^\s/?#.]{2,}(:\d+)?([/?#]|$)")
_NEVER = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff\r\n\t]")


class BadUrl(ValueError):
    """A text that cannot be a web address. `reason`: empty, scheme, no_host, bad_host, bad_port."""

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        self.text = text
        super().__init__(f"{reason}: {text}")


def normalized(text: str) -> tuple[str, tuple[str, ...]]:
    """The requestable form of a URL as typed, and the names of the corrections made.

    Corrections: `trimmed`, `scheme_added`, `blanks_encoded`, `encoded` (Thai and other letters percent-encoded),
    `idna`. The fragment is kept. Raises BadUrl for anything that is not http(s) or has no host.
    """
    corrections: list[str] = []
    url = _NEVER.sub("", text).strip().strip("\u00a0<>\"'“”")
    if url != text:
        corrections.append("trimmed")
    if not url:
        raise BadUrl("empty", text)
    scheme = _SCHEME.match(url)
    if scheme and not url.lower().startswith(("http:", "https:")):
        if not (_HOST.match(url) and ":" in url.split("/")[0] and url.split(":")[1][:1].isdigit()):
            raise BadUrl("scheme", text)
        scheme = None
    if url.startswith("//"):
        url, scheme = "http:" + url, _SCHEME.match("http:")
        corrections.append("scheme_added")
    elif not scheme:
        if not _HOST.match(url):
            raise BadUrl("no_host", text)
        url = "http://" + url
        corrections.append("scheme_added")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise BadUrl("bad_port" if "ort" in str(error) else "bad_host", text) from error
    if not host:
        raise BadUrl("no_host", text)
    ascii_host = idna_host(host)
    if ascii_host is None:
        raise BadUrl("bad_host", text)
    if ascii_host != host.lower():
        corrections.append("idna")
    path, query, fragment = parts.path, parts.query, parts.fragment
    if " " in path + query:
        corrections.append("blanks_encoded")
    new_path = _percent(path, _SAFE_PATH)
    new_query = _percent(query, _SAFE_QUERY)
    if not (path + query).isascii():
        corrections.append("encoded")
    netloc = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme.lower()]:
        netloc += f":{port}"
    return urlunsplit((parts.scheme.lower(), netloc, new_path or "/", new_query, fragment)), tuple(corrections)


def idna_host(host: str) -> str | None:
    """The ASCII form of a host name, lower case; None when it cannot be one."""
    host = host.strip().rstrip(".").lower()
    if not host or len(host) > 253 or re.search(r"[\s_/\\]", host.replace("_", "-")):
        return None
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def host_of(url: str) -> str:
    """The host of a URL, lower case, without port; "" when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_on(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether a URL is on one of `hosts` or a subdomain of one.

    A leading `www.` of a host is no subdomain of its own.
    """
    host = host_of(url)
    for own in hosts:
        bare = own.removeprefix("www.")
        if host in (own, bare) or host.endswith("." + own) or (own.startswith("www.") and host == bare):
            return True
        if not own.startswith("www.") and host == "www." + own:
            return True
    return False


def is_under(url: str, names: tuple[str, ...]) -> bool:
    """Whether the host of a URL is one of `names`, or below one."""
    host = host_of(url)
    return any(host == name or host.endswith("." + name) for name in names)


def joined(base: str, href: str) -> str:
    """`href` resolved against `base`, requestable; "" when it does not lead to a web page."""
    try:
        return normalized(urljoin(base, _NEVER.sub("", href).strip()))[0]
    except (BadUrl, ValueError):
        return ""


def without_fragment(url: str) -> str:
    return url.split("#", 1)[0]


def readable(url: str) -> str:
    """The URL with percent-encoded Thai shown as Thai, for people."""
    return unquote(url, errors="replace")


def file_name(url: str) -> str:
    """The last part of the path, decoded ("" for a folder)."""
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1], errors="replace")


def _percent(part: str, safe: str) -> str:
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(part, safe=safe))

"""What is known of public services: how to get at a shared file, and whose pages nobody can read from outside."""

from __future__ import annotations

import html
import re
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from oitcheck.lib.urls import host_of
from oitcheck.model.evidence import Capture

_ID = r"[A-Za-z0-9_-]{10,}"
_DRIVE_FILE = re.compile(rf"/file/(?:u/\d+/)?d/({_ID})")
_DOCS = re.compile(rf"/(document|spreadsheets|presentation)/(?:u/\d+/)?d/(?!e/)({_ID})")
_DOCS_FORMAT = {"document": "docx", "spreadsheets": "xlsx", "presentation": "pdf"}
_PUBLISHED = re.compile(rf"/(document|spreadsheets|presentation)/(?:u/\d+/)?d/e/({_ID})")
_DRIVE_FOLDER = re.compile(rf"/(?:drive/)?(?:u/\d+/|mobile/)*folders/({_ID})")
_LISTING = "/embeddedfolderview"
_DRIVE_HOSTS = ("drive.google.com", "docs.google.com", "drive.usercontent.google.com")
_ONEDRIVE_HOSTS = ("1drv.ms", "onedrive.live.com", "api.onedrive.com")
# All that hand out files of one service: they bear our requests together. Names of whole domains.
_SERVICES = (
    ("google", (*_DRIVE_HOSTS, "googleusercontent.com")),
    ("onedrive", (*_ONEDRIVE_HOSTS, "sharepoint.com", "livefilestore.com", "storage.live.com", "1drv.com")),
    ("dropbox", ("dropbox.com", "dropboxusercontent.com")),
)


def is_drive(url: str) -> bool:
    """Whether a URL is one of Google Drive or Docs."""
    return host_of(url) in _DRIVE_HOSTS


def is_file_service(url: str) -> bool:
    """Whether a URL is one of a service where files are shared by link."""
    host = host_of(url)
    return (
        host in _DRIVE_HOSTS
        or host in _ONEDRIVE_HOSTS
        or _under(host, "sharepoint.com")
        or _under(host, "dropbox.com")
        or _under(host, "dropboxusercontent.com")
    )


def service_of(host: str) -> str:
    """The file service that a host belongs to, whose hosts share one budget of requests; else the host itself."""
    return next((name for name, hosts in _SERVICES if any(_under(host, one) for one in hosts)), host)


def direct_url(url: str) -> str | None:
    """Where the shared file itself can be had; None when `url` is no link to a file of a known service.

    Google Drive files, Docs, Sheets and Slides (exported as docx, xlsx, pdf), Dropbox and OneDrive shares; of a Drive
    folder the page that lists its files without scripts. The scheme stays as written.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = host_of(url)
    query = parse_qs(parts.query)
    if host in ("drive.google.com", "docs.google.com"):
        return _google(parts.scheme, parts.path, query)
    if _under(host, "dropbox.com"):
        return _dropbox(url)
    if host in ("1drv.ms", "onedrive.live.com"):
        return _onedrive(url, parts.scheme, host, parts.path, query)
    # A folder (":f:") is not to be had as one file.
    if _under(host, "sharepoint.com") and re.match(r"/:[a-eg-z]:/", parts.path):
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "download=1", ""))
    return None


def _google(scheme: str, path: str, query: dict[str, list[str]]) -> str | None:
    published = _PUBLISHED.search(path)
    if published and published.group(1) == "spreadsheets":
        return f"{scheme}://docs.google.com/spreadsheets/d/e/{published.group(2)}/pub?output=xlsx"
    folder_id = _folder_id(path, query)
    if folder_id:
        return f"{scheme}://drive.google.com{_LISTING}?id={folder_id}{_resource_key(query)}"
    docs = _DOCS.search(path)
    if docs:
        kind, file_id = docs.groups()
        if kind == "presentation":
            return f"{scheme}://docs.google.com/presentation/d/{file_id}/export/pdf"
        return f"{scheme}://docs.google.com/{kind}/d/{file_id}/export?format={_DOCS_FORMAT[kind]}"
    file = _DRIVE_FILE.search(path)
    if file:
        file_id = file.group(1)
    elif path.rstrip("/") in ("/uc", "/thumbnail", "/viewer", "/leaf"):
        file_id = next(iter(query.get("id") or query.get("srcid") or ()), "")
    else:
        return None
    if not re.fullmatch(_ID, file_id):
        return None
    return f"{scheme}://drive.google.com/uc?export=download&id={file_id}{_resource_key(query)}"


def _folder_id(path: str, query: dict[str, list[str]]) -> str:
    folder = _DRIVE_FOLDER.match(path)
    if folder:
        return folder.group(1)
    if path.rstrip("/") in (_LISTING, "/folderview"):
        folder_id = next(iter(query.get("id", ())), "")
        return folder_id if re.fullmatch(_ID, folder_id) else ""
    return ""


def _resource_key(query: dict[str, list[str]]) -> str:
    key = next(iter(query.get("resourcekey", ())), "")
    return f"&resourcekey={key}" if re.fullmatch(r"[A-Za-z0-9_-]+", key) else ""


def _opened_id(url: str) -> str:
    """What `drive.google.com/open?id=` names: a file, a document or a folder, which only Google knows."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if host_of(url) != "drive.google.com" or parts.path.rstrip("/") != "/open":
        return ""
    found = next(iter(parse_qs(parts.query).get("id", ())), "")
    return found if re.fullmatch(_ID, found) else ""


def onward_url(url: str, onward: str) -> str:
    """Where to go on when `url` sends its visitor to `onward`: to the file itself where a short address, or Google's
    `open?id=`, leads to a shared file; else to `onward` as it is."""
    return (direct_url(onward) or onward) if not is_file_service(url) or _opened_id(url) else onward


def _dropbox(url: str) -> str | None:
    parts = urlsplit(url)
    if not re.match(r"/(s|sh|scl|st)/", parts.path):
        return None
    query = [(k, v) for k, v in parse_qsl(parts.query) if k not in ("dl", "raw")] + [("dl", "1")]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def _onedrive(url: str, scheme: str, host: str, path: str, query: dict[str, list[str]]) -> str | None:
    if host == "onedrive.live.com":
        if path.startswith("/embed") or path.startswith("/download"):
            return url.replace("/embed", "/download", 1)
        if "resid" not in query and "id" not in query:
            return None
    # The sharing API takes the whole link as an unpadded base64 token (Microsoft Graph, "Accessing shared items").
    token = urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return f"{scheme}://api.onedrive.com/v1.0/shares/u!{token}/root/content"


_CONFIRM_FORM = re.compile(r"""<form[^<>]{0,400}\bid\s*=\s*["']?download-form["']?[^<>]{0,400}>""", re.IGNORECASE)
_ACTION = re.compile(r"""\baction\s*=\s*["']([^"'<>]+)["']""", re.IGNORECASE)
_HIDDEN = re.compile(r"""<input[^<>]{0,300}\btype\s*=\s*["']?hidden[^<>]{0,300}>""", re.IGNORECASE)
_NAME = re.compile(r"""\bname\s*=\s*["']([^"'<>]+)["']""", re.IGNORECASE)
_VALUE = re.compile(r"""\bvalue\s*=\s*["']([^"'<>]*)["']""", re.IGNORECASE)


_CONFIRM_LINK = re.compile(r"""<a\b(?=[^<>]{0,400}\bid\s*=\s*["']?uc-download-link)[^<>]{0,600}>""", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*["']([^"'<>]+)["']""", re.IGNORECASE)


def confirmed_url(final_url: str, source: str) -> str:
    """Where Google's page "too large to scan for viruses" leads once confirmed; "" when `source` is no such page."""
    if not is_drive(final_url):
        return ""
    form = _CONFIRM_FORM.search(source)
    action = _ACTION.search(form.group()) if form else None
    if not form or not action:
        return _confirmed_by_link(final_url, source)
    fields: list[tuple[str, str]] = []
    for tag in _HIDDEN.findall(source[form.end() :])[:12]:
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name and value:
            fields.append((html.unescape(name.group(1)), html.unescape(value.group(1))))
    target = urljoin(final_url, html.unescape(action.group(1)))
    if not is_drive(target) or not fields:
        return ""
    return target.split("?")[0] + "?" + urlencode(fields)


def _confirmed_by_link(final_url: str, source: str) -> str:
    """The older shape of that page: a link with the token in its address."""
    link = _CONFIRM_LINK.search(source)
    href = _HREF.search(link.group()) if link else None
    target = urljoin(final_url, html.unescape(href.group(1))) if href else ""
    return target if target and is_drive(target) and "confirm=" in target else ""


def sent_on_by_service(final_url: str, source: str) -> str:
    """Where a page of Google leads that stands before a file: its virus notice, or `open?id=` that did not send us on;
    "" when it leads nowhere."""
    opened = _opened_id(final_url)
    if opened:
        parts = urlsplit(final_url)
        key = _resource_key(parse_qs(parts.query))
        return f"{parts.scheme}://drive.google.com/uc?export=download&id={opened}{key}"
    return confirmed_url(final_url, source)


_UNREADABLE = (
    "facebook.com", "fb.com", "fb.me", "fb.watch", "messenger.com", "m.me", "instagram.com", "threads.net",
    "youtube.com", "youtu.be", "youtube-nocookie.com", "line.me", "lin.ee", "tiktok.com", "twitter.com", "x.com",
    "t.co", "whatsapp.com", "wa.me", "telegram.me", "t.me", "vimeo.com", "forms.gle", "linkedin.com", "pinterest.com",
)  # fmt: skip
_SHARERS = ("addtoany.com", "addthis.com", "sharethis.com", "plus.google.com", "reddit.com", "tumblr.com")


def is_unreadable_service(url: str) -> bool:
    """Whether the content behind a URL cannot be read from outside: social networks, videos, forms of a service."""
    host = host_of(url)
    if any(_under(host, name) for name in _UNREADABLE):
        return True
    return host == "docs.google.com" and urlsplit(url).path.startswith("/forms/")


def is_service_page(capture: Capture) -> bool:
    """Whether a capture is a page on which a file service shows a document or a folder by scripts: nothing to read.

    A listing of a Drive folder, a document published to the web as a page, a web page handed out as a file are none.
    """
    url = capture.final_url
    if not is_file_service(url) or "html" not in capture.media_type or is_folder_listing(url):
        return False
    if any(name == "content-disposition" and "attachment" in value for name, value in capture.headers):
        return False
    published = _PUBLISHED.search(urlsplit(url).path)
    return not (published and published.group(1) != "presentation" and is_drive(url))


def is_folder_listing(url: str) -> bool:
    """Whether an address is the page on which Google lists the files of a public folder."""
    return host_of(url) == "drive.google.com" and urlsplit(url).path.rstrip("/") == _LISTING


# Places that show a document leafing through it.
_BOOK_HOSTS = (
    "anyflip.com", "fliphtml5.com", "pubhtml5.com", "issuu.com", "heyzine.com", "calameo.com", "flipsnack.com",
    "flipbookpdf.net", "canva.com", "slideshare.net", "scribd.com", "yumpu.com", "publuu.com", "designrr.page",
    "flippingbook.com", "joomag.com", "zyyne.com", "flipbuilder.com", "fliphtml5.net",
)  # fmt: skip


def is_book_service(url: str) -> bool:
    """Whether an address belongs to a service of leafed books: their pages are pictures brought by scripts."""
    return any(_under(host_of(url), name) for name in _BOOK_HOSTS)


def is_post(url: str) -> bool:
    """Whether an address names one thing on a service that cannot be read (a post, a picture, a film), not a whole
    page, a chat or a form."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = host_of(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if any(_under(host, name) for name in ("facebook.com", "fb.com")):
        return len(segments) >= 2 or any(key in ("fbid", "story_fbid", "v", "id") for key, _ in parse_qsl(parts.query))
    if any(_under(host, name) for name in ("youtube.com", "youtube-nocookie.com")):
        return bool(segments) and segments[0] in ("watch", "playlist", "live", "shorts", "embed", "post")
    if any(_under(host, name) for name in ("youtu.be", "fb.watch", "vimeo.com")):
        return bool(segments)
    return any(_under(host, n) for n in ("instagram.com", "tiktok.com", "twitter.com", "x.com")) and len(segments) >= 2


def is_sharer(url: str) -> bool:
    """Whether a URL only hands a page on to others."""
    return any(_under(host_of(url), name) for name in _SHARERS)


def is_map_service(url: str) -> bool:
    """Whether a URL is a map of a public service."""
    host = host_of(url)
    path = urlsplit(url).path
    if re.match(r"(?:www\.)?google\.(?:com|co\.th)$", host):
        return path.startswith("/maps")
    if host in ("goo.gl", "g.page"):
        return path.startswith("/maps") or host == "g.page"
    return (
        bool(re.match(r"maps\.google\.(?:com|co\.th)$", host))
        or host == "maps.app.goo.gl"
        or _under(host, "openstreetmap.org")
        or _under(host, "map.longdo.com")
        or _under(host, "here.com")
        or (_under(host, "bing.com") and path.startswith("/maps"))
    )


def unwrapped(url: str) -> str:
    """The document that a viewer's URL shows (Google's viewer, pdf.js, Office viewer); "" when it is no viewer.

    The address may be relative, as the viewer's page would read it.
    """
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
    except ValueError:
        return ""
    host, path = host_of(url), parts.path.lower()
    if host in ("docs.google.com", "drive.google.com") and re.search(r"/(gview|viewerng|viewer)(/|$)", path):
        return next(iter(query.get("url", ())), "")
    if host in ("view.officeapps.live.com", "word-view.officeapps.live.com", "excel.officeapps.live.com"):
        return next(iter(query.get("src", ())), "")
    if re.search(r"(viewer|pdfjs|pdf-viewer|pdfviewer|flipbook|dflip)[^?]*$", path):
        for name in ("file", "pdf", "url", "src"):
            value = next(iter(query.get(name, ())), "")
            if re.search(r"\.(pdf|docx?|xlsx?|pptx?)\b", unquote(value), re.IGNORECASE):
                return value
    return ""


def _under(host: str, name: str) -> bool:
    return host == name or host.endswith("." + name)

"""Small office files made in memory: OpenDocument, PowerPoint, RTF and archives."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw

from oitcheck.model.evidence import Capture, FetchOutcome

_OPEN = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)
_SLIDE = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOLD = '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'


def captured(body: bytes, name: str = "a", media_type: str = "") -> Capture:
    url = f"http://www.banmai.example/{name}"
    digest = sha256(body).hexdigest()
    return Capture(url, url, (), FetchOutcome.OK, 200, datetime(2023, 4, 1, tzinfo=UTC), media_type, sha256=digest)


def zipped(members: Mapping[str, bytes | str], *, packed: bool = True) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def open_document(kind: str, inner: str, extra: Mapping[str, bytes | str] = {}, styles: str = "") -> bytes:
    """An OpenDocument file of a kind (text, spreadsheet, presentation) with this inside its body."""
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {_OPEN}>"
        f"<office:automatic-styles>{BOLD}</office:automatic-styles>"
        f"<office:body><office:{kind}>{inner}</office:{kind}></office:body></office:document-content>"
    )
    members: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": content,
        "META-INF/manifest.xml": "<manifest/>",
        **extra,
    }
    if styles:
        members["styles.xml"] = f"<office:document-styles {_OPEN}>{styles}</office:document-styles>"
    return zipped(members)


def slides(*inner: str, relations: Mapping[str, tuple[str, str]] = {}, extra: Mapping[str, bytes | str] = {}) -> bytes:
    """A pptx file with these shapes on its slides; `relations` of each slide: id → kind, target ("http…": outside)."""
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, len(inner) + 1))
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/slide" Target="slides/slide{n}.xml"/>'
        for n in range(1, len(inner) + 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    of_slide = "".join(
        f'<Relationship Id="{i}" Type="{_RELATIONS}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if target.startswith('http') else ''}/>"
        for i, (kind, target) in relations.items()
    )
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": f'<p:presentation {_SLIDE}><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="9144000" '
        f'cy="6858000"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{package}">{targets}</Relationships>',
        **extra,
    }
    for number, shapes in enumerate(inner, 1):
        show = ' show="0"' if shapes.startswith("HIDDEN") else ""
        tree = f"<p:cSld><p:spTree>{shapes.removeprefix('HIDDEN')}</p:spTree></p:cSld>"
        members[f"ppt/slides/slide{number}.xml"] = f"<p:sld {_SLIDE}{show}>{tree}</p:sld>"
        members[f"ppt/slides/_rels/slide{number}.xml.rels"] = (
            f'<Relationships xmlns="{package}">{of_slide}</Relationships>'
        )
    return zipped(members)


def shape(text: str, placeholder: str = "") -> str:
    ph = f'<p:nvPr><p:ph type="{placeholder}"/></p:nvPr>' if placeholder else ""
    paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return f"<p:sp><p:nvSpPr>{ph}</p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>"


def rtf(inner: str, head: str = "") -> bytes:
    """An RTF file as Thai Word writes it: every Thai letter as \\'hh of windows-874."""
    out = "".join(char if char.isascii() else "".join(f"\\'{b:02x}" for b in char.encode("cp874")) for char in inner)
    fonts = r"{\fonttbl{\f0\fcharset0 Times;}{\f1\fnil\fcharset222 Angsana New;}}"
    return (r"{\rtf1\ansi\ansicpg874\deff0" + fonts + head + r"\f1 " + out + "}").encode("ascii")


def paper_scan(text: str = "", size: tuple[int, int] = (900, 1270)) -> bytes:
    """A PNG like the scan of a sheet: some dark lines on white."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for line in range(20):
        draw.rectangle((80, 80 + 50 * line, size[0] - 80 - (line % 5) * 60, 100 + 50 * line), fill="black")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

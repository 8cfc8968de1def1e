"""Files made to break readers, from a fixed seed: nothing of them is committed."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import xlsxwriter
from PIL import Image

from tests.extract.office_files import open_document, paper_scan, rtf, shape, slides, zipped

FIXTURES = Path(__file__).parents[2] / "fixtures"
PDFS = 4
MUTANTS_OF_A_PDF = 24
MUTANTS_OF_OTHERS = 6
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file and what must come of it: the reasons of its blind spots, of which one must be there.

    `reads`: a document must come of it too. No reasons and not `reads`: anything but harm.
    """

    name: str
    body: bytes
    reasons: tuple[str, ...] = ()
    reads: bool = False


# archives and bombs

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Bomb:
    """Bytes that pack very small: `before`, so many MiB of one byte, `after`; made without ever being unpacked."""

    mib: int
    filler: bytes = b"\0"
    before: bytes = b""
    after: bytes = b""

    @property
    def size(self) -> int:
        return len(self.before) + self.mib * MIB + len(self.after)

    def deflated(self) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        head = packer.compress(self.before) + packer.flush(zlib.Z_FULL_FLUSH)
        one = packer.compress(self.filler * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
        return head + one * self.mib + packer.compress(self.after) + packer.flush()

    def checked(self, check: Callable[[bytes, int], int], start: int) -> int:
        value, filler = check(self.before, start), self.filler * MIB
        for _ in range(self.mib):
            value = check(filler, value)
        return check(self.after, value)

    def zlib(self) -> bytes:
        return b"\x78\x9c" + self.deflated() + struct.pack(">I", self.checked(zlib.adler32, 1))


def bombed(members: Mapping[str, bytes | str | Bomb]) -> bytes:
    """A zip archive with bombs among its members."""
    out, central = bytearray(), bytearray()
    for name, body in members.items():
        bomb = body if isinstance(body, Bomb) else Bomb(0, after=body if isinstance(body, bytes) else body.encode())
        raw = bomb.deflated()
        told = struct.pack(
            "<HHHHHIIIHH", 20, 0, 8, 0, 33, bomb.checked(zlib.crc32, 0), len(raw), bomb.size, len(name), 0
        )
        central += b"PK\1\2\x14\0" + told + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name.encode()
        out += b"PK\3\4" + told + name.encode() + raw
    count = len(members)
    return bytes(out + central) + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(central), len(out), 0)


def bombs() -> Iterator[Hostile]:
    yield Hostile("bomb.zip", bombed({"a.txt": Bomb(400)}), ("too_large",))
    yield Hostile("ratio.zip", bombed({"a.txt": Bomb(60), "b.txt": "ก"}), ("too_large",), reads=True)
    yield Hostile("bomb-in-zip.zip", zipped({"a.zip": bombed({"a.txt": Bomb(99)})}), ("unsupported",))
    yield Hostile("bomb.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + Bomb(500).deflated(), ("unsupported",))
    word = f"<w:document {WORD}>".encode()
    yield Hostile("bomb.docx", _docx(Bomb(70, b" ", word, b"</w:document>")), ("too_large",))
    yield Hostile("bomb.odt", _with(open_document("text", ""), {"content.xml": Bomb(70, b" ")}), ("too_large",))
    yield Hostile("bomb.pptx", _with(slides(""), {"ppt/slides/slide1.xml": Bomb(70, b" ")}), ("too_large",))
    yield Hostile("media-bomb.docx", _docx(_paragraph("ก"), {"word/media/a.png": Bomb(310)}), ("too_large",))
    yield Hostile("bomb.xlsx", _xlsx(Bomb(300, b" ", f"<worksheet {SHEET}><sheetData>".encode())), ("too_large",))
    yield Hostile(
        "strings.xlsx", _xlsx("<sheetData/>", strings=Bomb(500, b"x", f"<sst {SHEET}><si><t>".encode())), ("too_large",)
    )
    yield Hostile("flate-bomb.pdf", pdf(Bomb(500, b" ").zlib(), "/Filter /FlateDecode"), ("too_large", "too_slow"))
    twice = zlib.compress(Bomb(500).zlib())
    yield Hostile("twice-flate-bomb.pdf", pdf(twice, "/Filter [/FlateDecode /FlateDecode]"), ("too_large", "too_slow"))


def _with(body: bytes, changed: Mapping[str, bytes | str | Bomb]) -> bytes:
    """The package with these members changed or added."""
    with zipfile.ZipFile(BytesIO(body)) as archive:
        return bombed({**{name: archive.read(name) for name in archive.namelist()}, **changed})


def archives() -> Iterator[Hostile]:
    tricks = {"/etc/passwd": "ก", "../../x.txt": "ข", "..\\..\\y.txt": "ค", "C:\\z.txt": "ง", "a/" * 3000 + "b": "จ"}
    yield Hostile("paths.zip", zipped(tricks), (), reads=True)
    yield Hostile("names.zip", _names(100_000), ("too_large",))
    yield Hostile("nulls.zip", zipped({"N.txt": "ก", "b.txt": "ข"}).replace(b"N.txt", b"\0.txt"), (), reads=True)
    yield Hostile("locked.zip", _locked_zip(), ("encrypted",))
    lying = bytearray(zipped({"a.txt": bytes(4_000_000)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = lying.index(mark) + at
        lying[start : start + 4] = struct.pack("<I", 100)
    yield Hostile("lying-sizes.zip", bytes(lying), ("corrupt",))
    same = zipped({"a.txt": "ก" * 5000})
    central = same[same.index(b"PK\x01\x02") : same.index(b"PK\x05\x06")]
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 500, 500, len(central) * 500, same.index(b"PK\x01\x02"), 0)
    yield Hostile("overlapping.zip", same[: same.index(b"PK\x01\x02")] + central * 500 + end)
    yield Hostile("method.zip", same.replace(b"\x08\0", b"\x63\0", 2), ("corrupt", "unsupported"))
    yield Hostile("all-kinds.zip", zipped({n: b for n, b in good().items()}), (), reads=True)
    for name, start in (
        ("a.rar", b"Rar!\x1a\x07\0"), ("a.7z", b"7z\xbc\xaf\x27\x1c"), ("a.ppt", OLE + "PowerPoint Document\0".encode("utf-16-le")),
        ("a.exe", b"MZ\0\1\2\3"), ("a.tar", b"x" * 257 + b"ustar\0"), ("a.mp4", b"\0\0\0\x20ftypisom\0\1"),
    ):  # fmt: skip
        yield Hostile(name, start + bytes(range(32)) * 40, ("unsupported",))


def _names(count: int) -> bytes:
    """An archive of so many empty files."""
    out, central = bytearray(), bytearray()
    told = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, 0, 0, 6, 0)
    for number in range(count):
        name = b"%06d" % number
        central += b"PK\1\2\x14\0" + told + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name
        out += b"PK\3\4" + told + name
    # More than 65,535 need the end record of large archives; Python counts by the size of the list anyway.
    return bytes(out + central) + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 65535, 65535, len(central), len(out), 0)


def _locked_zip() -> bytes:
    body = bytearray(zipped({"a.txt": "หนึ่ง"}))
    body[body.index(b"PK\x03\x04") + 6] |= 1
    body[body.index(b"PK\x01\x02") + 8] |= 1
    return bytes(body)


# office files


def _docx(document: str | Bomb, extra: Mapping[str, bytes | str | Bomb] = {}) -> bytes:
    return _with(good()["a.docx"], {"word/document.xml": document, **extra})


def _paragraph(text: str, head: str = "") -> str:
    return f"{head}<w:document {WORD}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"


def _xlsx(inner: str | Bomb, strings: str | Bomb = "") -> bytes:
    sheet = inner if isinstance(inner, Bomb) else f"<worksheet {SHEET}>{inner}</worksheet>"
    changed = {"xl/worksheets/sheet1.xml": sheet} | ({"xl/sharedStrings.xml": strings} if strings else {})
    return _with(good()["a.xlsx"], changed)


def _cell(ref: str, text: str = "1") -> str:
    return f'<row r="{ref.lstrip("ABCDEFX")}"><c r="{ref}"><v>{text}</v></c></row>'


def office() -> Iterator[Hostile]:
    deep = "<w:p>" * 100_000
    yield Hostile("laughs.docx", _docx(_paragraph("&l9;", LAUGHS)), ("corrupt",))
    yield Hostile("external.docx", _docx(_paragraph("&e;", EXTERNAL)), ("corrupt",))
    yield Hostile("deep.docx", _docx(f"<w:document {WORD}><w:body>{deep}"), ("corrupt",))
    yield Hostile(
        "attributes.docx", _docx(f"<w:document {WORD} " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>")
    )
    yield Hostile(
        "paragraphs.docx", _docx(_paragraph("</w:t></w:r></w:p><w:p><w:r><w:t>ก" * 20_500)), ("too_large", "too_slow")
    )
    spans = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
    yield Hostile("spans.docx", _docx(f"<w:document {WORD}><w:body>{spans * 50}</w:body></w:document>"))
    yield Hostile(
        "not-numbers.docx", _docx(f"<w:document {WORD}><w:body>{spans.replace('999999999', 'x')}</w:body></w:document>")
    )
    shared = f"<sst {SHEET}><si><t>&l9;</t></si></sst>"
    rows = '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>'
    yield Hostile("laughs.xlsx", _xlsx(rows, strings=LAUGHS + shared), ("corrupt", "empty_file"))
    yield Hostile("external.xlsx", _xlsx(rows, strings=EXTERNAL + shared.replace("l9", "e")), ("corrupt", "empty_file"))
    declared = '<dimension ref="A1:XFD1048576"/><sheetData>'
    yield Hostile("rows-declared.xlsx", _xlsx(declared + _cell("A1") + "</sheetData>"), (), reads=True)
    yield Hostile(
        "far-cell.xlsx", _xlsx("<sheetData>" + _cell("A1") + _cell("XFD1048576") + "</sheetData>"), ("too_large",)
    )
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield Hostile("merged.xlsx", _xlsx(f"<sheetData>{_cell('A1')}</sheetData>{merged}"), (), reads=True)
    yield Hostile(
        "bad-refs.xlsx", _xlsx('<sheetData><row r="0"><c r="A0"><v>1</v></c><c r="@"><v>2</v></c></row></sheetData>')
    )
    yield Hostile("numbers.xlsx", _xlsx(f"<sheetData>{_cell('A1', '1e999')}{_cell('A2', '-9' * 400)}</sheetData>"))
    for kind in ("text", "presentation"):
        laughing = open_document(kind, "<text:p>&l9;</text:p>").replace(b"x", b"x")
        yield Hostile(
            f"laughs-{kind}.odt",
            _replaced(laughing, "content.xml", "<?xml version='1.0' encoding='UTF-8'?>", LAUGHS),
            ("corrupt",),
        )
        yield Hostile(
            f"deep-{kind}.odt", open_document(kind, "<text:section>" * 5_000 + "</text:section>" * 5_000), ("corrupt",)
        )
    repeated = (
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1">'
        "<text:p>1</text:p></table:table-cell></table:table-row></table:table>"
    )
    yield Hostile("repeated.ods", open_document("spreadsheet", repeated), ("too_large",))
    yield Hostile("repeated.odt", open_document("text", repeated + "<text:p>ก</text:p>"), (), reads=True)
    yield Hostile(
        "laughs.pptx",
        _replaced(slides(shape("&l9;")), "ppt/slides/slide1.xml", "<p:sld ", LAUGHS + "<p:sld "),
        ("corrupt",),
    )
    yield Hostile("slides.pptx", slides(*[shape("ก")] * 300), ("too_large",), reads=True)
    yield Hostile(
        "itself.pptx", slides(shape("ก"), relations={"rId9": ("image", "../slides/slide1.xml")}), (), reads=True
    )
    yield Hostile("nothing.docx", zipped({"[Content_Types].xml": "", "word/document.xml": ""}), ("corrupt",))
    yield Hostile("fat.xls", OLE + b"\xff" * 20_000 + "Workbook\0".encode("utf-16-le"), ("corrupt",))
    yield Hostile(
        "fat.doc", OLE + b"\xfe\xff\xff\xff" * 5_000 + "WordDocument\0".encode("utf-16-le"), ("corrupt", "unsupported")
    )


def _replaced(body: bytes, name: str, old: str, new: str) -> bytes:
    with zipfile.ZipFile(BytesIO(body)) as archive:
        return _with(body, {name: archive.read(name).replace(old.encode(), new.encode(), 1)})


# PDF


def objects(*objects: bytes, root: str = "1 0 R", extra: str = "") -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = f"<< /Root {root} /Size {len(objects) + 1} {extra} >>"
    return bytes(out + b"trailer\n" + trailer.encode() + b"\nstartxref\n%d\n%%%%EOF" % start)


def _stream(body: bytes, told: str = "") -> bytes:
    return f"<< /Length {len(body)} {told} >>\nstream\n".encode() + body + b"\nendstream"


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
ONE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
TEXT = b"BT /F 12 Tf 20 200 Td (A report of the office) Tj ET"


def pdf(content: bytes, told: str = "", extra: str = "") -> bytes:
    return objects(CATALOG, ONE, PAGE, _stream(content, told), FONT, extra=extra)


def pdfs() -> Iterator[Hostile]:
    kids = " ".join(["3 0 R"] * 10_000)
    many = f"<< /Type /Pages /Kids [{kids}] /Count 10000 >>".encode()
    yield Hostile("one-page-10000-times.pdf", objects(CATALOG, many, PAGE, _stream(TEXT), FONT))
    each = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 3 0 R >>"] * 10_000
    kids = " ".join(f"{n} 0 R" for n in range(4, 10_004))
    many = f"<< /Type /Pages /Kids [{kids}] /Count 10000 >>".encode()
    yield Hostile("10000-pages.pdf", objects(CATALOG, many, _stream(TEXT), *each), ("too_large",), reads=True)
    itself = b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"
    yield Hostile("pages-in-pages.pdf", objects(CATALOG, itself), ("corrupt",))
    yield Hostile("count.pdf", objects(CATALOG, ONE.replace(b"Count 1", b"Count 999999999"), PAGE, _stream(TEXT), FONT))
    yield Hostile("root-is-itself.pdf", objects(b"1 0 R"), ("corrupt",))
    yield Hostile(
        "length-is-itself.pdf",
        objects(CATALOG, ONE, PAGE, b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream", FONT),
        ("too_slow", "too_large"),
    )
    yield Hostile("contents-in-contents.pdf", objects(CATALOG, ONE, PAGE, b"[4 0 R 4 0 R]", FONT))
    form = _stream(
        b"/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    )
    page = PAGE.replace(b"/Font <<", b"/XObject << /X 6 0 R >> /Font <<")
    yield Hostile("form-in-form.pdf", objects(CATALOG, ONE, page, _stream(b"/X Do"), FONT, form))
    yield Hostile(
        "parents.pdf", objects(CATALOG, ONE.replace(b"/Count", b"/Parent 3 0 R /Count"), PAGE, _stream(TEXT), FONT)
    )
    yield Hostile("previous.pdf", pdf(TEXT, extra="/Prev 9"))
    yield Hostile("deep-arrays.pdf", pdf(b"[" * 200_000))
    yield Hostile("deep-dictionaries.pdf", objects(b"<< /A " * 50_000, ONE), ("corrupt",))
    yield Hostile("saves.pdf", pdf(b"q " * 50_000 + TEXT))
    yield Hostile("paths.pdf", pdf(b"0 0 m 9 9 l S " * 10_000 + TEXT))
    yield Hostile("letters.pdf", pdf(b"BT /F 1 Tf " + b"(AAAAAAAA) Tj " * 3_000 + b"ET"))
    yield Hostile("rulings.pdf", pdf(b"".join(b"0 %d 300 1 re f %d 0 1 300 re f " % (n, n) for n in range(0, 1000))))
    yield Hostile("numbers.pdf", pdf(b"BT /F 1e99 Tf 9e99 -9e99 Td (x) Tj 1 0 0 0 0 0 Tm (y) Tj ET"))
    yield Hostile(
        "box.pdf", objects(CATALOG, ONE, PAGE.replace(b"0 0 300 300", b"0 0 1e30 -1e30"), _stream(TEXT), FONT)
    )
    yield Hostile("box-of-nothing.pdf", objects(CATALOG, ONE, PAGE.replace(b"0 0 300 300", b"x"), _stream(TEXT), FONT))
    huge = _stream(
        zlib.compress(bytes(1000)),
        "/Subtype /Image /Width 99999 /Height 99999 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
    )
    yield Hostile("huge-picture.pdf", objects(CATALOG, ONE, page, _stream(b"300 0 0 300 0 0 cm /X Do"), FONT, huge))
    yield Hostile(
        "javascript.pdf",
        objects(
            CATALOG.replace(b">>", b"/OpenAction << /S /JavaScript /JS (while(1){}) >> >>"),
            ONE,
            PAGE,
            _stream(TEXT),
            FONT,
        ),
        (),
        reads=True,
    )
    lock = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "ab" * 32 + "> /U <" + "cd" * 32 + "> >> /ID [<00> <00>]"
    )
    yield Hostile("locked.pdf", pdf(TEXT, extra=lock), ("encrypted",))
    lock = lock.replace("/V 1 /R 2", "/V 5 /R 6 /Length 256 /OE <00> /UE <00> /Perms <00>")
    yield Hostile("locked-aes.pdf", pdf(TEXT, extra=lock), ("encrypted", "corrupt"))
    yield Hostile("odd-filter.pdf", pdf(TEXT, extra="/Encrypt << /Filter /Nobody /V 9 >>"), ("encrypted", "corrupt"))
    yield Hostile("head-only.pdf", b"%PDF-1.7\n%%EOF", ("corrupt",))
    yield Hostile("pdf.html", pdf(TEXT), (), reads=True)


# pictures


def pictures() -> Iterator[Hostile]:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    def png(width: int, height: int, pixels: bytes, extra: bytes = b"") -> bytes:
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")

    row = b"\0" + bytes(30_000 // 8)
    yield Hostile("30000x30000.png", png(30_000, 30_000, zlib.compress(row * 30_000)), ("too_large",))
    yield Hostile("4000000000.png", png(2**31 - 1, 2**31 - 1, b""), ("too_large", "corrupt"))
    yield Hostile("no-size.png", png(0, 0, b""), ("corrupt",))
    text = chunk(b"zTXt", b"a\0\0" + Bomb(90).zlib())
    yield Hostile("text-bomb.png", png(8, 8, zlib.compress(b"\0\0" * 8), text), ("corrupt",))
    out = BytesIO()
    Image.new("P", (300, 300)).save(
        out, "GIF", save_all=True, append_images=[Image.new("P", (300, 300), n) for n in range(200)]
    )
    yield Hostile("frames.gif", out.getvalue(), ("image_no_ocr",))
    out = BytesIO()
    Image.new("L", (500, 500), 128).save(out, "TIFF")
    tiff = out.getvalue()
    yield Hostile("tiff.tif", tiff, ("image_no_ocr",))
    yield Hostile("loop.tif", tiff[:4] + struct.pack("<I", 4) + tiff[8:], ("corrupt",))
    yield Hostile(
        "huge.bmp",
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 60, 0, 0, 54, 40, 10**8, 10**8, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(6),
        ("too_large", "corrupt"),
    )
    yield Hostile("png.jpg", paper_scan(), ("image_no_ocr",))


# pages and texts


def pages_and_texts() -> Iterator[Hostile]:
    yield Hostile("nesting.html", b"<html>" + b"<div>" * 300_000 + "ก".encode(), ("too_large",), reads=True)
    yield Hostile("fonts.html", b"<html><p>" + b"<font><b>" * 100_000 + "ก".encode(), ("too_large",), reads=True)
    yield Hostile("tables.html", b"<html>" + b"<table><tr><td>" * 3_000 + "ก".encode(), ("too_large",), reads=True)
    yield Hostile(
        "attributes.html",
        b"<html><p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + ">ก</p>".encode(),
        ("too_slow",),
    )
    yield Hostile("attribute.html", b'<html><p title="' + b"x" * 8_000_000 + '">ก</p>'.encode())
    yield Hostile(
        "spans.html",
        ("<html><table>" + '<tr><td colspan="99999999" rowspan="99999999">ก</td></tr>' * 500 + "</table>").encode(),
        (),
        reads=True,
    )
    yield Hostile("comments.html", b"<!---->" * 200_000 + b"x")
    yield Hostile("open-comments.html", b"<html>" + b"<!-- " * 200_000)
    yield Hostile("brackets.html", b"<html>" + b"<" * 2_000_000, ("too_large",), reads=True)
    yield Hostile("entities.html", b"<html><p>" + b"&amp;" * 300_000)
    yield Hostile("blanks.html", b"<html><p>" + b" " * 5_000_000 + "ก".encode(), (), reads=True)
    yield Hostile("options.html", b"<html><select>" + b"<option>x" * 10_000)
    yield Hostile("ids.html", b"<html>" + b"<p id=x><a href=#x>y</a>" * 5_000)
    yield Hostile(
        "surrogates.html", b"<html><meta charset=utf-16><p>" + b"\xed\xa0\x80&#xD800;&#x110000;" * 1000, (), reads=True
    )
    yield Hostile("utf16.html", b"\xff\xfe" + b"<\0h\0" * 10_000 + b"\0")
    yield Hostile("marks.txt", ("ก" + "่" * 1_000_000).encode())
    yield Hostile("line.csv", b"a,b\n" + b"x" * 10_000_000, ("corrupt",))
    yield Hostile("columns.csv", b"x," * 2_000_000, ("too_large",), reads=True)
    yield Hostile("quote.csv", b'a,"' + b"b,\n" * 1_000_000)
    yield Hostile("rows.csv", b"1,2\n" * 1_000_000, ("too_large",), reads=True)
    yield Hostile("nulls.csv", b"a,b\n1,\0" * 10)
    yield Hostile("line.txt", b"x" * 3_000_000, ("too_large",), reads=True)
    yield Hostile("wide.tsv", b"\t" * 1_000_000 + b"x", ("too_large",))
    yield Hostile("deep.rtf", b"{\\rtf1 " + b"{" * 3_000_000, ("corrupt",))
    yield Hostile("deep-aside.rtf", b"{\\rtf1 {\\info " + b"{" * 1_000_000 + b"}" * 1_000_000 + b"}x}", ("corrupt",))
    yield Hostile("tables.rtf", b"{\\rtf1 " + b"\\trowd\\cell\\row x\\cell" * 3_000 + b"}", (), reads=True)
    yield Hostile("binary.rtf", rb"{\rtf1 {\pict\bin2147483647 x}\bin-9 y\u99999999 \'zz\'}", ("corrupt",), reads=False)
    yield Hostile("words.rtf", b"{\\rtf1" + b"\\b\\i0\\f9" * 50_000 + b" x}", (), reads=True)
    yield Hostile("picture.rtf", b"{\\rtf1{\\pict " + b"0f" * 5_000_000 + b"}}", ("unsupported", "corrupt"))
    yield Hostile("letters.rtf", b"{\\rtf1\\ansicpg874 " + b"\\'a1" * 100_000 + b"\\par}", (), reads=True)


def locked_and_cut() -> Iterator[Hostile]:
    yield Hostile("empty.pdf", b"", ("empty_file",))
    yield Hostile("nulls.docx", bytes(5000), ("empty_file",))
    for kind in ("xlsx", "docx", "pptx"):
        yield Hostile(
            f"locked.{kind}", OLE + bytes(900) + "EncryptedPackage".encode("utf-16-le") + bytes(64), ("encrypted",)
        )
    locked = {
        "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry></m:manifest>'
    }
    yield Hostile("locked.odt", open_document("text", "<text:p>x</text:p>", locked), ("encrypted",))
    yield Hostile("locked.ods", open_document("spreadsheet", "<text:p>x</text:p>", locked), ("encrypted",))
    for name, body in good().items():
        cut = body[: len(body) * 6 // 10]
        is_text = name.endswith((".html", ".csv"))
        reasons = () if is_text else ("corrupt",)
        yield Hostile(f"cut-{name}", cut, reasons)
        yield Hostile(f"head-{name}", body[:30])


@cache
def good() -> dict[str, bytes]:
    """A small file of every kind."""
    word = docx.Document()
    word.add_paragraph("ประกาศเทศบาลตำบล " * 40)
    word.add_table(2, 2).cell(0, 0).text = "ลำดับ"
    words = BytesIO()
    word.save(words)
    cells = BytesIO()
    with xlsxwriter.Workbook(cells, {"in_memory": True}) as book:
        for row in range(40):
            book.worksheets()[0].write_row(row, 0, [row, "ซ่อมถนน"]) if book.worksheets() else book.add_worksheet("ก")
    picture = BytesIO()
    Image.open(BytesIO(paper_scan())).save(picture, "JPEG")
    table = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>" * 20
    return {
        "a.docx": words.getvalue(),
        "a.xlsx": cells.getvalue(),
        "a.odt": open_document("text", "<text:p>ประกาศเทศบาล</text:p>" * 50),
        "a.odp": open_document("presentation", "<draw:page><draw:frame><text:p>ก</text:p></draw:frame></draw:page>" * 9),
        "a.ods": open_document("spreadsheet", f'<table:table table:name="a">{table}</table:table>'),
        "a.pptx": slides(*[shape("ประกาศ")] * 5),
        "a.rtf": rtf(r"\pard ประกาศเทศบาล\par\trowd\cellx9 x\cell\row " * 30),
        "a.pdf": pdf(TEXT * 40),
        "a.png": paper_scan(),
        "a.jpg": picture.getvalue(),
        "a.html": ("<html><h1>ประกาศ</h1>" + "<p>ข้อความ <a href=x.pdf>แผน</a></p>" * 50).encode(),
        "a.csv": ("ลำดับ,รายการ\n" + "1,ซ่อมถนน\n" * 50).encode(),
    }  # fmt: skip


# mutants


def mutants_of_pdfs() -> Iterator[Hostile]:
    """Good files with bytes changed, cut out, doubled and cut off."""
    chance = random.Random(2566)
    paths = sorted(FIXTURES.rglob("*.pdf"), key=lambda path: (path.stat().st_size, path.name))
    for number, path in enumerate(paths[:: max(1, len(paths) // PDFS)][:PDFS]):
        body = path.read_bytes()
        for turn in range(MUTANTS_OF_A_PDF):
            yield Hostile(f"mutant-{number}-{turn}.pdf", mutated(body, chance))


def mutants_of_others() -> Iterator[Hostile]:
    """The same of the other kinds of files."""
    chance = random.Random(2568)
    for name, body in good().items():
        for turn in range(MUTANTS_OF_OTHERS):
            yield Hostile(f"mutant-{turn}-{name}", mutated(body, chance))


def mutated(body: bytes, chance: random.Random) -> bytes:
    out = bytearray(body)
    for _ in range(chance.choice((1, 1, 3, 20, 200))):
        at = chance.randrange(len(out)) if out else 0
        deed = chance.randrange(5)
        if deed <= 1 and out:
            out[at] = chance.randrange(256)
        elif deed == 2:
            del out[at : at + chance.choice((1, 7, 300))]
        elif deed == 3:
            out[at:at] = out[at : at + chance.choice((1, 40, 1000))]
        else:
            out[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"9999", b" R>>"))
    return bytes(out[: chance.randrange(len(out))] if chance.random() < 0.15 and out else out)

"""A writer of small PDF files whose fonts say what a test wants: damaged Thai, tables, passwords."""

import hashlib
import zlib
from dataclasses import dataclass, field

MARKS = "ัิีึืฺุู็่้๊๋์ํ๎"
PROSE = (
    "ประกาศเทศบาลตำบลตัวอย่าง",
    "เรื่อง รายงานผลการดำเนินงานตามแผนปฏิบัติการ",
    "ด้วยเทศบาลได้จัดทำแผนการจัดซื้อจัดจ้างประจำปีงบประมาณ",
    "จึงประกาศให้ทราบโดยทั่วกัน",
)


@dataclass
class Page:
    """What one page draws. A glyph is (text its font claims, width in thousandths)."""

    content: list[bytes] = field(default_factory=list)
    rotate: int = 0

    def rule(self, x0, y0, x1, y1):
        self.content.append(f"{x0} {y0} m {x1} {y1} l S".encode())

    def grid(self, xs, ys):
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        for x in xs:
            self.rule(x, ys[0], x, ys[-1])


class Maker:
    """A writer of small PDF files with one or more fonts whose ToUnicode says what the test wants."""

    def __init__(self, title=b""):
        self.codes: dict[str, dict[tuple[str, int, object], int]] = {}
        self.pages: list[Page] = []
        self.title = title

    def page(self, **options):
        self.pages.append(Page(**options))
        return self.pages[-1]

    def text(self, page, x, y, text, *, size=16, font="Sarabun", spacing=0.0, matrix="1 0 0 1"):
        """Draw `text`: a string, or glyphs (text, width[, which glyph of that text])."""
        glyphs = [(c, 0 if c in MARKS else 250 if c == " " else 500) for c in text] if isinstance(text, str) else text
        codes = self.codes.setdefault(font, {})
        raw = "".join(f"{codes.setdefault((*g, None)[:3], len(codes) + 1):02x}" for g in glyphs)
        page.content.append(f"BT /{font} {size} Tf {spacing} Tc {matrix} {x} {y} Tm <{raw}> Tj ET".encode())

    def lines(self, page, lines, *, top=780, **options):
        for number, line in enumerate(lines):
            self.text(page, 60, top - 24 * number, line, **options)

    def body(self, password=None):
        objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
        streams: dict[int, bytes] = {}
        fonts = {}
        for name, codes in self.codes.items():
            widths = " ".join(str(glyph[1]) for glyph in codes)
            table = "".join(f"<{n:02x}><{g[0].encode('utf-16-be').hex()}>\n" for g, n in codes.items())
            ranges = f"1 begincodespacerange <00><ff> endcodespacerange {len(codes)} beginbfchar\n{table}endbfchar"
            streams[len(objects) + 1] = f"begincmap {ranges} endcmap".encode()
            objects.append(b"")
            objects.append(
                f"<</Type/Font/Subtype/TrueType/BaseFont/AAAAAA+{name}/FirstChar 1/LastChar {len(codes)}"
                f"/Widths[{widths}]/ToUnicode {len(objects)} 0 R/FontDescriptor<</Type/FontDescriptor"
                f"/FontName/{name}/Flags 4/FontBBox[0 -300 1000 900]/Ascent 900/Descent -300>>>>".encode()
            )
            fonts[name] = len(objects)
        streams[len(objects) + 1] = b"\x80"
        objects.append(b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8")
        image = len(objects)
        font_refs = "".join(f"/{name} {n} 0 R" for name, n in fonts.items())
        kids = []
        for page in self.pages:
            streams[len(objects) + 1] = b"\n".join(page.content)
            objects.append(b"")
            objects.append(
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate {page.rotate}/Contents {len(objects)} 0 R"
                f"/Resources<</Font<<{font_refs}>>/XObject<</Im {image} 0 R>>>>>>".encode()
            )
            kids.append(f"{len(objects)} 0 R")
        objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
        trailer = b""
        if self.title:
            objects.append(b"<</Title<" + self.title.hex().encode() + b">>>")
            trailer = b"/Info %d 0 R" % len(objects)
        key = None
        if password is not None:
            entry, key = _encryption(password)
            objects.append(entry)
            trailer += b"/Encrypt %d 0 R/ID[<%s><%s>]" % (len(objects), ID.hex().encode(), ID.hex().encode())
        for number, data in streams.items():
            data = zlib.compress(data)
            if key is not None:
                data = _rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], data)
            head = objects[number - 1]
            objects[number - 1] = b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (head, len(data), data)
        out, places = b"%PDF-1.4\n", []
        for number, data in enumerate(objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)


ID = b"0123456789abcdef"
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def _rc4(key, data):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _encryption(password):
    """The Encrypt dictionary (40 bits, revision 2) and the file key."""
    padded = (password + PADDING)[:32]
    owner = _rc4(hashlib.md5((b"owner" + PADDING)[:32]).digest()[:5], padded)
    key = hashlib.md5(padded + owner + b"\xfc\xff\xff\xff" + ID).digest()[:5]
    entry = b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (owner.hex().encode(), _rc4(key, PADDING).hex().encode())
    return entry, key


def made(lines, **options):
    maker = Maker()
    maker.lines(maker.page(), lines, **options)
    return maker

"""Which registered agency a text names: full names, abbreviations, small misspellings; unsure rather than wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from oitcheck.lib.thai_text import clean, fold
from oitcheck.model.agency import Agency

# Full names of kinds of agency with the abbreviations officials write, the longer before those they contain.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("องค์การบริหารส่วนตำบล", ("อบต", "อ.บ.ต", "องค์การบริหารส่วน ต")),
    ("องค์การบริหารส่วนจังหวัด", ("อบจ", "อ.บ.จ")),
    ("เทศบาลตำบล", ("ทต", "ท.ต", "เทศบาล ต")),
    ("เทศบาลเมือง", ("ทม", "ท.ม")),
    ("เทศบาลนคร", ("ทน", "ท.น")),
    ("โรงพยาบาลส่งเสริมสุขภาพตำบล", ("รพ.สต", "รพสต")),
    ("โรงพยาบาล", ("รพ", "ร.พ")),
    ("สถานีตำรวจภูธร", ("สภ", "ส.ภ")),
    ("สถานีตำรวจนครบาล", ("สน",)),
    ("สำนักงานสาธารณสุขจังหวัด", ("สสจ",)),
    ("สำนักงานสาธารณสุขอำเภอ", ("สสอ",)),
    ("วิทยาลัย", ()),
    ("มหาวิทยาลัย", ("ม",)),
    ("โรงเรียน", ("รร",)),
    ("สำนักงาน", ("สนง",)),
    ("จังหวัด", ("จ",)),
)
_PROVINCE = "จังหวัด"
_LABEL = re.compile(
    r"(?:^|\s|ชื่อ)(?:หน่วยงาน|อปท\.?|agency)(?!ภาครัฐ|ของรัฐ|ราชการ|ที่|ใน|ภายใน|ได้|ต้อง|กรอก|ส่ง|เป็น)\s*[:：]?\s*",
    re.IGNORECASE,
)
# What may follow a name directly: a place it lies in, brackets, words of the form.
_ENDS = re.compile(
    r"^(?:$|[\s\d๐-๙().,:;/_\-–—\[\]\"'“”]|ตำบล|อำเภอ|จังหวัด|ต\.|อ\.|จ\.|กิ่ง|ประจำ|ปี|รอบ|ครั้ง|แบบ|ส่ง|ข้อมูล|รหัส|url|oit|ita)",
    re.IGNORECASE,
)
_STOPS = re.compile(
    r"\s(?=ตำบล|อำเภอ|จังหวัด|ต\.|อ\.|จ\.|ประจำ|ปี|รอบ|ครั้ง|แบบ|ส่ง|รหัส|โทร|url|oit|ita|\()"
    r"|[\d๐-๙_()\[\]:;/,]|อำเภอ|\s{2,}",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"^[\d๐-๙]{1,3}\s*[.):\-]?\s*(?=\D)")
_ID_LABEL = re.compile(r"รหัส(?:หน่วยงาน)?\s*[:：]?\s*([A-Za-z0-9-]{1,64})")

# Letters that may differ: one in a name of five, two in one of nine.
_ONE_SLIP, _TWO_SLIPS = 5, 9
_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says of an agency: the one it names, or those it may name. `said` are the words it was read from."""

    agency: Agency | None = None
    candidates: tuple[Agency, ...] = ()
    said: str = ""
    exact: bool = True

    @property
    def is_silent(self) -> bool:
        """Whether the text names no agency at all."""
        return self.agency is None and not self.candidates and not self.said


@dataclass(frozen=True, slots=True)
class Directory:
    """The registered agencies by their names."""

    agencies: tuple[Agency, ...]
    _keys: tuple[tuple[str, str, str, Agency], ...] = field(repr=False)

    @classmethod
    def of(cls, agencies: Iterable[Agency]) -> Directory:
        """One entry an id; of an agency registered for several years the last is taken."""
        by_id = {agency.id.lower(): agency for agency in agencies}
        keys = []
        for agency in by_id.values():
            expanded = expand(agency.name_th)
            kind = _kind_at_start(expanded)
            keys.append((fold(expanded), kind, fold(expanded.removeprefix(kind)), agency))
        keys.sort(key=lambda key: -len(key[0]))
        return cls(tuple(by_id.values()), tuple(keys))

    def by_id(self, agency_id: str) -> Agency | None:
        """The agency of an id, in capitals or not."""
        wanted = agency_id.strip().lower()
        return next((agency for agency in self.agencies if agency.id.lower() == wanted), None)

    def named(self, text: str) -> Found:
        """The agency that a cell for its name or id holds."""
        shown = clean(" ".join(text.split()))
        agency = self.by_id(shown)
        if agency is not None:
            return Found(agency, (agency,), shown, exact=agency.id == shown)
        found = self.told(shown, labelled=True)
        return found if not found.is_silent else Found(said=shown)

    def told(self, text: str, *, labelled: bool = False) -> Found:
        """The agency that a title names; silent when it names none. `labelled`: the text is nothing but the name."""
        shown = clean(" ".join(text.split()))
        given_id = _ID_LABEL.search(shown)
        if given_id and (agency := self.by_id(given_id[1])) is not None:
            return Found(agency, (agency,), shown)
        label = _LABEL.search(shown)
        named = shown[label.end() :] if label else shown
        if label and not named.strip(" .…_-"):
            return Found()
        expanded = expand(named)
        mentions = _mentions(expanded, at_start=bool(label) or labelled)
        if not mentions:
            if not (label or labelled):
                return Found()
            return self._by_core(_name_part(named))
        told = (self._mentioned(expanded, start, kind) for start, kind in mentions)
        sure = [self._in_district(found, shown) for found in told if found is not None]
        for found in sure:
            if found.agency is not None:
                return found
        return sure[0] if sure else Found()

    def in_file_name(self, stem: str) -> Found:
        """The agency that the name of a file tells: its id, its name, or only the proper part of its name."""
        shown = clean(re.sub(r"[_\-–+]+", " ", stem))
        for word in re.split(r"[\s().\[\]]+", clean(stem)):
            agency = self.by_id(word)
            if agency is not None and len(word) > 1 and not word.isdecimal():
                return Found(agency, (agency,), shown)
        found = self.told(shown)
        if not found.is_silent:
            return found
        key = fold(shown)
        holding = [(core, agency) for _, _, core, agency in self._keys if len(core) >= 4 and core in key]
        longest = max((len(core) for core, _ in holding), default=0)
        agencies = tuple(agency for core, agency in holding if len(core) == longest)
        if len(agencies) == 1:
            return Found(agencies[0], agencies, shown, exact=False)
        return Found(None, agencies[:_MOST_CANDIDATES], shown) if agencies else Found()

    def heading(self, text: str, *, nearly: bool = False) -> Found:
        """What `told` says, also of a text that is nothing but an id or the proper part of a name (`2. ไผ่งาม`).

        `nearly`: the proper part may be misspelt.
        """
        found = self.told(text)
        bare = _ORDINAL.sub("", clean(" ".join(text.split()))).strip(" ()[]")
        if not found.is_silent or not bare:
            return found
        agency = None if bare.isdecimal() else self.by_id(bare)
        if agency is not None:
            return Found(agency, (agency,), bare)
        is_core = any(fold(bare) == core for _, _, core, _ in self._keys)
        if not (is_core or nearly):
            return Found()
        found = self._by_core(bare)
        return found if is_core or found.candidates else Found()

    def _mentioned(self, expanded: str, start: int, kind: str) -> Found | None:
        """The agency whose name begins at `start`, where the words of a kind stand."""
        rest = expanded[start:]
        for key, _, _, agency in self._keys:
            end = _end_of(rest, key)
            if end is not None and _ENDS.match(rest[end:]):
                same = tuple(other for other_key, _, _, other in self._keys if other_key == key)
                return Found(agency if len(same) == 1 else None, same[:_MOST_CANDIDATES], rest[:end].strip())
        said = kind + _name_part(rest.removeprefix(kind))
        core = fold(said.removeprefix(kind))
        if not core:
            return None
        return self._nearest(kind, core, said)

    def _in_district(self, found: Found, text: str) -> Found:
        """Of several agencies of one name, the one whose district the text names."""
        if found.agency is not None or len(found.candidates) < 2:
            return found
        key = fold(text)
        there = [one for one in found.candidates if one.district and fold(f"อำเภอ{one.district}") in key]
        return Found(there[0], found.candidates, found.said) if len(there) == 1 else found

    def _nearest(self, kind: str, core: str, said: str) -> Found:
        scored = sorted(
            ((_slips(core, other, 3), agency) for _, other_kind, other, agency in self._keys if other_kind == kind),
            key=lambda pair: (pair[0], pair[1].id),
        )
        near = tuple(agency for slips, agency in scored if slips <= 2)
        allowed = 2 if len(core) >= _TWO_SLIPS else 1 if len(core) >= _ONE_SLIP else 0
        if near and scored[0][0] <= allowed and (len(scored) < 2 or scored[1][0] > scored[0][0] + 1):
            return Found(scored[0][1], near, said, exact=False)
        # The same proper name with another kind: an SAO that became a municipality, or its neighbour.
        others = tuple(agency for _, other_kind, other, agency in self._keys if other_kind != kind and other == core)
        return Found(None, (*near, *others)[:_MOST_CANDIDATES], said)

    def _by_core(self, name: str) -> Found:
        """For a name without the words of its kind."""
        core = fold(name)
        if not core:
            return Found()
        whole = [agency for key, _, _, agency in self._keys if key == core]
        if len(whole) == 1:
            return Found(whole[0], (whole[0],), name)
        same = tuple(agency for _, _, other, agency in self._keys if other == core)
        if len(same) == 1:
            return Found(same[0], same, name, exact=False)
        near = same or tuple(
            agency for _, _, other, agency in self._keys if len(core) >= _ONE_SLIP and _slips(core, other, 2) <= 1
        )
        return Found(None, near[:_MOST_CANDIDATES], name)


def expand(text: str) -> str:
    """The text with abbreviated kinds of agency written out (`อบต.ไผ่งาม` → `องค์การบริหารส่วนตำบลไผ่งาม`)."""
    for full, shorts in KINDS:
        for short in shorts:
            # One letter is an abbreviation only with its dot.
            dot = r"\." if len(short) == 1 else r"\.?"
            text = re.sub(rf"(?<![ก-๙A-Za-z.]){re.escape(short)}{dot}\s*(?=[ก-๙])", full, text)
    return text


def _kind_at_start(text: str) -> str:
    return next((full for full, _ in KINDS if text.startswith(full)), "")


def _mentions(expanded: str, *, at_start: bool) -> list[tuple[int, str]]:
    """Where words of a kind begin a name. A province counts at the start only: elsewhere it says where a place lies."""
    found: list[tuple[int, str]] = []
    taken: list[range] = []
    for full, _ in KINDS:
        for match in re.finditer(re.escape(full), expanded):
            if any(match.start() in one for one in taken):
                continue
            taken.append(range(match.start(), match.end()))
            if full == _PROVINCE and not _begins(expanded, match.start(), at_start):
                continue
            found.append((match.start(), full))
    return sorted(found)


def _begins(text: str, start: int, at_start: bool) -> bool:
    before = text[:start].strip()
    return not before if at_start else not before or (not any(full in before for full, _ in KINDS) and len(before) < 40)


def _name_part(text: str) -> str:
    """The proper name that the text begins with, up to the place it lies in or words of the form."""
    text = text.strip()
    stop = _STOPS.search(text)
    return text[: stop.start()].strip(" .…_-") if stop else text.strip(" .…_-")


def _end_of(text: str, key: str) -> int | None:
    """Where in `text` a beginning ends that folds to `key`; None when it begins otherwise."""
    if not fold(text).startswith(key):
        return None
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(fold(text[:middle])) < len(key):
            low = middle + 1
        else:
            high = middle
    while low < len(text) and not fold(text[low]) and not text[low].isspace() and "\u0e00" <= text[low] <= "\u0e7f":
        low += 1  # marks that belong to the last letter
    return low if fold(text[:low]) == key else None


def _slips(one: str, other: str, most: int) -> int:
    """The edit distance of two names, or `most` when it is that or more."""
    if abs(len(one) - len(other)) >= most:
        return most
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, mate in enumerate(other, start=1):
            line.append(min(before[column] + 1, line[-1] + 1, before[column - 1] + (letter != mate)))
        before = line
    return min(before[-1], most)

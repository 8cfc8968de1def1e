"""The words and signs of which dates, months, periods and years are made in Thai texts, as parts of patterns."""

from __future__ import annotations

import re
from bisect import bisect_left

# Taken whole and given back never, and no longer than this: several such gaps in a row would else share out a run of
# blanks in every way there is, and a page of blanks would take hours.
GAP = r"\s{0,40}+"
DASH = r"[-‐-―~−]"
BE = r"(?:พ\s?\.?\s?ศ\s?\.{0,2}|พุทธศักราช)"
CE = r"(?:ค\s?\.?\s?ศ\s?\.?|คริสต์ศักราช|A\.?D\.)"
FISCAL_ERA = (
    rf"(?:(?:ประจำ|ของ|ใน|แห่ง)?{GAP}(?:ปี{GAP}(?:งบ(?:{GAP}ประมาณ|ฯ)?|งปม\.?)|งบประมาณ{GAP}(?:ประจำ)?ปี)"
    rf"(?:{GAP}(?:ประจำ)?ปี)?(?:{GAP}{BE})?)"
)
PLAIN_ERA = rf"(?:{BE}|(?:ประจำ|ของ)?ปี(?:{GAP}{BE})?|{CE}|B\.?E\.?)"
YEAR4 = r"(?:2[4-6]\d\d|20[0-4]\d|19[5-9]\d)"
# Not the tail of a longer number, of an address, of the number of an order ("12 / 2566") or of a telephone number;
# "พ.ศ.2566" is fine.
NO_NUMBER = r"(?<![\d/])(?<!\d[.,-])(?<!(?<!\d{3})\d\s/\s)(?<!(?<!\d{3})\d/\s)"
# After two digits these words make them a count ("มีนาคม 50 ราย"), not a year; the longer number is seldom one.
MEASURES = (
    r"(?:บาท|ล้าน(?:บาท)?|คน|ท่าน|ราย|ครัวเรือน|หลังคาเรือน|ครั้ง|ไร่|ตารางเมตร|กิโลเมตร|กม\.?|เมตร|กิโลกรัม|กก\.?|ลิตร|ตัน|วัตต์"
    r"|ชุด|เล่ม|แผ่น|ชิ้น|เครื่อง|คัน|ตัว)(?![ก-๎])"
)
COUNTS = (
    rf"(?:{MEASURES}|(?:รายการ|โครงการ|กิจกรรม|วัน|ชั่วโมง|นาที|ฉบับ|แห่ง|สัญญา|ร้อยละ|คะแนน|หมู่บ้าน|แสน|หมื่น|พัน)(?![ก-๎])"
    r"|เรื่อง(?!\s?[ก-๎])|ปี(?!\s?(?:งบ|พ|\d))(?![ก-๎]))"
)
# Not the beginning of an amount ("2500.75", "2,500", "2500.-") or of a longer number.
NO_AMOUNT = r"(?!\d|\.\d\d(?!\d)|,\d{3}(?!\d)|\.-)"
YEAR4_ALONE = rf"{YEAR4}{NO_AMOUNT}(?!{GAP}{MEASURES})"
YEAR2 = rf"['’‘`´]?[5-9]\d(?![\d.,:/]\d|\d|{GAP}{COUNTS}|\s?%)"
# No two months of one range or list stand further apart.
WIDEST_JOINT = 40
JOINER = re.compile(
    rf"^\s*\)?\s*(?:{DASH}\s*(?:เดือน)?|(?:ไป)?จนถึง|ถึง|to)\s*(?:เดือน|(?:ณ|สิ้นสุด)?\s*วันที่|สิ้นเดือน)?\s*$", re.IGNORECASE
)
LISTED = re.compile(rf"(?:,|และ|กับ|/|เดือน|{DASH}|\s)*")
AND_YEARS = re.compile(r"(?:\s|,|และ|กับ|หรือ)*")


class Spans:
    """Places [start, end) of a text that are taken; none overlaps another."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def take(self, start: int, end: int) -> bool:
        """Takes the place and returns True, unless part of it is taken already."""
        index = bisect_left(self._spans, (start, end))
        before = self._spans[index - 1][1] if index else 0
        after = self._spans[index][0] if index < len(self._spans) else end
        if start < before or after < end:
            return False
        self._spans.insert(index, (start, end))
        return True


def is_joint(pattern: re.Pattern[str], flat: str, start: int, end: int) -> bool:
    """Whether nothing but the words of a pattern stands between two places of a text, and not much of it."""
    return end - start <= WIDEST_JOINT and bool(pattern.fullmatch(flat[start:end]))

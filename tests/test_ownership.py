"""Whose document it is, and whose it only seems to be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oitcheck.extract import html
from oitcheck.extract.limits import ExtractLimits
from oitcheck.model.agency import Agency
from oitcheck.model.evidence import Capture, Document, FetchOutcome
from oitcheck.reading.ownership import other_agency

AGENCY = Agency(
    "a", "องค์การบริหารส่วนจังหวัดนครธาร", "องค์การบริหารส่วนจังหวัด", "นครธาร", "เมือง", 2568, "", ("www.pao.example",)
)


def whose(title: str, text: str, agency: Agency = AGENCY) -> str:
    page = f"<title>{title}</title><h1>ข่าว</h1><p>{text}</p>".encode()
    url = "http://www.pao.example/news"
    capture = Capture(url, url, (), FetchOutcome.OK, 200, datetime(2025, 4, 1, tzinfo=UTC), sha256="a" * 64)
    (document,) = (d for d in html.read(capture, page, ExtractLimits()) if isinstance(d, Document))
    return other_agency(document, agency)


@pytest.mark.parametrize(
    "text",
    [
        "นายก อบจ. นำบุคลากร 156 คน ประกาศเจตนารมณ์ไม่รับของขวัญ",
        "อบจ. สนับสนุนงบประมาณแก่โรงเรียน",
        "อบจ. เดินหน้าโครงการถนนปลอดภัย",
    ],
)
def test_the_bare_short_form_on_the_own_site_names_nobody_else(text: str) -> None:
    assert whose("ข่าว - อบจ.นครธาร", text) == ""


def test_another_body_at_the_top_of_a_page_of_the_own_site_is_another() -> None:
    assert whose("ข่าว - อบจ.นครธาร", "แผนพัฒนาองค์การบริหารส่วนจังหวัดเวียงผา พ.ศ. 2566").endswith("เวียงผา")


@pytest.mark.parametrize("name", ["ทต.ดอยกระซิบ", "ทต. ดอยกระซิบ", "เทศบาลตำบลดอยกะซิบ", "เทศบาลตำบลดอยกระซิบ"])
def test_a_name_abbreviated_or_misspelt_in_the_register_is_still_the_agencys(name: str) -> None:
    agency = Agency("a", name, "เทศบาลตำบล", "นครธาร", "ดอยกระซิบ", 2566, "", ("www.pao.example",))
    assert whose("เทศบาลตำบลดอยกระซิบ", "ประกาศเทศบาลตำบลดอยกระซิบ เรื่อง แผนการจัดซื้อจัดจ้าง", agency) == ""


def test_a_neighbour_with_another_name_stays_another() -> None:
    agency = Agency("a", "เทศบาลตำบลดอยกระซิบ", "เทศบาลตำบล", "นครธาร", "ดอยกระซิบ", 2566, "", ("www.pao.example",))
    assert whose("เทศบาลตำบลหนองเป็ดขาว", "ประกาศเทศบาลตำบลหนองเป็ดขาว", agency) == "เทศบาลตำบลหนองเป็ดขาว"

"""The measure of a text, and that what is sound is never changed."""

import time
from pathlib import Path

import pytest

from oitcheck.extract.quality import GARBLED_BELOW, POOR_BELOW, is_word, mend_swapped_sara_am, text_quality
from oitcheck.lib.thai_text import repair

CLEAN = (
    "ประกาศเทศบาลตำบล เรื่อง รายงานผลการจัดซื้อจัดจ้างประจำปีงบประมาณ พ.ศ. 2566 ด้วยเทศบาลได้ดำเนินการจัดซื้อจัดจ้าง"
    "ตามแผนการจัดหาพัสดุ โดยมีรายละเอียดปรากฏตามเอกสารแนบท้ายประกาศนี้ จึงประกาศให้ทราบโดยทั่วกัน"
)


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "รายงานผลการดำเนินงาน Integrity and Transparency Assessment ประจำปีงบประมาณ ส่งที่ saraban@town.example",
        "1 1,200.00 98.50 2565\n2 45,000.00 12.00 2566\n3 7,500.00 (12)",
        "The annual report of the municipality for the fiscal year was published on the website.",
        "",
        "12/7",
    ],
)
def test_sound_text_is_good(text):
    assert text_quality(text) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "x'kuqffinr:vivr:ei'luez'rualvr:dau fin2ilol:cardecoau o | - qtt CIeu?a oo !o 14{u o,la,cr,d",
        "Αγωβο Εα Βυ Εα Γκβ τηα Βωα Γκχ Ιθκ Ευ ευο",
        "\ue01b\ue023\ue030\ue021\ue027\ue025\ue008\ue023\ue034\ue022\ue018\ue023\ue023\ue021",
        "à·ÈºÒÅμÓºÅ ÃÒÂ§Ò¹¼Å¡ÒÃ´Óà¹Ô¹§Ò¹",
        "\ufffd" * 40,
        "ฎฤฏฆ ฌฮฑฉ ฎฤฏฆฌ ฮฑฉฎฤฏฆ ฌฮฑฉฏ",
        "Lorlm qtt bnrdl fxnw tzzk cruk dpll wvnn",
    ],
)
def test_junk_is_garbled(text):
    assert text_quality(text) < GARBLED_BELOW


def test_lost_tone_marks_are_poor_but_not_garbled():
    damaged = CLEAN
    for tone in "่้๊๋์":
        damaged = damaged.replace(tone, "")
    assert GARBLED_BELOW <= text_quality(damaged) < text_quality(CLEAN)


def test_every_aa_written_am_is_poor():
    assert text_quality(CLEAN.replace("า", "ำ")) < POOR_BELOW


def test_swapped_am_is_mended_only_where_it_makes_words():
    assert mend_swapped_sara_am("องค์การบริหารส่วนต้าบล อ้าเภอเมือง จ้านวน") == ("องค์การบริหารส่วนตำบล อำเภอเมือง จำนวน", True)
    for sound in ("ค่าจ้างประจ้าง", "ห้าร้อยบาท ผ้าไหม เจ้าหน้าที่ ข้าราชการ เข้าร่วม", "ท้าทาย ล้าช้า"):
        assert mend_swapped_sara_am(sound) == (sound, False)


def test_no_repair_changes_a_word_of_the_dictionary():
    import pythainlp

    words = (Path(pythainlp.__file__).parent / "corpus" / "words_th.txt").read_text(encoding="utf-8").split()
    assert len(words) > 60_000 and is_word(words[100])
    changed = [word for word in words if repair(word)[0] != word or mend_swapped_sara_am(word)[1]]
    assert changed == []


def test_hundreds_of_pages_a_second():
    page = CLEAN * 20
    text_quality(page)
    started = time.perf_counter()
    for _ in range(30):
        text_quality(page)
    assert (time.perf_counter() - started) / 30 < 0.02

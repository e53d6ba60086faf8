"""The slip on paper, read again by others: pypdf for the words, pikepdf for the structure."""

import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pikepdf
import pypdf
import pytest

from services.archive.slips.adapters.form_pdf import TooLong, print_form
from services.archive.slips.adapters.typefaces import MissingGlyph
from services.archive.slips.domain import compose
from services.contracts.values import Choice
from tests.slips import FACTS

FONTS = Path(os.environ.get("FONTS", "var/fonts"))
RARE = "示例省堃喆昇犇㛃䶮𬭎𫖯智能装备制造有限责任公司"
LONG = (RARE + "郑州巩义新能源汽车零部件研究开发与技术服务（集团）股份有限公司第二分公司")[:60]
CASES = {
    "confirmed": FACTS,
    "waived": replace(FACTS, choice=Choice.WAIVED, revision=12),
    "rare": replace(FACTS, unit_name=RARE, account_name=RARE, handler="王𬭎喆"),
    "long": replace(
        FACTS,
        unit_name=LONG,
        account_name=LONG,
        bank="中国示例银行股份有限公司郑州高新技术产业开发区科学大道支行营业部",
        account="6222020200112233445",
        layoff_rate=1999,
        amount=99_999_999_999_999,
        base=999_999_999_999_999,
    ),
    "longest": replace(FACTS, unit_name=(LONG * 4)[:200], account_name=(LONG * 4)[:200], bank=LONG),
}


def printed(facts) -> bytes:
    return print_form(compose(facts, verify_url="http://127.0.0.1:8000/verify"), fonts=FONTS)


def words_of(pdf: bytes) -> str:
    """Return the text of the only page without the white space that line breaks bring."""
    [page] = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", page.extract_text())


@pytest.mark.parametrize("facts", CASES.values(), ids=CASES)
def test_every_word_of_the_form_can_be_read_again(facts):
    form = compose(facts, verify_url="u")
    words = words_of(printed(facts))
    expected = [form.title, form.number, form.edition, f"【{form.stamp}】", form.preamble, form.table_heading]
    expected += [text for row in form.rows for pair in row for text in pair]
    expected += [text for section in form.sections for text in (section.heading, *section.paragraphs)]
    expected += [text for text, _ in form.choices]
    expected += [text for pair in form.signature for text in pair]
    expected += [form.check_code, form.footer]
    assert [text for text in expected if re.sub(r"\s", "", text) not in words] == []


@pytest.mark.parametrize("facts", CASES.values(), ids=CASES)
def test_it_is_one_a4_page_with_all_fonts_in_it(facts):
    with pikepdf.open(io.BytesIO(printed(facts))) as pdf:
        [page] = pdf.pages
        assert [round(float(edge)) for edge in page.MediaBox] == [0, 0, 595, 842]
        fonts = list(page.Resources.Font.values())
        assert fonts and all("/FontFile2" in font.FontDescriptor and "/ToUnicode" in font for font in fonts)


def test_it_says_that_it_is_pdf_a_2u():
    with pikepdf.open(io.BytesIO(printed(FACTS))) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "U")
        assert metadata["dc:title"] == "2023年度稳岗返还政策确认单"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert str(pdf.Root.Lang) == "zh-CN"
        assert not pdf.is_encrypted and "/Encoding" not in pdf.pages[0].Resources.Font["/F1+0"]


def test_no_character_code_maps_to_nothing():
    """PDF/A-2u, 6.2.11.7.2: U+0000, U+FEFF and U+FFFE are no characters of a text."""
    with pikepdf.open(io.BytesIO(printed(CASES["rare"]))) as pdf:
        maps = b"".join(font.ToUnicode.read_bytes() for font in pdf.pages[0].Resources.Font.values())
    targets = re.findall(rb"<[0-9A-F]{2}> <([0-9A-F]+)>", maps)
    assert {b"0000", b"FEFF", b"FFFE"}.isdisjoint(targets)
    assert "𬭎".encode("utf-16-be").hex().upper().encode() in targets


def test_the_same_facts_make_the_same_bytes_in_any_process():
    program = (
        "import hashlib, tests.services.test_slip_pdf as t;"
        "print(hashlib.sha256(t.printed(t.CASES['rare'])).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "FONTS": str(FONTS), "TZ": "America/New_York"}
    there = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    printed(FACTS)  # what was drawn before must not matter
    here = [hashlib.sha256(printed(CASES["rare"])).hexdigest() for _ in range(2)]
    assert [there.stdout.strip()] * 2 == here


def test_each_fact_that_people_read_changes_the_bytes():
    unread = {"refund_id"}  # only in the check code
    for field in fields(FACTS):
        if field.type is str and field.name not in unread:
            other = replace(FACTS, **{field.name: "甲" + getattr(FACTS, field.name)})
            assert "甲" + getattr(FACTS, field.name) in words_of(printed(other)), field.name


def test_a_character_without_a_glyph_is_an_error_and_never_a_box():
    with pytest.raises(MissingGlyph, match=r"U\+1F600"):
        printed(replace(FACTS, unit_name="示例😀公司"))


def test_what_does_not_fit_on_one_page_is_an_error():
    with pytest.raises(TooLong):
        printed(replace(FACTS, unit_name="示" * 3000))


def test_a_missing_font_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="NotoSerifSC_400Regular.ttf"):
        print_form(compose(FACTS, verify_url="u"), fonts=tmp_path)


@pytest.mark.parametrize(("choice", "is_left"), [(Choice.CONFIRMED, True), (Choice.WAIVED, False)])
def test_one_tick_is_drawn_and_it_stands_at_the_choice(choice, is_left):
    """The tick is the only stroke with round ends; 确认享受 stands in the left half of the frame."""
    [page] = pypdf.PdfReader(io.BytesIO(printed(replace(FACTS, choice=choice)))).pages
    [tick] = re.findall(rb"\b1 J\b.*?([\d.]+) [\d.]+ m", page.get_contents().get_data(), re.DOTALL)
    assert (float(tick) < 595 / 2) is is_left

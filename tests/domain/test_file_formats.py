"""The same rows give the same registry, in whatever file they come."""

import csv
import io
import tempfile
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.contracts.subsidy.registry import FileFormat, ImportKind
from services.subsidy.registry.adapters import workbook
from services.subsidy.registry.adapters.blocks import Unreadable
from services.subsidy.registry.adapters.columns import LAYOUTS
from services.subsidy.registry.adapters.files import Spool
from services.subsidy.registry.adapters.sources import open_source, places
from tests.services.files import csv_file, parquet_file, xlsx_file
from tests.services.registry import CONTRIBUTIONS, EMPLOYERS, LISTED, employer

HEADER, MONTHS, LIST = EMPLOYERS.split(","), CONTRIBUTIONS.split(","), LISTED.split(",")
UNIT = employer(327).split(",")
MONTH = ["410181000327", "202212", "1180", "65871.43", "65871.43", "0", "0"]


def load(kind, content: bytes, mapping=None):
    """Return accepted rows, the list of rejects, the rejected lines (both as texts), and the source."""
    layout = LAYOUTS[kind]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "file").write_bytes(content)
        (folder / "spool").mkdir()
        spool = Spool(folder / "spool", layout)
        source = open_source(folder / "file", layout)
        spool.take(source, places(source, layout, mapping))
        accepted = [row for _, rows in spool.partitions() for row in rows.to_dicts()]
        files = spool.write_rejects(source)
        listed, lines = ([read(path.read_bytes(), source.encoding) for path in files]) if files else ([], [])
        assert spool.total == len(accepted) + len({row[0] for row in listed[1:]})
        return accepted, listed[1:], lines, source


def read(content: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


TEXTS = some.text(some.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=8)
CELLS = some.sampled_from([*UNIT, "", "=x", "=1+1", "a,b", '"', "㛃䶮𬭎𫖯", "大", "-5", "1e5"]) | TEXTS
RECORDS = some.one_of(
    some.just(UNIT),
    some.builds(lambda serial: employer(serial).split(","), some.integers(1, 4)),
    some.tuples(some.integers(0, 14), CELLS).map(lambda change: changed(*change)),
    some.lists(CELLS, min_size=15, max_size=15).filter(any),
)


def changed(place: int, cell: str) -> list[str]:
    return [*UNIT[:place], cell, *UNIT[place + 1 :]]


@settings(deadline=None, max_examples=60)
@given(some.lists(RECORDS, min_size=1, max_size=12))
def test_the_same_rows_give_the_same_accepted_and_rejected_lines_in_every_format(records):
    rows = [HEADER, *records]
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "gb18030": csv_file(rows),
            "utf-8": csv_file(rows, "utf-8"),
            "mark": csv_file(rows, "utf-8-sig"),
            "quoted": csv_file(rows, quoted=True),
            "xlsx": xlsx_file(rows),
            "parquet": parquet_file(rows, Path(folder)),
        }
    first, *others = [load(ImportKind.EMPLOYERS, content)[:3] for content in files.values()]
    for name, other in zip(list(files)[1:], others, strict=True):
        assert other == first, name


@settings(deadline=None, max_examples=60)
@given(some.lists(some.integers(0, 10**11), min_size=1, max_size=20))
def test_amounts_are_the_same_as_texts_numbers_floats_and_decimals(amounts):
    texts = [f"{fen // 100}.{fen % 100:02}" for fen in amounts]
    months = [f"20{20 + place // 12}{place % 12 + 1:02}" for place in range(len(texts))]
    rows = [
        ["410181000327", month, "1180", text, text, "0", "0"]
        for month, text in zip(months, texts, strict=True)
    ]
    numbers = [[int(row[0]), int(row[1]), 1180, float(row[3]), float(row[4]), 0, 0] for row in rows]
    money = dict.fromkeys(["应缴金额", "实缴金额"], pl.Float64)
    counts = dict.fromkeys(["单位编号", "费款所属期", "参保人数"], pl.Int64)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [
            csv_file([MONTHS, *rows]),
            xlsx_file([MONTHS, *numbers]),
            parquet_file([MONTHS, *rows], folder, **counts, **money),
            parquet_file([MONTHS, *rows], folder, **dict.fromkeys(money, pl.Decimal(20, 4))),
            parquet_file([MONTHS, *rows], folder, **dict.fromkeys(money, pl.Decimal(20, 2))),
        ]
    loaded = [load(ImportKind.CONTRIBUTIONS, content) for content in files]
    assert [row["due"] for row in loaded[0][0]] == amounts
    for accepted, rejects, _, _ in loaded:
        assert not rejects and accepted == loaded[0][0]


def test_numbers_days_and_yes_in_a_sheet_are_read_as_excel_shows_them():
    row = [410181000327, *UNIT[1:6], 410181, 1180, *UNIT[8:]]
    [unit], rejects, _, source = load(ImportKind.EMPLOYERS, xlsx_file([HEADER, row]))
    assert (unit["unit_no"], unit["headcount"], unit["region"], rejects) == (410181000327, 1180, "410181", [])
    assert (source.format, source.encoding) == (FileFormat.XLSX, "utf-8-sig")
    [entry], _, _, _ = load(ImportKind.DISHONEST, xlsx_file([LIST, [UNIT[1], "甲", datetime(2023, 5, 1)]]))
    assert f"{entry['listed_on']}" == "2023-05-01"


def test_what_a_sheet_has_lost_is_told_and_not_taken_for_empty_or_right():
    account, industry = HEADER.index("银行账号"), HEADER.index("行业")
    rows = [HEADER, changed(industry, "=ERROR"), changed(account, 6217000012345678), UNIT]
    accepted, rejects, _, _ = load(ImportKind.EMPLOYERS, xlsx_file(rows))
    assert len(accepted) == 1
    assert [(line, reason[:10]) for line, _, _, reason in rejects] == [
        ("2", "单元格是公式错误"),
        ("3", "数字超过 15 位，"),
    ]
    beside = [[*HEADER, "备注"], [*UNIT, "=ERROR"]]
    assert len(load(ImportKind.EMPLOYERS, xlsx_file(beside))[0]) == 1


def test_the_header_may_stand_below_titles_and_lines_are_those_of_the_sheet():
    wrong = changed(0, "x")
    for content in (
        xlsx_file([[None], ["2022 年参保单位"], [], HEADER, UNIT, wrong, [], UNIT, [" "], []]),
        csv_file([["\t"], ["2022 年参保单位"], [], HEADER, UNIT, wrong, [], UNIT]),
    ):
        accepted, rejects, lines, source = load(ImportKind.EMPLOYERS, content)
        assert (len(accepted), source.line) == (1, 4)
        assert [row[0] for row in rejects if "行政" not in row[1]] == ["6", "7", "8"]
        assert lines[0] == [*HEADER, "行号", "原因"] and [row[-2] for row in lines[1:]] == ["6", "7", "8"]


def test_of_several_sheets_the_first_whose_header_fits_is_read():
    book = xlsx_file([["说明"]], [HEADER[:9]], [], [HEADER, UNIT], [HEADER, UNIT, UNIT])
    accepted, rejects, _, _ = load(ImportKind.EMPLOYERS, book)
    assert len(accepted) == 1 and not rejects


def test_parquet_is_read_as_a_clerk_would_see_it(tmp_path):
    rows = [HEADER, UNIT]
    yes = parquet_file(rows, tmp_path, 单位编号=pl.Int64, 企业规模=pl.Categorical, 参保人数=pl.Float64)
    [unit], _, _, source = load(ImportKind.EMPLOYERS, yes)
    assert (unit["unit_no"], unit["headcount"], source.format) == (410181000327, 12, FileFormat.PARQUET)
    frame = pl.read_parquet(io.BytesIO(yes)).with_columns(
        pl.lit(True).alias("劳务派遣"), pl.lit([1]).alias("备注"), pl.lit(None, pl.Null).alias("行业")
    )
    frame.write_parquet(tmp_path / "bool")
    [unit], _, lines, source = load(ImportKind.EMPLOYERS, (tmp_path / "bool").read_bytes())
    assert (unit["labour_dispatch"], unit["industry"], "备注" in source.names) == (True, None, False)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (0.1 + 0.2, pl.Float64),
        (65871.43, pl.Float32),
        (1e16, pl.Float64),
        (float("nan"), pl.Float64),
        (Decimal("100.005"), pl.Decimal(20, 3)),
        (-5, pl.Int32),
    ],
)
def test_a_number_that_is_no_cents_is_rejected_and_never_rounded(tmp_path, value, dtype):
    frame = pl.DataFrame({name: [cell] for name, cell in zip(MONTHS, MONTH, strict=True)})
    frame.with_columns(pl.Series("应缴金额", [value], dtype=dtype)).write_parquet(tmp_path / "file")
    accepted, rejects, _, _ = load(ImportKind.CONTRIBUTIONS, (tmp_path / "file").read_bytes())
    assert not accepted and [field for _, field, _, _ in rejects] == ["应缴金额"]


def test_a_float_that_no_longer_tells_whole_numbers_apart_is_no_account(tmp_path):
    content = parquet_file([HEADER, changed(11, "6217000012345678")], tmp_path, 银行账号=pl.Float64)
    accepted, rejects, _, _ = load(ImportKind.EMPLOYERS, content)
    assert not accepted and rejects[0][1] == "银行账号"


def test_many_pages_keep_their_lines(tmp_path, monkeypatch):
    monkeypatch.setattr("services.subsidy.registry.adapters.parquet.SLICE", 10)
    monkeypatch.setattr("services.subsidy.registry.adapters.workbook.PAGE", 10)
    rows = [HEADER, *(employer(serial).split(",") for serial in range(1, 48)), UNIT, UNIT]
    for content in (parquet_file(rows, tmp_path), xlsx_file(rows)):
        accepted, rejects, lines, _ = load(ImportKind.EMPLOYERS, content)
        assert len(accepted) == 48 and [row[0] for row in rejects] == ["50"]
        assert lines[1] == [*UNIT, "50", "单位编号：与前面的行重复"]


# ---- rejected lines


def test_rejected_lines_come_back_as_they_were_and_are_accepted_when_put_right():
    bad = changed(14, "12345")
    content = csv_file(
        [[*HEADER, "备注"], [*UNIT, "甲"], [*bad[:0], *bad, "乙,丙"], ["x"], [*UNIT, "", "多"]]
    )
    _, _, lines, source = load(ImportKind.EMPLOYERS, content)
    assert source.encoding == "gb18030"
    assert lines[0] == [*HEADER, "备注", "行号", "原因"]
    assert lines[1] == [*bad, "乙,丙", "3", "联系电话：应为 11 位手机号码"]
    assert lines[2][:2] == ["x", ""] and lines[2][-1] == "应有 16 列，实有 1 列"
    assert lines[3][-3:] == [",多", "5", "应有 16 列，实有 17 列"]
    lines[1][14] = UNIT[14]
    accepted, rejects, again, _ = load(ImportKind.EMPLOYERS, csv_file(lines[:2] + lines[3:]))
    assert len(accepted) == 1 and len(rejects) == 1
    assert again[0] == lines[0]  # line and reason are written anew, not twice


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_in_rejected_lines():
    _, _, lines, _ = load(ImportKind.EMPLOYERS, csv_file([HEADER, changed(7, "=1+1")]))
    assert lines[1][7] == "'=1+1"


# ---- what is refused as a whole


def ole(directory: bytes) -> bytes:
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 40 + (0).to_bytes(4, "little")
    return head.ljust(512, b"\0") + directory


def archive(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name.replace("__", "/"), body)
    return content.getvalue()


WORKBOOK = "xl/workbook.xml"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ole(b"\0" * 512), "old_workbook"),
        (ole("EncryptedPackage".encode("utf-16-le")), "encrypted_workbook"),
        (archive(document=b"x"), "not_a_table"),
        (b"PK\x03\x04" + b"junk" * 9, "damaged_file"),
        (archive(**{WORKBOOK: b"<x"}), "damaged_file"),
        (archive(**{WORKBOOK: b"<x/>", "xl/_rels/workbook.xml.rels": b"<x/>"}), "damaged_file"),
        (b"PAR1" + b"\0" * 50 + b"PAR1", "damaged_file"),
        (xlsx_file([]), "empty_file"),
        (xlsx_file([[" "]]), "empty_file"),
        (xlsx_file([["单位编号"]]), "missing_column"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_own_code(content, code):
    with pytest.raises(Unreadable, match=code):
        load(ImportKind.EMPLOYERS, content)


def test_a_parquet_file_that_breaks_off_is_refused(tmp_path):
    content = parquet_file([HEADER, *[UNIT] * 500], tmp_path)
    with pytest.raises(Unreadable, match="damaged_file"):
        load(ImportKind.EMPLOYERS, content[: len(content) // 2])
    middle = bytearray(content)
    middle[40:90] = b"\xff" * 50
    with pytest.raises(Unreadable, match="damaged_file"):
        load(ImportKind.EMPLOYERS, bytes(middle))


def test_a_workbook_that_unpacks_into_too_much_is_refused_before_it_is_loaded(monkeypatch):
    bomb = archive(**{WORKBOOK: b" " * 64 * 1024 * 1024})
    with pytest.raises(Unreadable, match="workbook_too_large"):
        load(ImportKind.EMPLOYERS, bomb)
    monkeypatch.setattr(workbook, "MOST_BYTES", 1000)
    with pytest.raises(Unreadable, match="workbook_too_large"):
        load(ImportKind.EMPLOYERS, xlsx_file([HEADER, UNIT]))


def test_two_cells_at_the_corners_of_a_sheet_do_not_become_a_sheet_of_billions():
    far = xlsx_file([HEADER, UNIT])
    with zipfile.ZipFile(io.BytesIO(far)) as book:
        members = {name: book.read(name) for name in book.namelist()}
    part = "xl/worksheets/sheet1.xml"
    members[part] = members[part].replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(Unreadable, match="workbook_too_many_cells"):
        load(ImportKind.EMPLOYERS, archive(**members))


def test_a_workbook_whose_stated_sizes_lie_is_refused():
    packed = bytearray(archive(**{WORKBOOK: b" " * 10_000_000}))
    directory = packed.rindex(b"PK\x01\x02")
    packed[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    with pytest.raises(Unreadable, match="damaged_file"):
        load(ImportKind.EMPLOYERS, bytes(packed))


WHOLE = xlsx_file([HEADER, *[UNIT] * 3])
PARTS = [WORKBOOK, "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"]
CUTS = some.lists(some.tuples(some.floats(0, 1), some.binary(max_size=4), some.integers(0, 8)), min_size=1)


@settings(deadline=None, max_examples=60)
@given(some.sampled_from(["whole", *PARTS]), CUTS)
def test_a_damaged_workbook_is_read_or_refused_and_breaks_nothing(part, cuts):
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as book:
        members = {name: book.read(name) for name in book.namelist()}
    damaged = bytearray(members.get(part, WHOLE))
    for place, more, fewer in cuts:
        start = int(place * len(damaged))
        damaged[start : start + fewer] = more
    content = bytes(damaged) if part == "whole" else archive(**{**members, part: bytes(damaged)})
    try:
        load(ImportKind.EMPLOYERS, content)
    except Unreadable as refused:
        assert refused.code

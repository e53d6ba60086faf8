"""Clerks' files: every line is accounted for, whatever is in it."""

import csv
import hashlib
import shutil
import tempfile
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from services.contracts.subsidy.registry import ImportKind
from services.contracts.values import CheckedCreditCode
from services.subsidy.registry.adapters import columns
from services.subsidy.registry.adapters.blocks import Block, Checked, Unreadable
from services.subsidy.registry.adapters.columns import LAYOUTS
from services.subsidy.registry.adapters.files import Spool
from services.subsidy.registry.adapters.lines import BLOCK, open_lines
from services.subsidy.registry.adapters.sources import open_source, places
from services.subsidy.registry.domain import partition_of

EMPLOYERS, CONTRIBUTIONS = (
    LAYOUTS[kind].expected for kind in (ImportKind.EMPLOYERS, ImportKind.CONTRIBUTIONS)
)
UNIT = "410181000327,91410181170508042W,巩义市恒远精密制造有限公司,企业,制造业,大型,410181,1180,否,否,,,,,"
MONTH = "410181000327,202212,1180,65871.43,65871.43,0,0"


def load(kind, content: bytes, block: int = BLOCK, **sizes: int):
    """Return the accepted rows and the rejects (line, field, value, reason) of a file."""
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "spool").mkdir()
        (folder / "file.csv").write_bytes(content)
        spool = Spool(folder / "spool", LAYOUTS[kind], **sizes)
        source = open_source(folder / "file.csv", LAYOUTS[kind], block)
        spool.take(source, places(source, LAYOUTS[kind], None))
        accepted = [row for _, rows in spool.partitions() for row in rows.to_dicts()]
        written = spool.write_rejects(source)
        rejects = (
            list(csv.reader(StringIO(written[0].read_bytes().decode(source.encoding), newline="")))[1:]
            if written
            else []
        )
        assert spool.accepted == len(accepted)
        assert spool.rejected == len({reject[0] for reject in rejects})
        return accepted, [(int(line), *rest) for line, *rest in rejects], spool.total
    finally:
        shutil.rmtree(folder)


def text(*records: str, header: list[str] = EMPLOYERS, end: str = "\r\n") -> str:
    return "".join(f"{line}{end}" for line in (",".join(header), *records))


def employer(**changes: str) -> str:
    values = dict(zip(EMPLOYERS, UNIT.split(","), strict=True))
    return ",".join({**values, **changes}.values())


def rejected_fields(kind, header, record: str) -> list[str]:
    _, rejects, total = load(kind, text(record, header=header).encode("gb18030"))
    assert total == 1
    return [field for _, field, _, _ in rejects]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_both_encodings_and_line_ends_with_rare_characters(encoding, end):
    content = text(employer(单位名称="㛃䶮𬭎𫖯商贸有限公司"), end=end).encode(encoding)
    for bytes_ in (content, content.removesuffix(end.encode())):
        [row], rejects, total = load(ImportKind.EMPLOYERS, bytes_)
        assert (row["unit_name"], row["unit_no"], rejects, total) == (
            "㛃䶮𬭎𫖯商贸有限公司",
            410181000327,
            [],
            1,
        )


def test_characters_that_old_gb18030_kept_in_the_private_area_are_named_as_of_2022():
    content = text(UNIT).encode("gb18030").replace("恒远".encode("gb18030"), b"\xfe\x59\xfe\x51")
    [row], _, _ = load(ImportKind.EMPLOYERS, content)
    assert row["unit_name"] == "巩义市龴𠂇精密制造有限公司"


def test_columns_come_in_any_order_and_others_are_passed_over():
    header = ["备注", *reversed(EMPLOYERS)]
    [row], _, _ = load(
        ImportKind.EMPLOYERS, text("x," + ",".join(reversed(UNIT.split(","))), header=header).encode()
    )
    assert (row["credit_code"], row["headcount"], row["size_class"]) == ("91410181170508042W", 1180, "large")


def test_quotes_are_pythons_csv_and_an_open_one_is_a_reject():
    good = employer(单位名称='"巩义,""恒远"""')
    accepted, rejects, total = load(ImportKind.EMPLOYERS, text(good, '"' + UNIT, '"a","b"').encode())
    assert [row["unit_name"] for row in accepted] == ['巩义,"恒远"']
    assert [(line, reason) for line, _, _, reason in rejects] == [
        (3, "引号不成对"),
        (4, "应有 15 列，实有 2 列"),
    ]
    assert total == 3


def test_a_later_line_that_repeats_an_earlier_one_is_rejected():
    other = employer(单位编号="410181000328")
    accepted, rejects, _ = load(ImportKind.EMPLOYERS, text(UNIT, other, UNIT).encode())
    assert len(accepted) == 2 and rejects == [(4, "单位编号", "410181000327", "与前面的行重复")]
    months = text(MONTH, MONTH.replace("202212", "202211"), MONTH, header=CONTRIBUTIONS)
    accepted, rejects, _ = load(ImportKind.CONTRIBUTIONS, months.encode())
    assert len(accepted) == 2
    assert rejects == [(4, "单位编号 费款所属期", "410181000327 202212", "与前面的行重复")]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("单位编号", "41018100032"),
        ("单位编号", "４10181000327"),
        ("统一社会信用代码", "91410181170508042X"),
        ("统一社会信用代码", "9.14E+17"),
        ("单位名称", ""),
        ("单位名称", "a\x00b"),
        ("单位类型", "公司"),
        ("企业规模", "特大"),
        ("行政区划", "410182"),
        ("参保人数", "10000001"),
        ("参保人数", "-1"),
        ("参保人数", "５"),
        ("劳务派遣", ""),
        ("审计整改", "Y"),
        ("银行账号", "2637-0710"),
        ("联系电话", "12345678901"),
    ],
)
def test_what_breaks_a_rule_of_employers_is_rejected_by_name(field, wrong):
    assert rejected_fields(ImportKind.EMPLOYERS, EMPLOYERS, employer(**{field: wrong}))[0] == field


@pytest.mark.parametrize(
    "field", ["行业", "企业规模", "参保人数", "户名", "银行账号", "开户行", "联系人", "联系电话"]
)
def test_what_may_be_unknown_may_be_empty(field):
    [row], rejects, _ = load(ImportKind.EMPLOYERS, text(employer(**{field: ""})).encode())
    [column] = [column.name for column in LAYOUTS[ImportKind.EMPLOYERS].columns if column.header == field]
    assert row[column] is None and not rejects


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("费款所属期", "202213"),
        ("费款所属期", "192212"),
        ("参保人数", ""),
        ("应缴金额", "100.005"),
        ("应缴金额", "1000000000.01"),
        ("实缴金额", "-5"),
        ("实缴金额", "1e5"),
        ("补缴金额", ""),
        ("免责减员人数", "1.5"),
    ],
)
def test_what_breaks_a_rule_of_contributions_is_rejected_by_name(field, wrong):
    record = {**dict(zip(CONTRIBUTIONS, MONTH.split(","), strict=True)), field: wrong}
    assert rejected_fields(ImportKind.CONTRIBUTIONS, CONTRIBUTIONS, ",".join(record.values())) == [field]


@pytest.mark.parametrize("day", ["2023-05-01", "2023/5/1", "20230501"])
def test_the_day_of_a_list_is_read_as_clerks_write_it(day):
    content = f"统一社会信用代码,单位名称,列入日期\n91410181170508042W,甲,{day}\n".encode()
    [row], _, _ = load(ImportKind.DISHONEST, content)
    assert f"{row['listed_on']}" == "2023-05-01"


def test_a_value_that_a_spreadsheet_would_run_is_disarmed_and_a_long_one_cut():
    _, rejects, _ = load(ImportKind.EMPLOYERS, text(employer(参保人数="=1+1"), "x" * 999).encode())
    assert [value for _, _, value, _ in rejects] == ["'=1+1", "x" * 100]


@settings(deadline=None)
@given(some.integers(0, 10**11))
@example(10**11)
@example(5)
def test_yuan_become_fen_without_a_float(fen):
    for written in {f"{fen // 100}.{fen % 100:02d}", *([str(fen // 100)] if fen % 100 == 0 else [])}:
        assert pl.select(columns._fen(pl.lit(written))).item() == fen


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        (b"", "empty_file", {}),
        (b"\r\n1,2", "empty_file", {}),
        ("单位编号,单位名称\n".encode(), "missing_column", None),
        (
            text(UNIT, header=[*EMPLOYERS[:-1], EMPLOYERS[0]]).encode(),
            "missing_column",
            {"columns": "联系电话"},
        ),
        (text(UNIT, header=[*EMPLOYERS, EMPLOYERS[0]]).encode(), "repeated_column", {"columns": "单位编号"}),
        (
            text(UNIT, UNIT).encode("gb18030") + b"\xff\xff\n",
            "undecodable",
            {"encoding": "GB18030", "line": 4, "byte": len(text(UNIT, UNIT).encode("gb18030"))},
        ),
        (
            text(UNIT).encode() + UNIT.encode("gb18030"),
            "undecodable",
            {"encoding": "UTF-8", "line": 3, "byte": len(text(UNIT).encode()) + 32},
        ),
        (b"\xff\xfe\xff\n", "undecodable", {"encoding": "UTF-8, GB18030", "line": 1, "byte": 0}),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(content, code, facts):
    with pytest.raises(Unreadable) as refused:
        load(ImportKind.EMPLOYERS, content)
    assert refused.value.code == code and (facts is None or refused.value.facts == facts)


def test_a_line_longer_than_a_block_is_refused_and_blocks_join_into_the_file(tmp_path):
    path, layout = tmp_path / "file", LAYOUTS[ImportKind.EMPLOYERS]
    content = text(*[UNIT] * 50).encode()
    path.write_bytes(content)
    for size in (700, 1024, 10**6):
        source = open_lines(path, layout, size)
        blocks = [source.block(page, places(source, layout, None)) for page in source.pages()]
        assert sum(block.lines for block in blocks) == 50
        numbers = [line for block in blocks for line in block.fields["line"].to_list()]
        assert numbers == list(range(2, 52))
    path.write_bytes(content + b"x" * 3000)
    with pytest.raises(Unreadable, match="line_too_long"):
        list(open_lines(path, layout, 700).pages())


PIECES = some.sampled_from(
    [*UNIT.split(","), "", "否", "=x", '"', '""', "a,b", "㛃䶮𬭎𫖯", "\t", "　", "\x00", "\r"]
)
FIELDS = PIECES | some.text(some.characters(exclude_characters="\n", exclude_categories=("Cs",)), max_size=9)
DIRTY = some.just(UNIT) | some.lists(FIELDS, max_size=17).map(",".join) | some.just("") | FIELDS
QUOTED = some.lists(FIELDS, min_size=15, max_size=15).map(
    lambda record: ",".join('"' + field.replace('"', '""') + '"' for field in record)
)


@settings(deadline=None)
@given(
    some.lists(DIRTY | QUOTED | some.builds(lambda no: UNIT.replace("000327", no), some.sampled_from("ab"))),
    some.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    some.sampled_from(["\n", "\r\n"]),
    some.sampled_from([1500, 10**6]),
)
def test_accepted_and_rejected_lines_are_all_lines(records, encoding, end, size):
    content = text(*records, end=end).encode(encoding)
    accepted, rejects, total = load(ImportKind.EMPLOYERS, content, block=size, spill=1)
    assert total == len(records)
    assert len(accepted) + len({line for line, *_ in rejects}) == total
    assert [line for line, *_ in rejects] == sorted(line for line, *_ in rejects)
    assert len(accepted) <= len({record for record in records})


NUMBERS = some.sampled_from(
    ["0", "1", "00", "007", "40.5", "40.05", "40.", ".5", "1e3", "+1", "-1", " 1", "1 ", "", '"1"', '"', "１"]
    + ["10000000", "10000001", "99999999", "123456789", "999999999.99", "1000000000", "1000000000.01"]
    + ["9999999999.99", "0.999", "NaN", "inf", "null", "\t1", "1\r", "0x1", "1_0", "一", "#1", "\x00"]
) | some.integers(0, 10**9).map(str)
MONTHS = some.sampled_from(["202212", "202301", "202213", "199912", "2022-1", ""])
NUMBERED = some.sampled_from([410181000327, 410181000328, 999999999999]).map(str) | NUMBERS
MONTHLY = (
    some.tuples(NUMBERED, MONTHS, *[NUMBERS] * 5).map(",".join)
    | some.tuples(some.integers(10**11, 10**11 + 50).map(str), MONTHS).map(
        lambda two: ",".join([*two, *"12340"])
    )
    | some.builds(
        lambda place, text: ",".join([*MONTH.split(",")[:place], text, *MONTH.split(",")[place + 1 :]]),
        some.integers(0, 6),
        NUMBERS,
    )
    | some.lists(NUMBERS, max_size=9).map(",".join)
    | some.sampled_from([MONTH, f'"{MONTH}"', MONTH + ",", MONTH[:-2], MONTH + "\r", "", " " + MONTH])
)


def outcome(layout, content: bytes, mapping, size: int):
    """Return the digests of a file's parts, and its two files of rejects."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "spool").mkdir()
        (folder / "file.csv").write_bytes(content)
        source = open_source(folder / "file.csv", layout, size)
        spool = Spool(folder / "spool", layout, spill=2000)
        spool.take(source, places(source, layout, mapping))
        digests = []
        for partition, rows in spool.partitions():
            parquet = BytesIO()
            rows.write_parquet(parquet, compression="zstd")
            digests.append((partition, rows.height, hashlib.sha256(parquet.getvalue()).hexdigest()))
        written = [path.read_bytes() for path in spool.write_rejects(source) or ()]
        return digests, written, spool.total, spool.accepted


@settings(deadline=None, max_examples=200)
@given(
    some.lists(MONTHLY | some.just(MONTH), max_size=60),
    some.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    some.sampled_from(["\n", "\r\n"]),
    some.booleans(),
    some.sampled_from([400, 3000, BLOCK]),
    some.sampled_from(["as it is", "turned round", "mapped", "with recipients", "with another"]),
)
@example([MONTH, MONTH.replace("1180", "10000001")], "utf-8", "\n", True, BLOCK, "as it is")
@example([MONTH.replace(",0,0", ",0.5,10000000")], "utf-8", "\r\n", True, BLOCK, "with recipients")
def test_reading_plain_lines_at_once_is_the_same_as_checking_each_field(
    records, encoding, end, has_end, size, shape
):
    """The same parts to the byte and the same rejects, whatever is plain and whatever is not."""
    header, mapping = list(CONTRIBUTIONS), None
    if shape == "turned round":
        header, records = header[::-1], [",".join(record.split(",")[::-1]) for record in records]
    elif shape == "mapped":
        mapping = dict(zip(header, (f"列{place}" for place in range(7)), strict=True))
        header = list(mapping.values())
        records = [record.replace("\r", "") for record in records]  # a header is looked for in them as well
    elif shape != "as it is":
        header.append("新领失业金人数" if shape == "with recipients" else "备注")
        records = [f"{record},{place % 5 or ''}" for place, record in enumerate(records)]
    content = text(*records, header=header, end=end).encode(encoding)
    content = content if has_end else content.removesuffix(end.encode())
    layout = LAYOUTS[ImportKind.CONTRIBUTIONS]
    slow = replace(layout, columns=tuple(replace(column, digits=None) for column in layout.columns))
    assert outcome(layout, content, mapping, size) == outcome(slow, content, mapping, size)


def test_a_file_of_months_is_read_at_once_but_for_the_pieces_with_other_lines(tmp_path):
    layout, path = LAYOUTS[ImportKind.CONTRIBUTIONS], tmp_path / "file"
    lines = [f"{410181000000 + no},202212,1,1.00,1.00,0,0" for no in range(10_000)]
    lines[5000] = "坏行"
    path.write_bytes(text(*lines, header=CONTRIBUTIONS).encode("gb18030"))
    source = open_source(path, layout, 64 * 1024)
    blocks = list(source.read(places(source, layout, None), layout))
    checked = [block.rows.height for block in blocks if isinstance(block, Checked)]
    assert 9_900 < sum(checked) < 10_000
    assert sum(checked) + sum(block.lines for block in blocks if isinstance(block, Block)) == 10_000


ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODES = some.from_regex(r"[159Y][0-9]{7}[0-9A-HJ-NPQRTUWXY]{10}", fullmatch=True)


@settings(deadline=None, max_examples=20)
@given(some.lists(CODES, min_size=1, max_size=5))
@example(["91410181170508042W", "91410181170508042X", "", "91410181170508042w"])
def test_credit_codes_are_checked_as_the_contract_checks_them(codes):
    """Every last pair of characters, so that right ones are among them."""
    tried = codes + [
        code[:16] + a + b for code in codes for a in ALPHABET for b in ALPHABET if len(code) == 18
    ]
    checked = pl.DataFrame({"c": tried}).select(columns._is_credit_code(pl.col("c")))["c"].to_list()
    assert checked == [is_credit_code(code) for code in tried]


def is_credit_code(code: str) -> bool:
    try:
        TypeAdapter(CheckedCreditCode).validate_python(code)
    except ValidationError:
        return False
    return True


@settings(deadline=None)
@given(some.lists(some.integers(0, 10**12 - 1), min_size=1))
@example([410181000327])
def test_partitions_are_the_same_in_columns_and_in_python(numbers):
    found = pl.DataFrame({"n": numbers}).select(columns._partition(pl.col("n")))["n"].to_list()
    assert found == [partition_of(number) for number in numbers]
    assert partition_of(410181000327) == 32  # for ever: stored parts rest on it

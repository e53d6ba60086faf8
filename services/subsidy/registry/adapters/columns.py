"""What each column of a clerk's file must look like, and what becomes of it. Patterns name ASCII digits:
a full-width ５ is no digit to the law's computers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from services.contracts.subsidy.registry import ImportKind
from services.contracts.values import SizeClass, UnitType
from services.subsidy.registry.domain import MAX_HEADCOUNT, MAX_MONTHLY_FEN, PARTITIONS

Rule = Callable[[pl.Expr], pl.Expr]

UNIT_TYPES = {
    "企业": UnitType.ENTERPRISE,
    "社会团体": UnitType.SOCIAL_ORGANISATION,
    "基金会": UnitType.FOUNDATION,
    "社会服务机构": UnitType.SOCIAL_SERVICE,
    "律师事务所": UnitType.LAW_FIRM,
    "会计师事务所": UnitType.ACCOUNTING_FIRM,
    "个体工商户": UnitType.INDIVIDUAL_BUSINESS,
    "机关": UnitType.GOVERNMENT,
    "事业单位": UnitType.INSTITUTION,
}
SIZE_CLASSES = {
    "大型": SizeClass.LARGE,
    "中型": SizeClass.MEDIUM,
    "小型": SizeClass.SMALL,
    "微型": SizeClass.MICRO,
}
# Ideographs that old GB18030 put into the private area, and where the standard of 2022 has them.
_PRIVATE = [chr(code) for code in (0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C)]
_PRIVATE += [chr(code) for code in (0xE831, 0xE832, 0xE83B, 0xE843, 0xE854, 0xE855, 0xE864)]
_STANDARD = [chr(code) for code in (0x20087, 0x20089, 0x200CC, 0x9FB4, 0x9FB5, 0x9FB6, 0x9FB7)]
_STANDARD += [chr(code) for code in (0x215D7, 0x9FB8, 0x2298F, 0x9FB9, 0x9FBA, 0x241FE, 0x9FBB)]
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Digits:
    """ASCII texts that are right whatever stands in other columns: their pattern, the type to read them as,
    and the most that the value may be. It says the same as the column's rule, of a whole column at once."""

    shape: str
    dtype: pl.DataType
    most: int | None = None


@dataclass(frozen=True)
class Column:
    """A column: its header, our name for it, the rule, what to tell who broke it, and the conversion.

    `optional`: a field may be empty; `may_be_absent`: the whole column may be missing from the file.
    """

    header: str
    name: str
    is_valid: Rule
    reason: str
    convert: Rule = lambda text: text
    optional: bool = False
    may_be_absent: bool = False
    digits: Digits | None = None

    def valid(self) -> pl.Expr:
        """Is the text right (or empty where it may be)? Never null."""
        text = pl.col(self.header)
        right = self.is_valid(text).fill_null(False)
        return (text == "") | right if self.optional else right

    def value(self) -> pl.Expr:
        """Return the value of a text that is right; null for an empty one, anything for a wrong one."""
        text = pl.col(self.header)
        value = self.convert(text)
        return (pl.when(text == "").then(None).otherwise(value) if self.optional else value).alias(self.name)


@dataclass(frozen=True)
class Layout:
    """The columns of a kind of file, what no two lines may share, and what must not leave the database."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition: pl.Expr
    personal: tuple[str, ...] = ()

    @property
    def headers(self) -> list[str]:
        """Return the headers of all columns."""
        return [column.header for column in self.columns]

    @property
    def expected(self) -> list[str]:
        """Return the headers of a file that is loaded without a question."""
        return [column.header for column in self.columns if not column.may_be_absent]

    @property
    def needed(self) -> list[str]:
        """Return the headers that no file may lack."""
        return [column.header for column in self.columns if not column.optional]

    @property
    def optional(self) -> list[str]:
        """Return the headers that a file may lack, when a clerk says so."""
        return [column.header for column in self.columns if column.optional]


def _matches(pattern: str) -> Rule:
    return lambda text: text.str.contains(f"^(?:{pattern})$")


def _text(header: str, name: str, *, optional: bool = False) -> Column:
    shape = r"[^\x00-\x1f\x7f\u{e000}-\u{f8ff}\u{fffd}]{1,100}"
    known: Rule = lambda text: text.str.replace_many(_PRIVATE, _STANDARD)  # noqa: E731
    reason = "应为 1 至 100 个字，不含控制字符和自造字"
    return Column(header, name, lambda text: _matches(shape)(known(text)), reason, known, optional)


def _choice(header: str, name: str, choices: Mapping[str, object], *, optional: bool = False) -> Column:
    words = {word: getattr(value, "value", value) for word, value in choices.items()}
    kind = pl.Boolean if isinstance(next(iter(words.values())), bool) else pl.String
    return Column(
        header,
        name,
        lambda text: text.is_in(list(words)),
        "应为" + "、".join(words),
        lambda text: text.replace_strict(words, default=None, return_dtype=kind),
        optional,
    )


def _count(header: str, name: str, *, optional: bool = False) -> Column:
    number: Rule = lambda text: text.cast(pl.Int64, strict=False)  # noqa: E731
    digits = Digits("[0-9]{1,8}", pl.Int64(), MAX_HEADCOUNT)
    valid: Rule = lambda text: _matches(digits.shape)(text) & (number(text) <= MAX_HEADCOUNT)  # noqa: E731
    reason = f"应为 0 至 {MAX_HEADCOUNT} 的整数"
    return Column(header, name, valid, reason, number, optional, digits=digits)


def _money(header: str, name: str) -> Column:
    reason = f"应为 0 至 {MAX_MONTHLY_FEN // 100} 元、最多两位小数的金额"
    digits = Digits(r"[0-9]{1,10}(?:\.[0-9]{1,2})?", pl.Decimal(18, 2), MAX_MONTHLY_FEN)
    valid: Rule = lambda text: _matches(digits.shape)(text) & (_fen(text) <= MAX_MONTHLY_FEN)  # noqa: E731
    return Column(header, name, valid, reason, _fen, digits=digits)


def _fen(text: pl.Expr) -> pl.Expr:
    return _decimal(text, 2)


def _decimal(text: pl.Expr, places: int) -> pl.Expr:
    """Return an amount with so many decimals as a whole number of its last: no float touches money. (More
    decimals are cut off.)"""
    return text.cast(pl.Decimal(18, places), strict=False).to_physical().cast(pl.Int64)


def _ten_thousands(header: str, name: str) -> Column:
    """An amount of a year in 万元, to the fen; not every file tells."""
    shape, reason = _matches(r"[0-9]{1,9}(\.[0-9]{1,6})?"), "应为以万元计、最多六位小数的金额"
    return Column(header, name, shape, reason, lambda text: _decimal(text, 6), True, may_be_absent=True)


def _is_credit_code(text: pl.Expr) -> pl.Expr:
    """Both check digits, as values.CheckedCreditCode: GB 32100 (mod 31) and the inner GB 11714 (mod 11)."""
    inner = {character: int(character, 36) for character in _CODE}
    whole = {character: place for place, character in enumerate(_CODE)}

    def weighted(values: dict[str, int], weights: list[int], start: int) -> pl.Expr:
        places = enumerate(weights, start)
        terms = [_digit(text.str.slice(place, 1), values) * weight for place, weight in places]
        return pl.sum_horizontal(terms)

    shape = _matches("[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}")(text)
    first = (31 - weighted(whole, [pow(3, place, 31) for place in range(17)], 0) % 31) % 31
    second = (11 - weighted(inner, [3, 7, 9, 10, 5, 8, 4, 2], 8) % 11) % 11
    last = _digit(text.str.slice(16, 1), {**dict.fromkeys(_CODE, -1), **_INNER_CHECK})
    return shape & (_digit(text.str.slice(17, 1), whole) == first) & (last == second)


_INNER_CHECK = {**{str(digit): digit for digit in range(10)}, "X": 10}


def _digit(character: pl.Expr, values: dict[str, int]) -> pl.Expr:
    return character.replace_strict(values, default=0, return_dtype=pl.Int64)


def _date(text: pl.Expr) -> pl.Expr:
    """2023-05-01, 2023/5/1 or 20230501."""
    dashes = text.str.replace_all("/", "-", literal=True).str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(dashes, text.str.to_date("%Y%m%d", strict=False))


def _partition(unit_no: pl.Expr) -> pl.Expr:
    """The same as registry.domain.partition_of."""
    return unit_no % 2**31 * 2654435761 % 2**32 // (2**32 // PARTITIONS)


_CREDIT_CODE = Column(
    "统一社会信用代码", "credit_code", _is_credit_code, "不是有效的统一社会信用代码（18 位，含两个校验位）"
)
_UNIT_NO = Column(
    "单位编号",
    "unit_no",
    _matches("[1-9][0-9]{11}"),
    "应为 12 位数字",
    lambda text: text.cast(pl.Int64, strict=False),
    digits=Digits("[1-9][0-9]{11}", pl.Int64()),
)
_MONTH = Column(
    "费款所属期",
    "month",
    _matches("20[0-9]{2}(0[1-9]|1[0-2])"),
    "应为 YYYYMM 格式的月份",
    lambda text: text.cast(pl.Int32, strict=False),
    digits=Digits("20[0-9]{2}(?:0[1-9]|1[0-2])", pl.Int32()),
)
_REGION = Column(
    "行政区划",
    "region",
    lambda text: _matches("[0-9]{6}")(text) & (text == pl.col("单位编号").str.slice(0, 6)),
    "应为 6 位数字，且与单位编号的前 6 位一致",
)
_ACCOUNT = Column("银行账号", "account", _matches("[0-9]{6,32}"), "应为 6 至 32 位数字", optional=True)
_PHONE = Column("联系电话", "phone", _matches("1[3-9][0-9]{9}"), "应为 11 位手机号码", optional=True)
_YES_NO = {"是": True, "否": False}
_LISTED_ON = Column(
    "列入日期", "listed_on", lambda text: _date(text).is_not_null(), "应为日期，如 2023-05-01", _date
)

_EMPLOYERS = Layout(
    columns=(
        _UNIT_NO,
        _CREDIT_CODE,
        _text("单位名称", "unit_name"),
        _choice("单位类型", "unit_type", UNIT_TYPES),
        _text("行业", "industry", optional=True),
        _choice("企业规模", "size_class", SIZE_CLASSES, optional=True),
        _REGION,
        _count("参保人数", "headcount", optional=True),
        _choice("劳务派遣", "labour_dispatch", _YES_NO),
        _choice("审计整改", "audit_findings", _YES_NO),
        _text("户名", "account_name", optional=True),
        _ACCOUNT,
        _text("开户行", "bank", optional=True),
        _text("联系人", "contact", optional=True),
        _PHONE,
        replace(_count("从业人员", "employees", optional=True), may_be_absent=True),
        _ten_thousands("营业收入（万元）", "revenue"),
        _ten_thousands("资产总额（万元）", "assets"),
    ),
    key=("unit_no",),
    partition=_partition(pl.col("unit_no")),
    personal=("account_name", "account", "bank", "contact", "phone"),
)
_CONTRIBUTIONS = Layout(
    columns=(
        _UNIT_NO,
        _MONTH,
        _count("参保人数", "headcount"),
        _money("应缴金额", "due"),
        _money("实缴金额", "paid"),
        _money("补缴金额", "repaid"),
        _count("免责减员人数", "exempt"),
        replace(_count("新领失业金人数", "new_recipients", optional=True), may_be_absent=True),
    ),
    key=("unit_no", "month"),
    partition=_partition(pl.col("unit_no")),
)
_LIST = Layout(
    columns=(_CREDIT_CODE, _text("单位名称", "unit_name"), _LISTED_ON),
    key=("credit_code",),
    partition=pl.lit(0, dtype=pl.Int64),
)
LAYOUTS: Mapping[ImportKind, Layout] = {
    ImportKind.EMPLOYERS: _EMPLOYERS,
    ImportKind.CONTRIBUTIONS: _CONTRIBUTIONS,
    ImportKind.DISHONEST: _LIST,
    ImportKind.ZOMBIE: _LIST,
}

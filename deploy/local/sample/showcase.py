"""The hand-made units: each shows one rule. The table says which, and what the screening has to find.

Amounts are worked out by hand from the programme's rules, not by code: tests hold the screening against them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from deploy.local.sample.codes import credit_code
from deploy.local.sample.units import Month, Unit, periods

ELIGIBLE, INELIGIBLE, UNKNOWN = "eligible", "ineligible", "unknown"
Change = Callable[[Unit], Unit]

THE_EMPLOYER = "410181000327"
WITH_ADMINISTRATOR = "410181000401"
MAINTAINED_ONLY = "410181000402"
NOT_MAINTAINED = "410181000411"
WITH_BOOKS_IN_DISORDER = "410181000469"


@dataclass(frozen=True)
class Shown:
    """A hand-made unit. `amount` is the refund in fen, None where there is none."""

    unit: Unit
    shows: str
    outcome: str
    amount: int | None


@dataclass(frozen=True)
class _Row:
    """What differs between the hand-made units: base in fen, headcount at the two year-ends."""

    unit_no: str
    name: str
    size: str
    base: int
    start: int
    end: int
    shows: str
    outcome: str
    amount: int | None = None
    change: Change = lambda unit: unit
    unit_type: str = "企业"
    code: str = ""


def showcase(programme_year: int) -> tuple[Shown, ...]:
    """Return the hand-made units of a programme."""
    return tuple(
        Shown(row.change(_plain(row, programme_year)), row.shows, row.outcome, row.amount) for row in _ROWS
    )


# ---- what a row changes


def _with(**changes: object) -> Change:
    return lambda unit: replace(unit, **changes)  # type: ignore[arg-type]


def _exempt(count: int) -> Change:
    """So many separations of the base year's last month do not count as layoffs."""
    return lambda unit: replace(unit, months=(*unit.months[:-1], replace(unit.months[-1], exempt=count)))


def _in_arrears(count: int, *, repaid: bool) -> Change:
    """Nothing was paid in time in the first `count` months."""

    def change(unit: Unit) -> Unit:
        late = (replace(month, paid=0, repaid=month.due if repaid else 0) for month in unit.months[:count])
        return replace(unit, months=(*late, *unit.months[count:]))

    return change


def _late_in_base_year(unit: Unit) -> Unit:
    """The base year's first month was repaid later: paid in full, but that money stays out of the base."""
    months = [
        replace(month, due=500_00, paid=0, repaid=500_00) if number == 12 else month
        for number, month in enumerate(unit.months)
    ]
    return replace(unit, months=tuple(months))


def _listed(name: str, month_and_day: str) -> Change:
    """On a list since some day of the base year."""
    return lambda unit: replace(unit, **{name: f"{unit.months[-1].period[:4]}-{month_and_day}"})  # type: ignore[arg-type]


def _without_month(number: int) -> Change:
    return lambda unit: replace(unit, months=unit.months[:number] + unit.months[number + 1 :])


# ---- the table

_ROWS = (
    _Row(THE_EMPLOYER, "巩义市恒远精密制造有限公司", "大型", 790_457_17, 1180, 1180,
         "the manual's own employer: large, 30 %", ELIGIBLE, 237_137_15,
         _with(contact="张敏", phone="19903700001", account="263707101046"), code="91410181170508042W"),
    _Row(WITH_ADMINISTRATOR, "巩义市启明电子科技有限公司", "小型", 15_600_00, 26, 27,
         "small: 60 %", ELIGIBLE, 9_360_00, _with(contact="李浩", phone="19903700002")),
    _Row(MAINTAINED_ONLY, "巩义市众合物业服务有限公司", "微型", 5_400_00, 9, 9,
         "micro: 60 %", ELIGIBLE, 3_240_00, _with(contact="王秀兰", phone="19903700003")),
    # the layoff rate
    _Row(NOT_MAINTAINED, "巩义市三十人餐饮管理有限公司", "小型", 16_200_00, 30, 24,
         "30 people, layoff rate exactly 20 %", ELIGIBLE, 9_720_00, _with(headcount=30)),
    _Row("410181000412", "巩义市廿九人餐饮管理有限公司", "小型", 15_600_00, 29, 23,
         "29 people, layoff rate 20.69 %", INELIGIBLE, None, _with(headcount=29)),
    _Row("410181000413", "巩义市平稳纺织有限公司", "小型", 117_000_00, 200, 189,
         "over 30 people, layoff rate exactly 5.5 %", ELIGIBLE, 70_200_00),
    _Row("410181000414", "巩义市减员纺织有限公司", "小型", 116_400_00, 200, 188,
         "over 30 people, layoff rate 6 %", INELIGIBLE),
    _Row("410181000415", "巩义市退休潮机械制造有限公司", "中型", 114_000_00, 200, 180,
         "20 fewer, 10 of them exempt: layoff rate 5 %", ELIGIBLE, 68_400_00, _exempt(10)),
    # months paid in full
    _Row("410181000421", "巩义市周年软件有限公司", "微型", 4_800_00, 8, 8,
         "exactly 12 months paid in full", ELIGIBLE, 2_880_00, _in_arrears(12, repaid=False)),
    _Row("410181000422", "巩义市欠一月软件有限公司", "微型", 4_800_00, 8, 8,
         "11 months paid in full", INELIGIBLE, None, _in_arrears(13, repaid=False)),
    _Row("410181000423", "巩义市补缴运输有限公司", "小型", 12_000_00, 20, 20,
         "all arrears of the year before repaid: eligible", ELIGIBLE, 7_200_00,
         _in_arrears(12, repaid=True)),
    _Row("410181000424", "巩义市晚缴运输有限公司", "小型", 12_000_00, 20, 20,
         "the base year's first month repaid: eligible, that money stays out of the base of 11,000.00",
         ELIGIBLE, 6_600_00, lambda unit: _late_in_base_year(_even_months(unit))),
    # other criteria
    _Row("410181000431", "巩义市失信家具有限公司", "小型", 9_600_00, 16, 16,
         "stands on the dishonest list", INELIGIBLE, None, _listed("dishonest_since", "11-03")),
    _Row("410181000432", "巩义市停产水泥有限公司", "中型", 48_000_00, 80, 80,
         "stands on the zombie list", INELIGIBLE, None, _listed("zombie_since", "05-20")),
    _Row("410181000433", "巩义市骤减服饰有限公司", "小型", 24_000_00, 40, 40,
         "40 at the year's end, 19 now", INELIGIBLE, None, _with(headcount=19)),
    _Row("410181000434", "巩义市减半服饰有限公司", "小型", 24_000_00, 40, 40,
         "40 at the year's end, 20 now: exactly half", ELIGIBLE, 14_400_00, _with(headcount=20)),
    _Row("410181000435", "巩义市待整改化工有限公司", "中型", 72_000_00, 120, 120,
         "audit findings not put right", INELIGIBLE, None, _with(audit=True)),
    _Row("410181000436", "巩义市众才劳务派遣有限公司", "中型", 180_000_00, 300, 300,
         "labour dispatch: by declaration only", INELIGIBLE, None, _with(dispatch=True)),
    _Row("410181000437", "巩义市某某局", "", 30_000_00, 50, 50,
         "a government body", INELIGIBLE, unit_type="机关"),
    _Row("410181000438", "巩义市第九幼儿园", "", 30_000_00, 50, 50,
         "an institution", INELIGIBLE, unit_type="事业单位"),
    # missing facts
    _Row("410181000441", "巩义市无规模五金有限公司", "", 9_600_00, 16, 16,
         "size class missing", UNKNOWN),
    _Row("410181000442", "巩义市缺年初数纸业有限公司", "小型", 9_600_00, 16, 16,
         "no December before the base year: year-start headcount missing", UNKNOWN, None, _without_month(11)),
    _Row("410181000443", "巩义市缺年末数纸业有限公司", "小型", 9_600_00, 16, 16,
         "no December of the base year: year-end headcount missing", UNKNOWN, None, _without_month(23)),
    _Row("410181000444", "巩义市缺现人数五金有限公司", "小型", 9_600_00, 16, 16,
         "present headcount missing", UNKNOWN, None, _with(headcount=None)),
    # units that are no enterprises need no size class: 60 %
    _Row("410181000451", "巩义市竹林行业协会", "", 3_600_00, 6, 6,
         "social organisation", ELIGIBLE, 2_160_00, unit_type="社会团体"),
    _Row("410181000452", "巩义市石河教育发展基金会", "", 3_600_00, 6, 6,
         "foundation", ELIGIBLE, 2_160_00, unit_type="基金会"),
    _Row("410181000453", "巩义市夕阳红养老服务中心", "", 7_200_00, 12, 12,
         "social service body", ELIGIBLE, 4_320_00, unit_type="社会服务机构"),
    _Row("410181000454", "河南洛口律师事务所", "", 9_000_00, 10, 10,
         "law firm", ELIGIBLE, 5_400_00, unit_type="律师事务所"),
    _Row("410181000455", "河南河洛会计师事务所", "", 9_000_00, 10, 10,
         "accounting firm", ELIGIBLE, 5_400_00, unit_type="会计师事务所"),
    _Row("410181000456", "巩义市站街老王百货店", "", 1_200_00, 2, 2,
         "individual business", ELIGIBLE, 720_00, unit_type="个体工商户"),
    # names, roundings, gaps that the last mile has to fill
    _Row("410181000461", "巩义市堃喆昇商贸有限公司", "微型", 3_000_00, 5, 5,
         "rare characters", ELIGIBLE, 1_800_00, _with(contact="赵犇")),
    _Row("410181000462", "郑州犇㛃䶮农牧有限公司", "小型", 12_000_00, 20, 20,
         "rarer characters", ELIGIBLE, 7_200_00),
    _Row("410181000463", "洛阳𬭎𫖯文化传播有限公司", "微型", 4_200_00, 7, 7,
         "characters beyond the BMP", ELIGIBLE, 2_520_00, _with(contact="𫖯䶮")),
    _Row("410181000464", "河南省巩义市嵩山北麓新材料研究开发与成果转化集团有限责任公司第二分公司", "小型",
         12_000_00, 20, 20,
         "a very long name", ELIGIBLE, 7_200_00),
    _Row("410181000465", "巩义市半分钱重型机械股份有限公司", "大型", 481_234_55, 700, 700,
         "30 % is 144,370.365: half a fen goes up", ELIGIBLE, 144_370_37),
    _Row("410181000466", "巩义市零头日用品有限公司", "微型", 600_01, 1, 1,
         "60 % is 360.006: rounds to 360.01", ELIGIBLE, 360_01),
    _Row("410181000467", "巩义市无账号门窗有限公司", "小型", 9_600_00, 16, 16,
         "eligible, but no bank account is known", ELIGIBLE, 5_760_00, _with(account="", bank="")),
    _Row("410181000468", "巩义市无联系人门窗有限公司", "小型", 9_600_00, 16, 16,
         "eligible, but nobody to call", ELIGIBLE, 5_760_00, _with(contact="", phone="")),
    _Row(WITH_BOOKS_IN_DISORDER, "巩义市乱账五金有限公司", "小型", 7_200_00, 12, 12,
         "its first four months come in dirty lines; the others suffice", ELIGIBLE, 4_320_00,
         lambda unit: replace(unit, months=unit.months[4:])),
    _Row("410102000501", "郑州市中原特种轴承有限公司", "大型", 1_234_567_80, 1900, 1920,
         "large, in another region", ELIGIBLE, 370_370_34),
)  # fmt: skip


# ---- from row to unit


def _plain(row: _Row, programme_year: int) -> Unit:
    """Return a unit that is eligible unless its row changes something."""
    region, serial = row.unit_no[:6], row.unit_no[6:]
    code = row.code or credit_code(unit_type=row.unit_type, region=region, body=f"H0{serial}")
    return Unit(
        unit_no=row.unit_no,
        credit_code=code,
        name=row.name,
        unit_type=row.unit_type,
        industry="制造业",
        size=row.size,
        region=region,
        headcount=row.end,
        contact="周平",
        phone=f"1990370{serial[-4:]}",
        account=f"2637071{serial}",
        bank="中国银行",
        months=_steady_months(row, programme_year),
    )


def _steady_months(row: _Row, programme_year: int) -> tuple[Month, ...]:
    """The headcount changes with the base year's last month; the base year's premiums sum up to the base."""
    premiums = _spread(row.base, 12)
    return tuple(
        Month(period, row.end if number == 23 else row.start, premiums[number % 12], premiums[number % 12])
        for number, period in enumerate(periods(programme_year))
    )


def _spread(total: int, parts: int) -> list[int]:
    """Return parts that differ a little and sum up to the total."""
    shares = [97 + number * 7 % 11 for number in range(parts)]
    ends = [total * sum(shares[: number + 1]) // sum(shares) for number in range(parts)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _even_months(unit: Unit) -> Unit:
    """1,000.00 due and paid each month."""
    return replace(unit, months=tuple(replace(month, due=1_000_00, paid=1_000_00) for month in unit.months))

"""An insured unit as the clerks' files tell it, and how one is invented from a number. Money is fen."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from deploy.local.sample.codes import credit_code, organisation_body
from deploy.local.sample.names import TRADES, person_name, unit_name
from deploy.local.sample.regions import PLACES, TURNS

BANKS = ("中国银行", "中国工商银行", "中国建设银行", "中国农业银行", "交通银行", "中原银行", "郑州银行")


@dataclass(frozen=True)
class Month:
    """One month of contributions: `paid` in time, `repaid` later; `exempt` separations count as no layoff."""

    period: str
    headcount: int
    due: int
    paid: int
    repaid: int = 0
    exempt: int = 0


@dataclass(frozen=True)
class Unit:
    """One line of employers.csv, its lines of contributions.csv, and the lists it stands on."""

    unit_no: str
    credit_code: str
    name: str
    unit_type: str
    industry: str
    size: str
    region: str
    headcount: int | None
    contact: str
    phone: str
    account: str
    bank: str
    months: tuple[Month, ...]
    dispatch: bool = False
    audit: bool = False
    dishonest_since: str = ""
    zombie_since: str = ""


def periods(programme_year: int) -> tuple[str, ...]:
    """Return the 24 months that count: those of the base year and of the year before it."""
    years = (programme_year - 2, programme_year - 1)
    return tuple(f"{year}{month:02d}" for year in years for month in range(1, 13))


def invent_units(*, programme_year: int, count: int, seed: int = 1) -> Iterator[Unit]:
    """Yield units 0 … count-1. A unit depends on seed and number only, not on how many there are."""
    for index in range(count):
        yield _invent(Random(f"{seed}/{index}"), index, programme_year)


def _invent(rng: Random, index: int, programme_year: int) -> Unit:
    round_, at = divmod(index, len(PLACES))
    place = PLACES[at]
    serial = round_ * TURNS + place.turn
    unit_type = _choose(rng, _TYPES)
    size = _choose(rng, _SIZES) if unit_type == "企业" else ""
    trade, industry = rng.choice(TRADES)
    months = _months(rng, _people(rng, size), programme_year)
    has_account, has_contact = rng.random() > 0.03, rng.random() > 0.02
    return Unit(
        unit_no=f"{place.region}{100_000 + serial}",
        credit_code=credit_code(unit_type=unit_type, region=place.region, body=organisation_body(index)),
        name=unit_name(place=place.name, number=index, unit_type=unit_type, trade=trade),
        unit_type=unit_type,
        industry=industry,
        size=size,
        region=place.region,
        headcount=_headcount_now(rng, months),
        contact=person_name(rng) if has_contact else "",
        phone=f"199037{10_000 + index % 90_000}" if has_contact else "",
        account=f"26{rng.randrange(10**14):014d}" if has_account else "",
        bank=rng.choice(BANKS) if has_account else "",
        months=months,
        dispatch=rng.random() < 0.01,
        audit=rng.random() < 0.003,
        dishonest_since=_day(rng, programme_year - 1) if rng.random() < 0.01 else "",
        zombie_since=_day(rng, programme_year - 1) if rng.random() < 0.003 else "",
    )


_TYPES = (
    ("企业", 880),
    ("个体工商户", 50),
    ("社会服务机构", 25),
    ("社会团体", 12),
    ("律师事务所", 6),
    ("会计师事务所", 4),
    ("基金会", 1),
    ("事业单位", 15),
    ("机关", 7),
)
_SIZES = (("大型", 10), ("中型", 60), ("小型", 330), ("微型", 582), ("", 18))
_TYPICAL_PEOPLE = {"大型": 800, "中型": 150, "小型": 25}


def _choose(rng: Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return rng.choices([word for word, _ in weighted], [weight for _, weight in weighted])[0]


def _people(rng: Random, size: str) -> int:
    return max(1, round(_TYPICAL_PEOPLE.get(size, 6) * rng.lognormvariate(0, 0.6)))


def _months(rng: Random, people: int, programme_year: int) -> tuple[Month, ...]:
    """Most units are steady and pay; some joined late, some shrink, some pay late or not at all."""
    trend = 1 + rng.gauss(0, 0.004) - (0.03 if rng.random() < 0.08 else 0)
    wage = rng.randint(350_000, 900_000)
    skipped = rng.randint(1, 20) if rng.random() < 0.05 else 0
    late_payer, repays = rng.random() < 0.08, rng.random() < 0.5
    months, before = [], people
    for number, period in enumerate(periods(programme_year)):
        now = max(1, round(people * trend**number))
        due = now * wage // 100
        paid = due * rng.randrange(100) // 100 if late_payer and rng.random() < 0.5 else due
        exempt = rng.randint(0, before - now) if now < before else 0
        months.append(Month(period, now, due, paid, due - paid if repays else 0, exempt))
        before = now
    return tuple(months[skipped:])


def _headcount_now(rng: Random, months: tuple[Month, ...]) -> int | None:
    if rng.random() < 0.01:
        return None
    share = rng.uniform(0.2, 0.45) if rng.random() < 0.01 else rng.uniform(0.95, 1.05)
    return round(months[-1].headcount * share)


def _day(rng: Random, year: int) -> str:
    return f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"

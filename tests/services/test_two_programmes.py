"""Two programmes on one registry, side by side: each with its own base year, ratios and amounts."""

from services.chassis.ids import new_id
from services.contracts.subsidy.registry import ImportKind
from services.contracts.subsidy.screening import ListOwnVerdicts, ListVerdicts, ReleaseScreening
from tests.people import APPROVER, EMPLOYER
from tests.services.policies import seed
from tests.services.registry import CONTRIBUTIONS, EMPLOYERS, LISTED, employer, load, unit_no
from tests.services.screening import screen

YEARS = [f"{year}{month:02}" for year in range(2021, 2025) for month in range(1, 13)]


def months(serial, people=12):
    return [f"{unit_no(serial)},{month},{people},100.00,100.00,0,0" for month in YEARS]


def test_a_unit_gets_from_each_programme_what_its_rules_say(world):
    seed(world, "henan_2023", "henan_2025")
    rows = [employer(1), employer(2, 企业规模="小型")]
    load(world, ImportKind.EMPLOYERS, [EMPLOYERS, *rows])
    load(world, ImportKind.CONTRIBUTIONS, [CONTRIBUTIONS, *months(1), *months(2)])
    for kind in (ImportKind.DISHONEST, ImportKind.ZOMBIE):
        load(world, kind, [LISTED])
    runs = {year: screen(world, year) for year in (2023, 2025)}
    amounts = {}
    for year, run in runs.items():
        page = world.ask(ListVerdicts(screening_id=run.screening_id), by=APPROVER).verdicts
        amounts |= {(year, each.unit_no[-1]): each.amount for each in page}
    assert amounts == {
        (2023, "1"): 360_00,  # 30 % of 1,200 yuan
        (2023, "2"): 720_00,
        (2025, "1"): 600_00,
        (2025, "2"): 1_080_00,
    }
    for run in runs.values():
        world.ask(ReleaseScreening(id=new_id(), screening_id=run.screening_id), by=APPROVER)
    own = world.ask(ListOwnVerdicts(), by=EMPLOYER).programmes
    assert [each.programme_year for each in own] == [2025, 2023]

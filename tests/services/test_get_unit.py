"""GetUnit: the clerks of a region look a unit up in the registry of today."""

from datetime import timedelta

import pytest

from services.contracts.errors import Forbidden, Missing
from services.contracts.subsidy.registry import GetUnit
from services.contracts.values import Post
from tests.people import APPROVER, AUDITOR, EMPLOYER, NOTICE_CLERK, RECEPTION, REVIEWER, clerk
from tests.services.refunds import MANUAL, import_units, unit

LOOK_UP = GetUnit(unit_no=MANUAL["unit_no"])


def test_a_clerk_of_the_region_sees_whom_to_compare_with_the_phone_masked(world):
    import_units(world, [MANUAL, unit(1)])
    for actor in (RECEPTION, APPROVER, REVIEWER, AUDITOR, clerk(Post.RECEPTION, region="410181")):
        shown = world.ask(LOOK_UP, by=actor)
        assert (shown.unit_name, shown.credit_code) == (MANUAL["unit_name"], EMPLOYER.employer)
        assert (shown.region, shown.contact, shown.phone_masked) == ("410181", "张敏", "199****0001")


def test_it_is_the_registry_of_today(world):
    import_units(world, [MANUAL])
    world.now += timedelta(days=1)
    import_units(world, [{**MANUAL, "unit_name": "恒远集团", "phone": None, "contact": None}])
    shown = world.ask(LOOK_UP, by=RECEPTION)
    assert (shown.unit_name, shown.contact, shown.phone_masked) == ("恒远集团", None, None)
    world.now += timedelta(days=1)
    import_units(world, [unit(1)])
    with pytest.raises(Missing, match="unit_missing"):
        world.ask(LOOK_UP, by=RECEPTION)


def test_other_posts_regions_and_people_see_nothing(world):
    import_units(world, [MANUAL])
    for actor, code in [
        (NOTICE_CLERK, "post_required"),
        (clerk(Post.ADMINISTRATOR), "post_required"),
        (EMPLOYER, "post_required"),
        (clerk(Post.AUDITOR, region="410200"), "not_your_region"),
        (None, "session_required"),
    ]:
        with pytest.raises(Forbidden, match=code):
            world.ask(LOOK_UP, by=actor)

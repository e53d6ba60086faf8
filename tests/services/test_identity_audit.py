"""The trail as the auditor reads it, through its door."""

from datetime import UTC, date, datetime

import pytest

from services.contracts.identity.audit import Act, ListAuditEntries
from services.identity.audit.steps import record
from tests.people import AUDITOR, EMPLOYER, RECEPTION, clerk
from tests.services.attempts import refusal

ADMINISTRATOR = clerk("administrator", id="clerk:admin")
MIDNIGHT = datetime(2023, 9, 14, 16, 0, tzinfo=UTC)  # in Shanghai


@pytest.fixture
def trail(world):
    """Three lines: two before midnight, one after it."""
    world.now = MIDNIGHT.replace(hour=15, minute=59)
    note(world, Act.CLERK_ADDED, "li.approver", posts="approver")
    note(world, Act.SIGN_IN_FAILED, "110***********002X", key="11010519491231002X")
    world.now = MIDNIGHT
    note(world, Act.SIGNED_IN, "110***********002X", key="11010519491231002X")
    return world


def note(world, act, subject, **facts):
    with world.job("identity").unit_of_work() as uow:
        record(uow, act, subject=subject, by=ADMINISTRATOR, **facts)


def acts(world, **asked):
    return [entry.act.value for entry in world.ask(ListAuditEntries(**asked), by=AUDITOR).entries]


def test_the_auditor_reads_the_latest_lines_first_page_by_page(trail):
    first = trail.ask(ListAuditEntries(limit=2), by=AUDITOR)
    assert [entry.act for entry in first.entries] == [Act.SIGNED_IN, Act.SIGN_IN_FAILED]
    rest = trail.ask(ListAuditEntries(limit=2, after=first.next_after), by=AUDITOR)
    [last] = rest.entries
    assert (last.act, last.actor, last.actor_name, last.subject, last.facts) == (
        Act.CLERK_ADDED,
        "clerk:admin",
        "李建国",
        "li.approver",
        {"posts": "approver"},
    )
    assert rest.next_after is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"act": "signed_in"}, ["signed_in"]),
        ({"actor": " clerk:admin "}, ["signed_in", "sign_in_failed", "clerk_added"]),
        ({"actor": "clerk:adm"}, []),
        ({"subject": "li.approver"}, ["clerk_added"]),
        ({"subject": " 11010519491231002x"}, ["signed_in", "sign_in_failed"]),
        ({"subject": "110***********002X"}, []),
        ({"since": date(2023, 9, 15)}, ["signed_in"]),
        ({"until": date(2023, 9, 14)}, ["sign_in_failed", "clerk_added"]),
        ({"since": date(2023, 9, 14), "until": date(2023, 9, 15), "act": "clerk_added"}, ["clerk_added"]),
        ({"since": date(2023, 9, 16)}, []),
    ],
)
def test_lines_are_found_by_act_actor_subject_and_shanghai_day(trail, asked, found):
    assert acts(trail, **asked) == found


@pytest.mark.parametrize("by", [ADMINISTRATOR, RECEPTION, EMPLOYER])
def test_nobody_else_reads_the_trail(trail, by):
    assert refusal(trail.ask, ListAuditEntries(), by=by)[1] == "post_required"

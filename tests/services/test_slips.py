"""Slips through their doors: drawn once for each answer, shown to whom they concern, checked by anybody."""

import hashlib
import os
from datetime import timedelta
from uuid import UUID

import pytest

from services.archive.slips.adapters.typefaces import MissingGlyph
from services.archive.slips.jobs import on_refund_confirmed
from services.archive.slips.store import noticed_refunds, slips
from services.chassis.ids import new_id
from services.chassis.sealing import seal
from services.chassis.unit_of_work import Job
from services.contracts.archive import CheckSlip, ListSlips
from services.contracts.errors import Forbidden, Missing
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived
from services.contracts.subsidy.notice import RefundsNoticed
from services.contracts.values import Actor, ActorKind, Choice, Post
from tests.people import AUDITOR, EMPLOYER, STRANGER, clerk
from tests.slips import FACTS

REFUND = UUID(FACTS.refund_id)
PERSON = Actor(id="kim", kind=ActorKind.PERSON, name="金")


@pytest.fixture(autouse=True)
def fonts(monkeypatch):
    monkeypatch.setenv("FONTS", os.environ.get("FONTS", "var/fonts"))


def answer(kind=RefundConfirmed, revision=1, **other):
    """What subsidy publishes when the employer of the manual answers."""
    told = {name: getattr(FACTS, name) for name in kind.model_fields if hasattr(FACTS, name)}
    sealed = {"account": seal(FACTS.account), "phone": seal("19903700001")}
    own = {"refund_id": REFUND, "revision": revision, "at": FACTS.answered_at + timedelta(minutes=revision)}
    return kind(**{**told, **sealed, **own, **other})


def notice(*refund_ids):
    return RefundsNoticed(
        at=FACTS.answered_at, notice_id=new_id(), number="GS-2023-0001", refund_ids=refund_ids
    )


def test_the_slip_of_an_answer_is_drawn_kept_and_shown(world):
    world.work("archive", answer())
    [slip] = world.ask(ListSlips(refund_id=REFUND), by=EMPLOYER).slips
    assert (slip.choice, slip.revision, slip.amount, slip.noticed) == (Choice.CONFIRMED, 1, 23713715, False)
    assert slip.pdf.key.startswith("slips/")
    content = world.blobs.read(slip.pdf)
    assert content.startswith(b"%PDF-1.7") and hashlib.sha256(content).hexdigest() == slip.pdf.sha256
    assert len(content) == slip.pdf.size


def test_an_answer_worked_on_twice_has_one_slip(world):
    event = answer()
    world.work("archive", event, message_id="m1")
    world.work("archive", event, message_id="m1")
    world.work("archive", event, message_id="m2")  # sent again after the inbox has forgotten
    assert len(world.rows("archive", slips)) == 1


class Crash(BaseException):
    """The process dies here."""


class DyingJob(Job):
    """Dies between blob and row."""

    def unit_of_work(self):
        raise Crash


def test_work_that_broke_off_after_the_blob_is_done_again_and_leaves_one_blob(world, tmp_path):
    event, job = answer(), world.job("archive")
    with pytest.raises(Crash):
        on_refund_confirmed(DyingJob(job.settings, job.blobs, job.clock, job.database), event)
    assert not world.rows("archive", slips)
    world.work("archive", event)
    assert len(world.rows("archive", slips)) == 1
    assert len(list((tmp_path / "blobs/slips").iterdir())) == 1


def test_answers_out_of_order_leave_the_highest_revision_in_front(world):
    world.work("archive", answer(RefundWaived, revision=2))
    world.work("archive", answer(revision=1))
    first, second = world.ask(ListSlips(refund_id=REFUND), by=AUDITOR).slips
    assert (first.revision, first.choice) == (2, Choice.WAIVED)
    assert (second.revision, second.choice) == (1, Choice.CONFIRMED)
    assert first.check_code != second.check_code


def test_a_notice_marks_the_slips_it_has_frozen_whichever_comes_first(world):
    other = new_id()
    world.hear("archive", notice(REFUND, other))
    world.work("archive", answer())
    world.work("archive", answer(refund_id=new_id(), number="WGFH-2023-410181000328"))
    assert [slip.noticed for slip in world.ask(ListSlips(refund_id=REFUND), by=EMPLOYER).slips] == [True]
    world.hear("archive", notice(REFUND))
    assert {row.refund_id for row in world.rows("archive", noticed_refunds)} == {REFUND, other}


def test_a_notice_of_five_thousand_refunds_is_remembered(world):
    world.hear("archive", notice(*(new_id() for _ in range(5000))))
    assert len(world.rows("archive", noticed_refunds)) == 5000


def test_slips_are_for_the_employer_and_the_clerks_of_the_region(world):
    world.work("archive", answer())
    assert world.ask(ListSlips(refund_id=REFUND), by=clerk(Post.RECEPTION, region="410181")).slips
    for outsider, code in [
        (STRANGER, "not_your_refund"),
        (clerk(Post.RECEPTION, region="411000"), "not_your_region"),
        (clerk(), "post_required"),
        (PERSON, "employer_required"),
        (None, "session_required"),
    ]:
        with pytest.raises(Forbidden, match=code):
            world.ask(ListSlips(refund_id=REFUND), by=outsider)


def test_before_the_first_slip_is_drawn_the_list_is_empty(world):
    assert world.ask(ListSlips(refund_id=new_id()), by=EMPLOYER).slips == ()


def test_anybody_with_number_and_check_code_learns_what_the_archive_knows(world):
    world.work("archive", answer())
    [slip] = world.ask(ListSlips(refund_id=REFUND), by=EMPLOYER).slips
    known = world.ask(CheckSlip(number=slip.number, check_code=slip.check_code))
    assert known.unit_name == FACTS.unit_name and known.credit_code_masked == "91410**********42W"
    assert (known.amount, known.choice, known.superseded) == (23713715, Choice.CONFIRMED, False)
    with pytest.raises(Missing, match="slip_missing"):
        world.ask(CheckSlip(number=slip.number, check_code="0" * 16))
    with pytest.raises(Missing, match="slip_missing"):
        world.ask(CheckSlip(number="WGFH-2023-410181000328", check_code=slip.check_code))


def test_a_slip_with_a_newer_revision_is_superseded(world):
    world.work("archive", answer())
    [old] = world.ask(ListSlips(refund_id=REFUND), by=EMPLOYER).slips
    world.work("archive", answer(RefundWaived, revision=2))
    new = world.ask(ListSlips(refund_id=REFUND), by=EMPLOYER).slips[0]
    assert world.ask(CheckSlip(number=old.number, check_code=old.check_code)).superseded is True
    assert world.ask(CheckSlip(number=new.number, check_code=new.check_code)).superseded is False


def test_the_account_stands_in_the_database_sealed_only(world):
    world.work("archive", answer())
    with world.database("archive").read() as connection:
        [raw] = connection.exec_driver_sql("SELECT facts FROM slips").scalars()
    assert FACTS.account not in raw
    [row] = world.rows("archive", slips)
    assert f"account='{FACTS.account}'" in row.facts
    assert hashlib.sha256(row.facts.encode()).hexdigest()[:16].upper() == row.check_code


def test_a_name_that_no_font_can_print_fails_loudly_and_leaves_nothing(world):
    with pytest.raises(MissingGlyph):
        world.work("archive", answer(unit_name="示例😀公司"))
    assert not world.rows("archive", slips)

"""单位银行账户变更: from the change on the money goes to the new account, until a notice has frozen it."""

import os
from datetime import timedelta

import pytest

from services.archive.slips.store import slips
from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.contracts.archive import CheckSlip, ListSlips
from services.contracts.errors import Forbidden, Missing, Refused
from services.contracts.subsidy.approval import (
    ApproveBatch,
    BatchApproved,
    BatchState,
)
from services.contracts.subsidy.bank_accounts import (
    BankAccountChanged,
    ChangeBankAccount,
    ListBankAccounts,
)
from services.contracts.subsidy.confirmation import (
    GetRefund,
    OpenStatement,
    RefundConfirmed,
    RefundWaived,
    SaveChoice,
    SubmitTodos,
)
from services.contracts.subsidy.notice import PublishNotice
from services.contracts.subsidy.registry import ImportKind, ImportReceived
from services.contracts.values import Actor, ActorKind, Choice, Post
from services.notify.sms.store import sms_messages
from services.subsidy.approval.store.refunds import refunds
from services.subsidy.confirmation.store import answers, standings
from services.subsidy.decisions.store import decisions
from services.subsidy.registry.store import account_changes, units
from tests.people import APPROVER, AUDITOR, EMPLOYER, NOTICE_CLERK, RECEPTION, REVIEWER, STRANGER, clerk
from tests.services.refunds import (
    MANUAL,
    answer,
    approve_batch,
    approved,
    employer_of,
    import_units,
    make_batch,
    refund_of,
    save,
    screened,
    unit,
)
from tests.services.registry import CODE, EMPLOYERS, employer, load, receive

OLD, NEW, BANK = "263707101046", "6222020200112233445", "中国工商银行巩义支行"
CERTIFIED = EMPLOYER.model_copy(update={"certificate": True})
SISTER = unit(328, unit_name="巩义市恒远精密制造有限公司", credit_code=EMPLOYER.employer, account="11112222")
NUMBER = "WGFH-2023-410181000327"


def change(world, row=MANUAL, by=CERTIFIED, **other):
    facts = {"unit_no": row["unit_no"], "account_name": row["unit_name"], "account": NEW, "bank": BANK}
    return world.ask(ChangeBankAccount(id=new_id(), **{**facts, **other}), by=by)


def accounts_of(world, by=EMPLOYER, employer=None):
    return world.ask(ListBankAccounts(employer=employer), by=by).accounts


def certified(row):
    return employer_of(row).model_copy(update={"certificate": True})


def account_of(world, row=MANUAL):
    [refund] = [each for each in world.rows("subsidy", refunds) if each.id == refund_of(row)]
    return unseal(refund.account), refund.account_name, refund.bank


# ---- who


def test_an_employer_sees_the_accounts_of_all_its_units_masked(world):
    import_units(world, [MANUAL, SISTER, unit(1, account=None, account_name=None, bank=None)])
    listed = accounts_of(world)
    assert [(each.unit_no, each.account_masked, each.bank) for each in listed] == [
        (MANUAL["unit_no"], "****1046", "中国银行"),
        (SISTER["unit_no"], "****2222", "中国银行"),
    ]
    assert {(each.changed_at, each.changed_by) for each in listed} == {(None, None)}
    assert OLD not in str(listed)
    [other] = accounts_of(world, by=employer_of(unit(1)))
    assert (other.account_masked, other.account_name, other.bank) == (None, None, None)
    assert accounts_of(world, by=STRANGER) == ()


def test_the_counter_sees_and_changes_those_of_its_region_for_the_employer_it_names(world):
    far = unit(9, region="410200", unit_name=MANUAL["unit_name"], credit_code=EMPLOYER.employer)
    import_units(world, [MANUAL, far])
    county = clerk(Post.RECEPTION, region="410181")
    assert [each.unit_no for each in accounts_of(world, county, EMPLOYER.employer)] == [MANUAL["unit_no"]]
    assert change(world, by=county, employer=EMPLOYER.employer).changed_by == "李建国"
    with pytest.raises(Forbidden, match="not_your_region"):
        change(world, far, by=county, employer=EMPLOYER.employer)
    with pytest.raises(Refused, match="employer_missing"):
        change(world, by=RECEPTION)
    with pytest.raises(Forbidden, match="not_your_unit"):
        change(world, by=RECEPTION, employer=STRANGER.employer)
    [kept] = world.rows("subsidy", account_changes)
    assert (kept.channel, kept.by, kept.by_name) == ("hall", county.id, "李建国")


def test_without_certificate_it_is_refused_and_the_refusal_says_what_is_needed(world):
    import_units(world, [MANUAL])
    with pytest.raises(Refused, match="business_other_way") as refused:
        change(world, by=EMPLOYER)
    assert refused.value.facts["ways"] == ["certificate", "hall"]
    assert accounts_of(world)[0].account_masked == "****1046"


def test_nobody_else_changes_an_account(world):
    import_units(world, [MANUAL])
    person = Actor(id="person:1", kind=ActorKind.PERSON)
    for actor, code in [
        (STRANGER.model_copy(update={"certificate": True}), "not_your_unit"),
        (person, "employer_required"),
        (AUDITOR, "post_required"),
        (APPROVER, "post_required"),
        (None, "session_required"),
    ]:
        with pytest.raises(Forbidden, match=code):
            change(world, by=actor, employer=EMPLOYER.employer)
        if code != "not_your_unit":
            with pytest.raises(Forbidden, match=code):
                accounts_of(world, by=actor, employer=EMPLOYER.employer)
    assert world.rows("subsidy", account_changes) == []


def test_a_unit_that_does_not_exist_is_refused_as_one_of_another(world):
    import_units(world, [MANUAL, unit(1)])
    answers_of = []
    for unit_no in (unit(1)["unit_no"], "410181999999"):
        with pytest.raises(Forbidden, match="not_your_unit") as refused:
            change(world, unit_no=unit_no)
        answers_of.append((refused.value.code, refused.value.message, refused.value.facts))
    assert answers_of[0] == answers_of[1]


# ---- to whom


def test_money_does_not_go_to_a_strangers_account(world):
    import_units(world, [MANUAL])
    for name in ("张敏", "巩义市恒远精密制造公司", "巩义市恒远精密制造有限公司(二)"):
        with pytest.raises(Refused, match="account_name_differs") as refused:
            change(world, account_name=name)
        assert refused.value.facts == {"unit_name": MANUAL["unit_name"]}
    assert world.rows("subsidy", account_changes) == world.published(BankAccountChanged) == []


def test_bracket_width_and_blanks_make_no_other_name(world):
    branch = {**MANUAL, "unit_name": "恒远精密（河南）有限公司"}
    import_units(world, [branch])
    view = change(world, branch, account_name=" 恒远精密(河南)\u3000有限 公司\n", bank="  中国 \t 银行 ")
    assert (view.account_name, view.bank) == ("恒远精密(河南) 有限 公司", "中国 银行")


@pytest.mark.parametrize(
    "wrong", [{"account": "12 34 56 78"}, {"account": "1" * 31}, {"bank": " "}, {"bank": "银" * 101}]
)
def test_what_is_no_account_is_refused_by_its_field(world, wrong):
    import_units(world, [MANUAL])
    command = ChangeBankAccount(
        id=new_id(), unit_no=MANUAL["unit_no"], account_name=MANUAL["unit_name"], account=NEW, bank=BANK
    )
    with pytest.raises(Refused, match="invalid_message") as refused:
        world.ask(command.model_copy(update=wrong), by=CERTIFIED)
    assert set(refused.value.facts["fields"]) == set(wrong)


# ---- what it does


def test_a_change_is_in_the_registry_in_the_history_and_in_the_audit_trail(world):
    import_units(world, [MANUAL, SISTER])
    command = ChangeBankAccount(
        id=new_id(), unit_no=MANUAL["unit_no"], account_name=MANUAL["unit_name"], account=NEW, bank=BANK
    )
    view = world.ask(command, by=CERTIFIED)
    assert world.ask(command, by=CERTIFIED) == view
    assert (view.account_masked, view.bank, view.refunds_changed) == ("****3445", BANK, ())
    assert (view.changed_at, view.changed_by) == (world.now, "王喆")
    assert accounts_of(world)[0] == view and accounts_of(world)[1].account_masked == "****2222"
    [kept] = world.rows("subsidy", account_changes)
    assert (kept.id, kept.unit_no, kept.credit_code) == (command.id, MANUAL["unit_no"], EMPLOYER.employer)
    assert (kept.account, kept.message_id, kept.channel) == (NEW, str(command.id), "portal")
    [written] = world.rows("subsidy", decisions)
    assert (written.what, written.actor_id, written.subject_id, written.message_id) == (
        "change_bank_account",
        CERTIFIED.id,
        command.id,
        command.id,
    )


def test_the_new_account_stands_sealed_wherever_it_is_kept(world):
    approved(world, [MANUAL])
    answer(world, MANUAL)
    change(world)
    with world.database("subsidy").read() as connection:
        for table in ("account_changes", "units", "refunds", "batch_items", "outbox", "inbox", "decisions"):
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                assert NEW not in str(row) and OLD not in str(row), table


def test_an_unanswered_refund_takes_the_account_and_no_slip_is_made(world):
    approved(world, [MANUAL, unit(1)])
    view = change(world)
    assert view.refunds_changed == (NUMBER,)
    assert account_of(world) == (NEW, MANUAL["unit_name"], BANK)
    assert account_of(world, unit(1))[0] == OLD
    shown = world.ask(GetRefund(refund_id=refund_of(MANUAL)), by=EMPLOYER)
    assert (shown.account_masked, shown.bank, shown.revision, shown.choice) == ("****3445", BANK, 0, None)
    assert world.rows("subsidy", answers) == world.published(RefundConfirmed) == []
    subjects = {
        row.subject_id for row in world.rows("subsidy", decisions) if row.what == "change_bank_account"
    }
    assert refund_of(MANUAL) in subjects and len(subjects) == 2


@pytest.mark.parametrize(
    ("choice", "event"), [(Choice.CONFIRMED, RefundConfirmed), (Choice.WAIVED, RefundWaived)]
)
def test_an_answer_that_counts_is_told_once_more_with_the_new_account(world, choice, event):
    approved(world, [MANUAL])
    answer(world, MANUAL, choice)
    chosen_at = world.now
    world.now += timedelta(days=1)
    assert change(world, by=RECEPTION, employer=EMPLOYER.employer).refunds_changed == (NUMBER,)
    first, second = world.rows("subsidy", answers)
    assert (first.revision, second.revision, second.choice) == (1, 2, choice)
    assert (second.reading_id, second.statement_digest) == (first.reading_id, first.statement_digest)
    assert (second.handler, second.channel, second.actor_id) == ("李建国", "hall", RECEPTION.id)
    assert (first.at, second.at) == (chosen_at, world.now)
    [standing] = world.rows("subsidy", standings)
    assert (standing.revision, standing.choice, standing.chosen_at) == (2, choice, chosen_at)
    old, new = world.published(event)
    assert (old.revision, unseal(old.account)) == (1, OLD)
    assert (new.revision, unseal(new.account), new.bank, new.handler) == (2, NEW, BANK, "李建国")


def test_after_the_deadline_the_account_of_an_answered_refund_can_still_be_put_right(world):
    approved(world, [MANUAL])
    answer(world, MANUAL)
    world.now += timedelta(days=200)
    assert change(world).refunds_changed == (NUMBER,)
    assert account_of(world)[0] == NEW


def test_the_archive_draws_a_new_slip_and_the_old_one_is_superseded(world, monkeypatch):
    monkeypatch.setenv("FONTS", os.environ.get("FONTS", "var/fonts"))
    approved(world, [MANUAL])
    answer(world, MANUAL)
    change(world)
    for event in world.published(RefundConfirmed):
        world.work("archive", event)
    new, old = world.ask(ListSlips(refund_id=refund_of(MANUAL)), by=EMPLOYER).slips
    assert (new.revision, old.revision) == (2, 1)
    facts = {row.revision: row.facts for row in world.rows("archive", slips)}
    assert f"account='{OLD}'" in facts[1] and f"account='{NEW}'" in facts[2]
    checked = [world.ask(CheckSlip(number=slip.number, check_code=slip.check_code)) for slip in (new, old)]
    assert [slip.superseded for slip in checked] == [False, True]


def test_the_account_that_a_refund_has_already_changes_nothing(world):
    approved(world, [MANUAL])
    answer(world, MANUAL)
    assert change(world).refunds_changed == (NUMBER,)
    assert change(world).refunds_changed == ()
    assert [row.revision for row in world.rows("subsidy", answers)] == [1, 2]


# ---- the statement


def test_a_statement_that_was_opened_before_the_change_has_to_be_read_again(world):
    approved(world, [MANUAL])
    reading = world.ask(OpenStatement(id=new_id(), refund_id=refund_of(MANUAL)), by=EMPLOYER)
    change(world)
    world.now += timedelta(seconds=10)
    command = SaveChoice(
        id=new_id(),
        refund_id=refund_of(MANUAL),
        reading_id=reading.reading_id,
        agreed=True,
        choice=Choice.CONFIRMED,
    )
    with pytest.raises(Refused, match="statement_changed"):
        world.ask(command, by=EMPLOYER)
    again = world.ask(OpenStatement(id=new_id(), refund_id=refund_of(MANUAL)), by=EMPLOYER)
    assert "****3445" in again.model_dump_json() and BANK in again.model_dump_json()
    assert answer(world, MANUAL).succeeded == 1


def test_what_waits_in_the_todo_list_rests_on_the_old_text_and_has_to_be_saved_again(world):
    approved(world, [MANUAL])
    todo = save(world, MANUAL)
    change(world)
    order = SubmitTodos(id=new_id(), todo_ids=(todo.todo_id,))
    [item] = world.ask(order, by=EMPLOYER).items
    assert (item.succeeded, item.code) == (False, "statement_changed")
    assert answer(world, MANUAL).succeeded == 1
    assert unseal(world.published(RefundConfirmed)[-1].account) == NEW


# ---- the notice


def publish(world, batch):
    return world.ask(PublishNotice(id=new_id(), batch_id=batch.batch_id), by=NOTICE_CLERK)


def test_a_refund_in_a_notice_keeps_the_account_it_was_published_with(world):
    batch = approved(world, [MANUAL, unit(1)])
    answer(world, MANUAL)
    publish(world, batch)
    view = change(world)
    assert (view.account_masked, view.refunds_changed) == ("****3445", ())
    assert account_of(world)[0] == OLD
    assert [row.revision for row in world.rows("subsidy", answers)] == [1]
    assert len(world.published(RefundConfirmed)) == 1


# ---- batches on their way


def test_a_batch_that_is_made_later_from_an_older_screening_takes_the_new_account(world):
    run = screened(world, [MANUAL, unit(1, account=None)])
    change(world)
    change(world, unit(1), by=certified(unit(1)))
    batch = approve_batch(world, make_batch(world, run))
    assert (batch.count, batch.left_out) == (2, 0)
    assert account_of(world) == (NEW, MANUAL["unit_name"], BANK)


@pytest.mark.parametrize("state", [BatchState.MADE, BatchState.APPROVING])
def test_a_line_whose_refund_is_still_to_be_made_takes_the_new_account(world, state):
    batch = make_batch(world, screened(world, [MANUAL, unit(1)]))
    if state is BatchState.APPROVING:
        order = ApproveBatch(id=new_id(), batch_id=batch.batch_id, count=batch.count, amount=batch.amount)
        world.ask(order, by=REVIEWER)
    assert change(world).refunds_changed == ()
    if state is BatchState.MADE:
        approve_batch(world, batch)
    else:
        world.work("subsidy", BatchApproved(at=world.now, batch_id=batch.batch_id))
    assert account_of(world) == (NEW, MANUAL["unit_name"], BANK)
    assert account_of(world, unit(1))[0] == OLD


# ---- the registry goes on


def test_an_import_that_is_received_later_is_the_newer_statement_and_wins(world):
    import_units(world, [MANUAL])
    change(world)
    world.now += timedelta(days=1)
    import_units(world, [MANUAL])
    [shown] = accounts_of(world)
    assert (shown.account_masked, shown.bank, shown.changed_at) == ("****1046", "中国银行", None)
    assert change(world).changed_at == world.now


def test_an_import_that_was_received_before_the_change_and_finishes_after_it_takes_the_change(world):
    load(world, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1), employer(2)])
    world.now += timedelta(hours=1)
    coming = receive(
        world, ImportKind.EMPLOYERS, [EMPLOYERS, employer(1, people=99), employer(2), employer(3)]
    )
    world.now += timedelta(hours=1)
    for account in ("6222020200112233000", NEW):
        change(
            world,
            by=CERTIFIED.model_copy(update={"employer": CODE}),
            unit_no="410181000001",
            account_name="第1号有限公司",
            account=account,
        )
    world.work("subsidy", ImportReceived(at=world.now, import_id=coming.import_id))
    first, second, third = accounts_of(world, by=CERTIFIED)
    assert (first.account_masked, first.bank, first.changed_at) == (
        "****3445",
        BANK,
        world.now + timedelta(microseconds=1),
    )
    assert (second.account_masked, third.account_masked) == ("****0002", "****0003")
    rows = {(row.import_id, row.unit_no): row for row in world.rows("subsidy", units)}
    assert rows[coming.import_id, "410181000001"].headcount == 99


def test_a_unit_that_has_come_to_another_employer_keeps_the_account_of_the_file(world):
    import_units(world, [MANUAL])
    change(world)
    import_units(world, [{**MANUAL, "credit_code": STRANGER.employer}])  # at the same moment
    [shown] = accounts_of(world, by=STRANGER)
    assert (shown.account_masked, shown.changed_at) == ("****1046", None)


# ---- who hears of it


def test_the_contact_of_the_registry_is_told_by_sms(world):
    import_units(world, [MANUAL])
    change(world)
    [event] = world.published(BankAccountChanged)
    assert (event.unit_name, event.account_masked, event.bank) == (MANUAL["unit_name"], "****3445", BANK)
    for message_id in ("m1", "m1", "m2"):
        world.hear("notify", event, message_id)
    [sms] = world.rows("notify", sms_messages)
    assert (sms.phone, sms.template, sms.state) == ("19903700001", "bank_account_changed", "created")
    assert sms.text == (
        "【稳岗返还】巩义市恒远精密制造有限公司：贵单位稳岗返还收款账户已变更为中国工商银行巩义支行，"
        "账号****3445。如非贵单位办理，请立即联系社保经办机构。"
    )


def test_where_no_phone_is_known_nobody_is_called(world):
    import_units(world, [{**MANUAL, "phone": None}])
    change(world)
    [event] = world.published(BankAccountChanged)
    world.hear("notify", event)
    assert event.phone is None and world.rows("notify", sms_messages) == []


def test_there_is_no_account_of_a_unit_that_left_the_registry(world):
    import_units(world, [MANUAL])
    world.now += timedelta(days=1)
    import_units(world, [unit(1)])
    assert accounts_of(world) == ()
    with pytest.raises(Forbidden, match="not_your_unit"):
        change(world)
    with pytest.raises(Missing):
        world.ask(GetRefund(refund_id=refund_of(MANUAL)), by=EMPLOYER)

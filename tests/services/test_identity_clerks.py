"""What administrators do with clerks' accounts, and what the auditor may not, through the doors."""

import importlib
import os
import re
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from services.chassis.ids import new_id
from services.contracts.base import Command
from services.contracts.errors import Forbidden, Missing, Problem
from services.contracts.identity import accounts, certificates, credit_codes, persons
from services.contracts.identity import clerks as messages
from services.contracts.identity.clerks import (
    AddClerk,
    ChangeClerk,
    ChangeClerkPassword,
    DisableClerk,
    EnableClerk,
    ListClerks,
    ResetClerk,
)
from services.contracts.identity.sessions import EndSession, ListSessions
from services.contracts.values import Actor, ActorKind, Post
from services.identity import operations
from services.identity.audit.store import audit_entries
from services.identity.clerks.store import clerks
from tests.people import AUDITOR, EMPLOYER, RECEPTION, clerk
from tests.services.attempts import refusal, together
from tests.services.portal import DEVELOPMENT_PASSWORD, PASSWORD, Portal

ROOT = Path(__file__).parents[2]
ADMINISTRATOR = clerk(Post.ADMINISTRATOR, id="clerk:admin")
OF_A_CITY = clerk(Post.ADMINISTRATOR, id="clerk:city", region="410100")


@pytest.fixture
def portal(world):
    portal = Portal(world)
    portal.hire()
    return portal


def add(world, account="liu.yang", by=ADMINISTRATOR, **other):
    facts = {"account": account, "full_name": "刘洋", "posts": {Post.NOTICE}, "region": "410181"}
    return world.ask(AddClerk(id=new_id(), **{**facts, **other}), by=by)


def change(world, account="li.approver", by=ADMINISTRATOR, **other):
    facts = {"account": account, "full_name": "李建国", "posts": {Post.APPROVER}, "region": "410000"}
    return world.ask(ChangeClerk(id=new_id(), **{**facts, **other}), by=by)


def tell(world, message, account, by=ADMINISTRATOR):
    return world.ask(message(id=new_id(), account=account), by=by)


def trail(world, *acts):
    return [row for row in world.rows("identity", audit_entries) if row.act in acts]


# ---- making and changing


def test_an_administrator_makes_an_account_with_a_first_password(world, portal):
    view = add(world, " Liu.Yang ", full_name=" 刘洋 ")
    assert (view.clerk.account, view.clerk.full_name, view.clerk.posts) == ("liu.yang", "刘洋", ("notice",))
    assert (view.clerk.has_second_factor, view.clerk.signed_in, view.clerk.disabled_at) == (False, 0, None)
    assert re.fullmatch(r"([a-z]{6}-){2}\d{4}", view.initial_password)
    assert view.initial_password not in repr(view)
    [line] = [row for row in trail(world, "clerk_added") if row.subject == "liu.yang"]
    assert (line.actor, line.facts) == ("clerk:admin", {"posts": "notice", "region": "410181"})
    assert view.initial_password not in str(world.rows("identity", clerks))


def test_first_passwords_differ(world, portal):
    assert len({add(world, f"clerk{number}").initial_password for number in range(5)}) == 5


def test_there_is_one_account_of_a_name(world, portal):
    assert refusal(add, world, "admin")[1:] == (
        "clerk_exists",
        "there is such an account already",
        {"account": "admin"},
    )
    assert together(4, lambda _: add(world)) == [""] + ["clerk_exists"] * 3


@pytest.mark.parametrize(
    ("wrong", "field"), [({"account": "9lives"}, "account"), ({"full_name": " "}, "name")]
)
def test_an_account_that_breaks_a_rule_is_refused(world, portal, wrong, field):
    answer = refusal(add, world, **wrong)
    assert (answer[1], answer[3]) == ("clerk_invalid", {"fields": [field]})
    if field == "name":
        assert refusal(change, world, **wrong)[1] == "clerk_invalid"


def test_an_administrator_keeps_to_its_region(world, portal):
    assert refusal(add, world, region="410200", by=OF_A_CITY)[1] == "not_your_region"
    add(world, "he.zz", region="410102", by=OF_A_CITY)
    assert refusal(change, world, "he.zz", region="410200", by=OF_A_CITY)[1] == "not_your_region"
    assert change(world, "he.zz", region="410103", by=OF_A_CITY).region == "410103"
    for message in (DisableClerk, EnableClerk, ResetClerk):
        assert refusal(tell, world, message, "li.approver", by=OF_A_CITY)[1] == "not_your_region"
        assert tell(world, message, "he.zz", by=OF_A_CITY)


def test_a_change_counts_from_the_next_token_on(world, portal):
    token = portal.sign_in_clerk("li.approver").token
    view = change(world, posts={Post.REVIEWER, Post.NOTICE}, region="410100", full_name="李国")
    assert (view.posts, view.region, view.signed_in) == (("notice", "reviewer"), "410100", 1)
    actor = portal.renew(token).actor
    assert (actor.posts, actor.region, actor.name) == ({"notice", "reviewer"}, "410100", "李国")
    [line] = trail(world, "clerk_changed")
    assert line.facts == {
        "posts_before": "approver",
        "posts": "notice reviewer",
        "region_before": "410000",
        "region": "410100",
    }


def test_who_is_not_there_cannot_be_changed(world, portal):
    for message in (DisableClerk, EnableClerk, ResetClerk):
        assert refusal(tell, world, message, "nobody")[:2] == (Missing, "clerk_missing")
    assert refusal(change, world, "nobody")[1] == "clerk_missing"


def test_nobody_changes_the_own_account(world, portal):
    for message in (DisableClerk, EnableClerk, ResetClerk):
        assert refusal(tell, world, message, " Admin")[1] == "own_account"
    assert refusal(change, world, "admin", posts={Post.ADMINISTRATOR, Post.PAYMENT})[1] == "own_account"


# ---- disabling


def test_who_is_disabled_is_out_with_the_token_and_stays_out(world, portal):
    view, pending = portal.sign_in_clerk("li.approver"), portal.begin_clerk("li.approver")
    disabled = tell(world, DisableClerk, "li.approver")
    assert (disabled.disabled_at, disabled.signed_in) == (world.now, 0)
    assert refusal(portal.renew, view.token)[:2] == (Forbidden, "session_over")
    assert refusal(portal.finish, pending)[1] == "second_step_over"
    assert refusal(portal.begin_clerk, "li.approver")[1] == "sign_in_failed"
    assert tell(world, EnableClerk, "li.approver").disabled_at is None
    assert refusal(portal.renew, view.token)[1] == "session_over", "what has ended stays so"
    world.now += timedelta(minutes=1)
    assert portal.sign_in_clerk("li.approver")
    acts = [row.act for row in trail(world, "clerk_disabled", "clerk_enabled", "session_ended")]
    assert acts == ["clerk_disabled", "session_ended", "clerk_enabled"]


def test_disabling_and_enabling_again_changes_nothing(world, portal):
    first = tell(world, DisableClerk, "li.approver")
    world.now += timedelta(minutes=1)
    assert tell(world, DisableClerk, "li.approver") == first
    tell(world, EnableClerk, "li.approver")
    tell(world, EnableClerk, "li.approver")
    assert len(trail(world, "clerk_disabled", "clerk_enabled")) == 2


def test_a_reset_takes_password_authenticator_and_sign_ins_away(world, portal):
    view = portal.sign_in_clerk("li.approver")
    reset = tell(world, ResetClerk, "li.approver")
    assert (reset.clerk.has_second_factor, reset.clerk.signed_in) == (False, 0)
    assert refusal(portal.renew, view.token)[1] == "session_over"
    assert refusal(portal.begin_clerk, "li.approver")[1] == "sign_in_failed"
    assert portal.enrol(portal.begin_clerk("li.approver", reset.initial_password)).actor.posts == {"approver"}


# ---- the last administrator


def test_the_last_administrator_is_neither_disabled_nor_stripped(world, portal):
    """Who acts may have been disabled a moment ago: the token lives on for a minute."""
    ghost = clerk(Post.ADMINISTRATOR, id="clerk:ghost")
    assert refusal(tell, world, DisableClerk, "admin", by=ghost)[1] == "last_administrator"
    assert refusal(change, world, "admin", posts={Post.NOTICE}, by=ghost)[1] == "last_administrator"
    assert change(world, "admin", posts={Post.NOTICE, Post.ADMINISTRATOR}, by=ghost)
    assert tell(world, ResetClerk, "admin", by=ghost), "it can be enrolled again"
    add(world, "second", posts={Post.ADMINISTRATOR}, region="410000")
    assert tell(world, DisableClerk, "admin", by=ghost)


def test_two_administrators_who_disable_each_other_do_not_both_succeed(world, portal):
    add(world, "second", posts={Post.ADMINISTRATOR}, region="410000")
    second = clerk(Post.ADMINISTRATOR, id="clerk:second")
    pairs = [("second", ADMINISTRATOR), ("admin", second)]
    answers = together(2, lambda number: tell(world, DisableClerk, pairs[number][0], by=pairs[number][1]))
    assert answers == ["", "last_administrator"]


# ---- who may


def commands():
    """Return a command of each kind that changes accounts, maintenances or authorities."""
    who = {"full_name": "刘洋", "posts": {Post.NOTICE}, "region": "410181"}
    return [
        AddClerk(id=new_id(), account="liu.yang", **who),
        ChangeClerk(id=new_id(), account="li.approver", **who),
        *(kind(id=new_id(), account="li.approver") for kind in (DisableClerk, EnableClerk, ResetClerk)),
        EndSession(id=new_id(), session_id=uuid4()),
    ]


@pytest.mark.parametrize("by", [AUDITOR, RECEPTION, EMPLOYER, None])
def test_only_an_administrator_changes_clerks(world, portal, by):
    for command in commands():
        answer = refusal(world.ask, command, by=by)
        assert answer[:2] == (Forbidden, "post_required" if by else "session_required")


# Who is nobody yet may send these; ChangeClerkPassword is about the own sign-in.
NOT_ABOUT_POSTS = {
    *("RequestPersonCode", "RegisterPerson", "ResetPersonPassword", "IssueChallenge"),
    *("RegisterEmployer", "RequestSmsCode", "ResetEmployerPassword", "ChangeClerkPassword"),
}


def business_commands():
    """Return the commands of identity that need somebody to be somebody, as they are in the examples."""
    doors = importlib.import_module("services.identity.service").Identity
    for room in (accounts, certificates, credit_codes, persons, messages):
        for kind in vars(room).values():
            is_command = isinstance(kind, type) and issubclass(kind, Command)
            if is_command and hasattr(doors, kind.name) and kind.__name__ not in NOT_ABOUT_POSTS:
                example = ROOT / f"tests/contracts/examples/identity/{kind.name}.json"
                yield kind.model_validate_json(example.read_text())


def test_every_command_of_identity_is_refused_to_the_auditor(world, portal):
    refused = {}
    for command in business_commands():
        refused[type(command).__name__] = refusal(world.ask, command, by=AUDITOR)[1]
    assert {"AddClerk", "ChangeClerk", "DisableClerk", "EnableClerk", "ResetClerk"} <= refused.keys()
    codes = {"post_required", "person_required", "employer_required", "business_other_way"}
    assert set(refused.values()) <= codes


# ---- seeing


def test_administrator_and_auditor_see_the_clerks_of_their_region_page_by_page(world, portal):
    portal.sign_in_clerk("admin")
    add(world, "a.zhou", region="410181")
    first = world.ask(ListClerks(limit=3), by=AUDITOR)
    assert [view.account for view in first.clerks] == ["a.zhou", "admin", "auditor"]
    assert [view.signed_in for view in first.clerks] == [0, 1, 0]
    rest = world.ask(ListClerks(limit=200, after=first.next_after), by=AUDITOR)
    assert (len(rest.clerks), rest.next_after) == (5, None)
    local = clerk(Post.ADMINISTRATOR, region="410100")
    assert [view.account for view in world.ask(ListClerks(), by=local).clerks] == ["a.zhou"]
    assert refusal(world.ask, ListClerks(), by=RECEPTION)[1] == "post_required"
    nowhere = clerk(Post.AUDITOR, region="")
    assert refusal(world.ask, ListClerks(), by=nowhere)[1] == "not_your_region"


@pytest.mark.parametrize(
    ("find", "count"), [("ZHAO", 1), ("李", 1), ("%", 0), ("_", 0), (" admin ", 1), ("", 7)]
)
def test_clerks_are_found_by_part_of_account_or_name(world, portal, find, count):
    assert len(world.ask(ListClerks(find=find), by=ADMINISTRATOR).clerks) == count


def test_one_sees_and_ends_ones_own_sign_ins(world, portal):
    world.address, world.agent = "203.0.113.7", "Firefox"
    first = portal.sign_in_clerk("li.approver")
    world.now += timedelta(minutes=1)
    world.address = "2001:db8::7"
    second = portal.sign_in_clerk("li.approver")
    seen = world.ask(ListSessions(), token=second.token).sessions
    assert [(view.address, view.agent, view.is_this) for view in seen] == [
        ("2001:db8::7", "Firefox", True),
        ("203.0.113.7", "Firefox", False),
    ]
    assert {view.kind for view in seen} == {ActorKind.CLERK} and not any(view.certificate for view in seen)
    for _ in range(2):
        ending = EndSession(id=new_id(), session_id=seen[1].session_id)
        assert world.ask(ending, token=second.token).done
    assert refusal(portal.renew, first.token)[1] == "session_over"
    assert portal.renew(second.token)
    assert len(world.ask(ListSessions(), token=second.token).sessions) == 1
    assert len(trail(world, "session_ended")) == 1


def test_an_administrator_sees_and_ends_sign_ins_of_its_clerks_the_auditor_only_sees(world, portal):
    view = portal.sign_in_clerk("li.approver")
    asked = ListSessions(clerk=" Li.Approver")
    for by in (ADMINISTRATOR, AUDITOR, clerk(Post.AUDITOR, region="410100")):
        [seen] = world.ask(asked, by=by).sessions
        assert not seen.is_this
    assert refusal(world.ask, asked, by=OF_A_CITY)[1] == "not_your_region"
    assert refusal(world.ask, asked, by=RECEPTION)[1] == "post_required"
    assert refusal(world.ask, ListSessions(clerk="nobody"), by=AUDITOR)[:2] == (Missing, "clerk_missing")

    ending = EndSession(id=new_id(), session_id=seen.session_id)
    assert refusal(world.ask, ending, by=AUDITOR)[1] == "post_required"
    assert refusal(world.ask, ending, by=OF_A_CITY)[1] == "not_your_region"
    assert world.ask(EndSession(id=new_id(), session_id=seen.session_id), by=ADMINISTRATOR).done
    assert refusal(portal.renew, view.token)[1] == "session_over"
    [line] = trail(world, "session_ended")
    assert (line.actor, line.subject) == ("clerk:admin", "li.approver")


def test_the_sign_ins_of_an_employer_are_nobody_elses_business(world, portal):
    session = portal.open().actor.session
    ending = EndSession(id=new_id(), session_id=session)
    assert refusal(world.ask, ending, by=ADMINISTRATOR)[:2] == (Missing, "sign_in_missing")
    other = Actor(id="employer:91410100MA9K5T3R8R", kind=ActorKind.EMPLOYER, employer="91410100MA9K5T3R8R")
    assert refusal(world.ask, ending, by=other)[1] == "post_required"
    assert not world.ask(ListSessions(), by=other).sessions


# ---- the own password


def test_a_clerk_changes_its_password_and_its_other_sign_ins_end(world, portal):
    other, this = portal.sign_in_clerk("li.approver"), portal.sign_in_clerk("li.approver")
    facts = {"old_password": DEVELOPMENT_PASSWORD, "password": PASSWORD}
    assert world.ask(ChangeClerkPassword(id=new_id(), **facts), token=this.token).done
    assert refusal(portal.renew, other.token)[1] == "session_over"
    assert portal.renew(this.token)
    assert refusal(portal.begin_clerk, "li.approver")[1] == "sign_in_failed"
    assert portal.begin_clerk("li.approver", PASSWORD).second_step
    acts = [row.act for row in trail(world, "password_changed", "session_ended")]
    assert acts == ["password_changed", "session_ended"]


def test_a_session_left_open_is_no_leave_to_try_passwords(world, portal):
    token = portal.sign_in_clerk("li.approver").token

    def try_one(old, new=PASSWORD):
        command = ChangeClerkPassword(id=new_id(), old_password=old, password=new)
        return refusal(world.ask, command, token=token)

    weak = try_one(DEVELOPMENT_PASSWORD, "password123")
    assert (weak[1], weak[3]["rule"]) == ("password_weak", "common")
    assert try_one(DEVELOPMENT_PASSWORD, DEVELOPMENT_PASSWORD)[3]["rule"] == "same"
    assert [try_one("wrong")[1] for _ in range(4)] == ["password_wrong"] * 4
    assert try_one("wrong")[1] == try_one(DEVELOPMENT_PASSWORD)[1] == "locked"
    assert len(trail(world, "password_change_failed")) == 4 and len(trail(world, "locked")) == 2
    portal.change(clerks, disabled_at=world.now)
    assert try_one(DEVELOPMENT_PASSWORD)[1] == "session_over"


def test_the_password_of_a_clerk_is_for_clerks(world, portal):
    command = ChangeClerkPassword(id=new_id(), old_password="x", password=PASSWORD)
    assert refusal(world.ask, command, by=EMPLOYER)[1] == "post_required"


# ---- the first administrator


def test_operators_make_an_administrator(world, portal):
    job = world.job("identity")
    facts = {"name": "王磊", "region": "410000"}
    password = operations.add_administrator(job, account="Wang.Lei", **facts)
    view = portal.enrol(portal.begin_clerk("wang.lei", password))
    assert (view.actor.posts, view.actor.region, view.actor.name) == ({"administrator"}, "410000", "王磊")
    with pytest.raises(Problem, match="clerk_exists"):
        operations.add_administrator(job, account="wang.lei", **facts)
    with pytest.raises(Problem, match="clerk_invalid"):
        operations.add_administrator(job, account="wang", name="王磊", region="41")


def test_the_command_line_makes_an_administrator_and_shows_its_password_once(world, portal, tmp_path):
    settings = world.settings("identity")
    environment = {
        **os.environ,
        "ENVIRONMENT": "production",
        "BROKER_URL": "amqp://nobody@127.0.0.1:1",
        "SESSION_PUBLIC_KEY": settings.session_public_key,
        "FIELD_KEYS": settings.field_keys.get_secret_value(),
        "BLOBS": f"file://{tmp_path}/blobs",
        "IDENTITY_DATABASE_URL": settings.database_url,
        "IDENTITY_SESSION_PRIVATE_KEY": settings.session_private_key.get_secret_value(),
    }
    command = [
        sys.executable,
        "-m",
        "services",
        "add-administrator",
        "wang.lei",
        "王磊",
        "--region",
        "410100",
    ]
    run = partial(subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True)
    made = run(timeout=120)
    password = made.stdout.removeprefix("first password: ").strip()
    assert portal.begin_clerk("wang.lei", password).second_step
    again = run(timeout=120)
    assert again.returncode == 1 and "clerk_exists" in again.stderr and not again.stdout

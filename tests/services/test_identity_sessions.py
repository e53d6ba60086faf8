"""Coming in, staying, leaving: pictures, locks, tokens, through the doors."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from PIL import Image

from services.chassis.ids import new_id
from services.chassis.schema import inbox
from services.chassis.sessions import AUDIENCE, SessionVerifier
from services.contracts.errors import Forbidden, Refused
from services.contracts.identity.audit import ListAuditEntries
from services.contracts.identity.credit_codes import EnterMaintenance
from services.contracts.identity.sessions import SignInClerk, SignInEmployer
from services.contracts.identity.verification import IssuePictureCode
from services.contracts.values import ActorKind
from services.identity import seed
from services.identity.accounts.store import employers
from services.identity.audit.store import audit_entries
from services.identity.clerks.store import clerks
from services.identity.locks.store import locks
from services.identity.passwords.adapters import hashing
from services.identity.sessions.jobs import sweep_sessions
from services.identity.sessions.store.devices import devices
from services.identity.sessions.store.pending import pending_sign_ins
from services.identity.sessions.store.sessions import sessions
from services.identity.settings import Settings
from services.identity.verification.domain import PICTURE_CHARACTERS
from services.identity.verification.store import picture_codes
from tests.people import AUDITOR, CODE, PRIVATE_KEY, PUBLIC_KEY, session
from tests.services.attempts import refusal
from tests.services.portal import DEVELOPMENT_PASSWORD, HANDLER, PASSWORD, PHONE, UNIT_NAME, UNIT_NO, Portal

UNKNOWN = "91410100MA9K5T3R8R"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def portal(world):
    portal = Portal(world)
    portal.hire()
    return portal


@pytest.fixture
def employer(portal):
    """The manual's employer with its administrator."""
    portal.open()
    return portal


def actor_of(world, token):
    """What every service reads in a token."""
    return SessionVerifier(PUBLIC_KEY, world.clock).verify(token)


def acts(world) -> list[tuple[str, str]]:
    """Return the lines of the trail about coming and going: (kind, act)."""
    rows = world.rows("identity", audit_entries)
    return [(row.facts["kind"], row.act) for row in rows if "kind" in row.facts]


# ---- pictures


def test_a_picture_is_a_png_and_its_text_has_no_look_alikes(portal):
    view = portal.world.ask(IssuePictureCode(id=new_id()))
    picture = Image.open(BytesIO(base64.b64decode(view.png_base64)))
    assert (picture.format, picture.size) == ("PNG", (160, 60))
    assert len(view.answer) in (4, 5) and set(view.answer) <= set(PICTURE_CHARACTERS)
    assert not set(PICTURE_CHARACTERS) & set("0OQD1I2Z5S8BG")


def test_the_answer_is_kept_as_a_hash_and_told_in_development_only(world, portal, monkeypatch):
    answer = portal.picture()["picture_code"]
    assert answer not in str(world.rows("identity", picture_codes))
    production = world.settings("identity").model_copy(update={"environment": "production"})
    monkeypatch.setattr(world, "settings", lambda _: production)
    assert world.ask(IssuePictureCode(id=new_id())).answer is None


def test_a_picture_is_good_once_in_any_case_for_five_minutes(world, employer):
    picture = employer.picture()
    assert employer.sign_in(**{**picture, "picture_code": picture["picture_code"].lower()})
    assert refusal(employer.sign_in, **picture)[1] == "picture_code_wrong"
    late = employer.picture()
    world.now += 5 * MINUTE
    assert refusal(employer.sign_in, **late)[1] == "picture_code_wrong"


def test_a_wrong_answer_uses_the_picture_up(world, employer):
    picture = employer.picture()
    assert refusal(employer.sign_in, **{**picture, "picture_code": "????"})[1] == "picture_code_wrong"
    assert refusal(employer.sign_in, **picture)[1] == "picture_code_wrong"
    assert refusal(employer.sign_in, picture_id=uuid4(), picture_code="A")[1] == "picture_code_wrong"
    assert not world.rows("identity", locks), "a picture that was not read is no guess at a password"


def test_a_wrong_password_uses_the_picture_up(employer):
    picture = employer.picture()
    assert refusal(employer.sign_in, "wrong", **picture)[1] == "sign_in_failed"
    assert refusal(employer.sign_in, **picture)[1] == "picture_code_wrong"


# ---- employers


def test_an_employer_comes_in_with_code_password_and_picture(world, employer):
    view = employer.sign_in()
    assert view.expires_at == world.now + MINUTE
    assert actor_of(world, view.token) == view.actor
    assert (view.actor.id, view.actor.kind) == (f"employer:{CODE}", ActorKind.EMPLOYER)
    assert (view.actor.employer, view.actor.name, view.actor.posts) == (CODE, HANDLER, frozenset())


def test_nobody_can_tell_a_wrong_password_from_an_account_that_is_not_there(world, employer):
    for _ in range(4):
        assert refusal(employer.sign_in, "wrong") == refusal(employer.sign_in, "wrong", UNKNOWN)
        assert refusal(employer.sign_in_clerk, "li.approver", "no") == (Refused, "sign_in_failed", "", {})
        assert refusal(employer.sign_in_clerk, "nobody", "no") == (Refused, "sign_in_failed", "", {})
    known, unknown = refusal(employer.sign_in, "wrong"), refusal(employer.sign_in, "wrong", UNKNOWN)
    assert known == unknown
    assert (known[1], known[3]) == ("locked", {"until": (world.now + 10 * MINUTE).isoformat()})
    assert refusal(employer.sign_in) == refusal(employer.sign_in, PASSWORD, UNKNOWN) == known


def test_an_account_without_an_administrator_answers_like_one_that_is_not_there(portal):
    portal.maintain()
    portal.register()
    assert refusal(portal.sign_in, "wrong") == refusal(portal.sign_in, "wrong", UNKNOWN)


def test_an_unknown_account_costs_as_much_computing_as_a_known_one(employer, monkeypatch):
    """The password is checked once in each case, against a hash of the same cost."""
    checked = []

    def verify(hasher, hashed, password):
        checked.append(hashed.rsplit("$", 2)[0])
        return False

    monkeypatch.setattr(hashing, "_verify", verify)
    for code in (CODE, UNKNOWN):
        refusal(employer.sign_in, "wrong", code)
    refusal(employer.sign_in_clerk, "nobody", "wrong")
    assert checked == ["$argon2id$v=19$m=19456,t=2,p=1"] * 3


# ---- locks


def test_the_right_password_does_not_open_a_lock_and_each_lock_is_twice_as_long(world, employer):
    for minutes in (10, 20, 40):
        for _ in range(5):
            refusal(employer.sign_in, "wrong")
        world.now += minutes * MINUTE - timedelta(seconds=1)
        assert refusal(employer.sign_in)[1] == "locked"
        world.now += timedelta(seconds=1)
    assert employer.sign_in()


def test_coming_in_forgets_the_failures(world, employer):
    for _ in range(3):
        for _ in range(4):
            assert refusal(employer.sign_in, "wrong")[1] == "sign_in_failed"
        world.now += MINUTE  # for the SMS
        assert employer.sign_in()


def test_a_lock_concerns_one_account_only(employer):
    for _ in range(5):
        refusal(employer.sign_in_clerk, "li.approver", "wrong")
    assert refusal(employer.sign_in_clerk, " LI.Approver")[1] == "locked"
    assert employer.sign_in_clerk("zhang.reviewer")
    assert employer.sign_in()


def test_guesses_at_the_same_moment_are_counted_one_by_one(world, employer):
    pictures = [employer.picture() for _ in range(12)]

    def guess(picture):
        return refusal(employer.sign_in, "wrong", **picture)[1]

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(guess, pictures))
    assert sorted(answers) == ["locked"] * 8 + ["sign_in_failed"] * 4


def test_the_right_password_may_come_in_many_times_at_the_same_moment(world, employer):
    refusal(employer.sign_in, "wrong")
    pictures = [employer.picture() for _ in range(12)]
    with ThreadPoolExecutor(6) as threads:
        views = list(threads.map(lambda picture: employer.sign_in(**picture), pictures))
    assert len({view.token for view in views}) == 12
    assert not world.rows("identity", locks)


def test_a_resent_sign_in_is_the_same_sign_in(world, employer):
    facts = {"credit_code": CODE, "password": PASSWORD, "device": employer.device}
    command = SignInEmployer(id=new_id(), **facts, **employer.picture())
    assert world.ask(command) == world.ask(command)
    wrong = SignInClerk(id=new_id(), account="admin", password="wrong", **employer.picture())
    assert refusal(world.ask, wrong) == refusal(world.ask, wrong)
    assert [row.failures for row in world.rows("identity", locks)] == [1]


def test_what_counts_no_more_is_swept(world, employer):
    refusal(employer.sign_in, "wrong")
    world.now += 14 * MINUTE
    alive = employer.sign_in_clerk("admin")
    employer.begin(device=None)
    world.now += 2 * MINUTE
    world.sweep("identity", sweep_sessions)
    assert [row.account for row in world.rows("identity", sessions)] == ["admin"]
    assert len(world.rows("identity", locks)) == len(world.rows("identity", pending_sign_ins)) == 1
    assert employer.renew(alive.token)
    world.now += timedelta(hours=48)
    world.sweep("identity", sweep_sessions)
    for table in (sessions, locks, pending_sign_ins):
        assert not world.rows("identity", table)
    assert len(world.rows("identity", devices)) == 1
    world.now += timedelta(days=180)
    world.sweep("identity", sweep_sessions)
    assert not world.rows("identity", devices)


# ---- clerks


def test_a_clerk_comes_in_with_posts_and_region_and_may_act(world, portal):
    view = portal.sign_in_clerk("Chen.Reception")
    assert (view.actor.id, view.actor.name, view.actor.region) == ("clerk:chen.reception", "陈静", "410000")
    assert view.actor.posts == {"reception"}
    command = EnterMaintenance(
        id=new_id(),
        credit_code=CODE,
        unit_no=UNIT_NO,
        unit_name=UNIT_NAME,
        handler_name=HANDLER,
        handler_phone=PHONE,
    )
    assert world.ask(command, token=view.token).unit_no == UNIT_NO


def test_the_seed_makes_clerks_for_each_post_and_only_once(world, portal):
    before = world.rows("identity", clerks)
    portal.hire()
    assert world.rows("identity", clerks) == before
    posts = {row.account: row.posts for row in before}
    assert posts == {
        "li.approver": ["approver"],
        "zhang.reviewer": ["reviewer"],
        "zhao.head": ["approver", "reviewer"],
        "wang.notice": ["notice"],
        "chen.reception": ["reception"],
        "admin": ["administrator"],
        "auditor": ["auditor"],
    }


def test_in_production_the_seed_makes_nobody(world, monkeypatch):
    production = world.settings("identity").model_copy(update={"environment": "production"})
    monkeypatch.setattr(world, "settings", lambda _: production)
    seed.seed(world.job("identity"))
    assert not world.rows("identity", clerks)


# ---- staying


def test_a_token_that_has_just_run_out_is_renewed(world, employer):
    view = employer.sign_in()
    world.now += 14 * MINUTE
    with pytest.raises(Forbidden, match="session_expired"):
        actor_of(world, view.token)
    renewed = employer.renew(view.token)
    assert actor_of(world, renewed.token) == view.actor
    assert renewed.expires_at == world.now + MINUTE


def test_after_15_minutes_idle_it_is_over(world, employer):
    view = employer.sign_in()
    world.now += 15 * MINUTE
    assert refusal(employer.renew, view.token)[:2] == (Forbidden, "session_over")


def test_after_12_hours_it_is_over_however_busy(world, employer):
    view, began = employer.sign_in(), world.now
    while world.now < began + timedelta(hours=12) - 10 * MINUTE:
        world.now += 10 * MINUTE
        view = employer.renew(view.token)
    world.now = began + timedelta(hours=12) - timedelta(seconds=30)
    assert employer.renew(view.token).expires_at == began + timedelta(hours=12)
    world.now = began + timedelta(hours=12)
    assert refusal(employer.renew, view.token)[1] == "session_over"


def test_a_token_signed_by_another_key_is_refused(world, employer):
    claims = jwt.decode(employer.sign_in().token, options={"verify_signature": False})
    other = Ed25519PrivateKey.generate()
    forged = jwt.encode(claims, other, algorithm="EdDSA")
    for action in (employer.renew, employer.sign_out):
        assert refusal(action, forged)[:2] == (Forbidden, "session_invalid")
    for nonsense in ("", "x.y.z", jwt.encode(claims, PUBLIC_KEY[:64], algorithm="HS256")):
        assert refusal(employer.renew, nonsense)[1] == "session_invalid"


def test_a_signed_token_without_a_sign_in_renews_nothing(world, employer):
    actor = employer.sign_in().actor
    assert refusal(employer.renew, session(actor, now=world.now.timestamp()))[1] == "session_invalid"
    claims = jwt.decode(employer.sign_in().token, options={"verify_signature": False})
    for change, code in [
        ({"sid": str(uuid4())}, "session_over"),
        ({"sid": 7}, "session_invalid"),
        ({"iat": "soon"}, "session_invalid"),
        ({"aud": "elsewhere"}, "session_invalid"),
    ]:
        token = jwt.encode({**claims, **change}, _private_key(), algorithm="EdDSA")
        assert refusal(employer.renew, token)[1] == code
    assert claims["aud"] == AUDIENCE


def _private_key():
    return load_pem_private_key(PRIVATE_KEY.encode(), password=None)


def test_who_is_disabled_can_neither_stay_nor_come_in(world, employer):
    employer_view, clerk_view = employer.sign_in(), employer.sign_in_clerk("admin")
    employer.change(employers, disabled_at=world.now)
    employer.change(clerks, disabled_at=world.now)
    for view in (employer_view, clerk_view):
        assert refusal(employer.renew, view.token)[:2] == (Forbidden, "session_over")
    assert refusal(employer.sign_in) == refusal(employer.sign_in, PASSWORD, UNKNOWN)
    assert refusal(employer.sign_in_clerk, "admin")[1] == "sign_in_failed"


def test_changed_posts_count_from_the_next_renewal(world, portal):
    view = portal.sign_in_clerk("li.approver")
    portal.change(clerks, posts=["auditor"], region="410100")
    renewed = portal.renew(view.token).actor
    assert (renewed.posts, renewed.region) == ({"auditor"}, "410100")


def test_each_sign_in_is_a_session_of_its_own(world, employer):
    first, second = employer.sign_in(), employer.sign_in()
    employer.sign_out(first.token)
    assert refusal(employer.renew, first.token)[1] == "session_over"
    assert employer.renew(second.token)


# ---- leaving, and what is recorded


def test_leaving_twice_is_leaving_once(world, employer):
    view = employer.sign_in()
    world.now += timedelta(hours=1)  # the token ran out long ago
    assert employer.sign_out(view.token).signed_out
    assert employer.sign_out(view.token).signed_out
    assert acts(world).count(("employer", "signed_out")) == 1


def test_every_attempt_is_recorded_without_secrets(world, employer):
    world.address, world.agent = "203.0.113.7", "Mozilla/5.0"
    refusal(employer.sign_in, **{**employer.picture(), "picture_code": "????"})
    for _ in range(5):
        refusal(employer.sign_in_clerk, "li.approver", "wrong")
    refusal(employer.sign_in_clerk, "li.approver")
    refusal(employer.register_administrator, sms_code="000000")
    employer.sign_out(employer.sign_in_clerk("admin").token)
    assert acts(world) == [
        ("employer", "signed_in"),
        ("employer", "picture_code_wrong"),
        *[("clerk", "sign_in_failed")] * 4,
        *[("clerk", "locked")] * 2,
        ("employer", "sign_in_failed"),
        ("clerk", "second_step_asked"),
        ("clerk", "signed_in"),
        ("clerk", "signed_out"),
    ]
    rows = world.rows("identity", audit_entries)
    assert {row.subject for row in rows[-5:]} == {"li.approver", "admin", CODE}
    assert all((row.address, row.agent) == (world.address, world.agent) for row in rows[-10:])
    assert (rows[-1].actor, rows[-1].actor_name) == ("clerk:admin", "系统管理员")
    assert rows[-4].actor == "", "nobody has proved to be anybody yet"
    assert not any(secret in str(rows) for secret in (PHONE, PASSWORD, DEVELOPMENT_PASSWORD))


def test_what_is_typed_into_the_wrong_field_is_not_shown_in_the_trail(world, portal):
    refusal(portal.sign_in_clerk, "Song-Shan-2023", "wrong")
    [found] = world.ask(ListAuditEntries(subject="song-shan-2023"), by=AUDITOR).entries
    assert (found.act, found.subject) == ("sign_in_failed", "so***")


# ---- settings


def test_a_private_key_that_does_not_fit_the_public_one_fails_at_start(world):
    settings = world.settings("identity").model_dump()
    other = Ed25519PrivateKey.generate()
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    with pytest.raises(ValueError, match="is not the Ed25519 key of SESSION_PUBLIC_KEY") as error:
        Settings(**{**settings, "session_private_key": pem})
    assert "PRIVATE KEY-----" not in str(error.value)


def test_what_is_remembered_of_a_sign_in_opens_nothing(world, employer):
    """Neither the session nor anything against which a password could be tried without our keys."""
    facts = {"credit_code": CODE, "password": PASSWORD, "device": employer.device}
    command = SignInEmployer(id=new_id(), **facts, **employer.picture())
    token = world.ask(command).session.token
    [row] = [row for row in world.rows("identity", inbox) if row.message_id == str(command.id)]
    assert token not in str(row) and token.split(".")[2] not in str(row)
    content = json.dumps([command.to_wire(), None], sort_keys=True)
    assert row.fingerprint != hashlib.sha256(content.encode()).hexdigest()

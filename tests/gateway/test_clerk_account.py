"""A clerk's own account: where it is signed in, and its password."""

from services.contracts.errors import Refused
from services.contracts.identity.clerks import ChangeClerkPassword
from services.contracts.identity.sessions import EndSession, ListSessions, SessionsView, SignInRecordView
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import Browser


def test_a_clerk_sees_its_own_sign_ins_and_ends_one(clerk: Browser, bus: FakeBus) -> None:
    there = example(SignInRecordView, is_this=False)
    bus.answers[ListSessions] = SessionsView(sessions=(there,))
    assert "203.0.113.7" in clerk.get("/clerk/account").text
    assert bus.last(ListSessions).clerk is None
    response = clerk.post(f"/sign-ins/{there.session_id}/end")
    assert response.headers["Location"] == "/clerk/account"
    assert bus.last(EndSession).session_id == there.session_id


def test_a_clerk_changes_its_password(clerk: Browser, bus: FakeBus) -> None:
    assert 'href="/clerk/account"' in clerk.get("/clerk/password").text
    given = {"old_password": "old", "password": "Tai-Shan-2024", "password_again": "Tai-Shan-2024"}
    assert clerk.post("/clerk/password", **given).headers["Location"] == "/clerk/account"
    assert bus.last(ChangeClerkPassword).password == "Tai-Shan-2024"
    assert "不一致" in clerk.post("/clerk/password", **{**given, "password_again": "x"}).text
    bus.answers[ChangeClerkPassword] = Refused("password_wrong")
    assert "密码不正确" in clerk.post("/clerk/password", **given).text

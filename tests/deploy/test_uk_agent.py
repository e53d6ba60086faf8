"""The UK agent over real HTTP: which pages it answers, what a PIN opens, what it signs."""

import base64
import http.client
import json

import pytest
from asn1crypto import x509

from deploy.local.uk.agent import Agent, find_tokens
from deploy.local.uk.pki import ALGORITHMS
from deploy.local.uk.provision import UK_PIN, uk_units
from deploy.local.uk.sof import PIN_SECONDS, Middleware
from deploy.local.uk.token import TRIES
from tests.deploy.uk import is_detached_signature, is_signed_by, serving

PAGE, OTHER_PAGE, FOREIGN_PAGE = "http://127.0.0.1:8000", "http://localhost:8000", "http://evil.example"
TEXT = f"wengang\n{PAGE}\n一个挑战\nnonce"
BIG = 64 * 1024


class Browser:
    """Pages that call an agent. `seconds` is its clock for PINs."""

    def __init__(self, folder) -> None:
        self.seconds = 0.0
        middleware = Middleware(lambda: find_tokens(folder / "tokens", ""), seconds=lambda: self.seconds)
        self.agent = Agent(0, middleware=middleware, origins=[PAGE, OTHER_PAGE])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.agent.server_port}"

    def send(self, verb: str, path: str, body=b"{}", **headers: str | None):
        """Return (status, headers, body) of a request; a header that is None is left out."""
        usual = {"Host": self.host, "Origin": PAGE, "Content-Type": "application/json"}
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in {**usual, **changed}.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.agent.server_port, timeout=20)
        connection.putrequest(verb, path, skip_host=True)
        for name, value in {"Content-Length": str(len(body)), **sent}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        told = answer.status, answer.headers, answer.read()
        connection.close()
        return told

    def call(self, method: str, page: str = PAGE, **values: str):
        """Return retVal, or the error in brackets: "[pin_wrong]"."""
        status, _, body = self.send("POST", f"/SOF_{method}", json.dumps(values).encode(), Origin=page)
        told = json.loads(body)
        assert status == 200
        return f"[{told['error']}]" if told["retVal"] is None else told["retVal"]

    def certificates(self) -> dict[str, str]:
        """Return certificate ids by algorithm."""
        lines = [line.split("||") for line in self.call("GetUserList").split("&&&") if line]
        by_name = {name: identifier for name, identifier in lines}
        return {algorithm: by_name[unit.name] for algorithm, unit in uk_units().items()}

    def log_in(self, identifier: str, pin: str = UK_PIN, page: str = PAGE):
        return self.call("Login", page, CertID=identifier, PassWd=pin)

    def sign(self, identifier: str, text: str = TEXT, page: str = PAGE, method: str = "SignDataByP7"):
        return self.call(method, page, CertID=identifier, InData=text)

    def certificate(self, identifier: str):
        return x509.Certificate.load(base64.b64decode(self.call("ExportUserCert", CertID=identifier)))


@pytest.fixture
def browser(uk_folder):
    browser = Browser(uk_folder)
    with serving(browser.agent):
        yield browser


@pytest.fixture
def sm2(browser) -> str:
    return browser.certificates()["sm2"]


def test_a_certificate_is_listed_by_the_name_of_its_unit_and_exported(browser):
    for algorithm, identifier in browser.certificates().items():
        unit = uk_units()[algorithm]
        subject = browser.certificate(identifier).subject.native
        assert subject["organization_name"] == unit.name


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_after_login_a_text_is_signed_in_both_forms(browser, algorithm):
    identifier = browser.certificates()[algorithm]
    certificate = browser.certificate(identifier)
    assert browser.log_in(identifier) is True
    cms = base64.b64decode(browser.sign(identifier))
    assert is_detached_signature(cms, TEXT.encode(), certificate)
    assert not is_detached_signature(cms, b"another", certificate)
    bare = base64.b64decode(browser.sign(identifier, method="SignData"))
    assert is_signed_by(certificate, TEXT.encode(), bare)


def test_sm2_signs_with_the_names_of_the_chinese_standard(browser, sm2):
    browser.log_in(sm2)
    kinds = base64.b64decode(browser.sign(sm2))
    signed_data = bytes.fromhex("060a2a811ccf550601040202")  # 1.2.156.10197.6.1.4.2.2
    assert signed_data in kinds


# ---- the PIN


def test_without_login_nothing_is_signed(browser, sm2):
    assert browser.sign(sm2) == "[login_needed]"
    assert browser.sign(sm2, method="SignData") == "[login_needed]"


def test_a_login_is_of_one_page_and_one_certificate(browser, sm2):
    browser.log_in(sm2)
    assert browser.sign(browser.certificates()["rsa"]) == "[login_needed]"
    assert browser.sign(sm2, "any text", page=OTHER_PAGE) == "[login_needed]"


def test_a_login_ends_after_a_minute_and_at_logout(browser, sm2):
    browser.log_in(sm2)
    browser.seconds += PIN_SECONDS - 1
    assert browser.sign(sm2) != "[login_needed]"
    browser.seconds += 1
    assert browser.sign(sm2) == "[login_needed]"
    browser.log_in(sm2)
    browser.log_in(sm2, page=OTHER_PAGE)
    assert browser.call("Logout") is True
    assert browser.sign(sm2) == "[login_needed]"
    assert browser.sign(sm2, "any text", page=OTHER_PAGE) != "[login_needed]"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_wrong_pins_are_counted_until_the_uk_is_locked_for_the_right_one_too(browser, uk_folder, algorithm):
    identifier = browser.certificates()[algorithm]
    for left in reversed(range(TRIES)):
        assert browser.log_in(identifier, "000000") == "[pin_wrong]"
        assert browser.call("GetPinRetryCount", CertID=identifier) == left
    assert browser.log_in(identifier) == "[pin_locked]"
    another = Browser(uk_folder)  # as after a new start
    with serving(another.agent):
        assert another.log_in(identifier) == "[pin_locked]"


def test_the_right_pin_gives_all_tries_back(browser, sm2):
    browser.log_in(sm2, "000000")
    browser.log_in(sm2)
    assert browser.call("GetPinRetryCount", CertID=sm2) == TRIES


def test_a_wrong_pin_ends_an_earlier_login(browser, sm2):
    browser.log_in(sm2)
    browser.log_in(sm2, "000000")
    assert browser.sign(sm2) == "[login_needed]"


def test_the_pin_can_be_changed_and_has_to_be_entered_anew(browser, sm2):
    browser.log_in(sm2)
    assert browser.call("ChangePassWd", CertID=sm2, OldPassWd="000000", NewPassWd="654321") == "[pin_wrong]"
    assert browser.call("ChangePassWd", CertID=sm2, OldPassWd=UK_PIN, NewPassWd="654321") is True
    assert browser.sign(sm2) == "[login_needed]"
    assert browser.log_in(sm2) == "[pin_wrong]"
    assert browser.log_in(sm2, "654321") is True


@pytest.mark.parametrize("pin", ["12345", "1" * 17, "数字数字数字", "12345\n"])
def test_what_cannot_be_a_pin_is_refused(browser, sm2, pin):
    answer = browser.call("ChangePassWd", CertID=sm2, OldPassWd=UK_PIN, NewPassWd=pin)
    assert answer == "[pin_unusable]"
    assert browser.call("GetPinRetryCount", CertID=sm2) == TRIES


def test_no_pin_is_ever_told(browser, sm2, capfd):
    browser.log_in(sm2, "98765432")
    browser.log_in(sm2)
    browser.sign(sm2)
    told = "".join(capfd.readouterr()) + repr(browser.agent.middleware)
    assert "98765432" not in told
    assert UK_PIN not in told.replace(sm2, "")


# ---- which pages


@pytest.mark.parametrize("method", ["SignData", "SignDataByP7"])
def test_a_challenge_of_another_origin_is_not_signed(browser, sm2, method):
    browser.log_in(sm2)
    browser.log_in(sm2, page=OTHER_PAGE)
    assert browser.sign(sm2, page=OTHER_PAGE, method=method) == "[origin_differs]"
    assert browser.sign(sm2, f"wengang\n{PAGE}/\nx\ny", method=method) == "[origin_differs]"
    assert browser.sign(sm2, f"wengang\n{OTHER_PAGE}\nx\ny", page=OTHER_PAGE, method=method)[0] != "["


@pytest.mark.parametrize(
    "origin", [None, "", "null", FOREIGN_PAGE, PAGE + "/", PAGE.upper(), f"{PAGE},{PAGE}"]
)
def test_a_page_of_another_origin_gets_no_answer_that_it_could_read(browser, origin):
    for verb in ("POST", "OPTIONS"):
        status, headers, _ = browser.send(verb, "/SOF_GetUserList", Origin=origin)
        assert status == 403
        assert not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("host", [None, "evil.example", "127.0.0.1", "evil.example:18999", "[::1]:18999"])
def test_a_page_that_calls_the_agent_by_another_name_is_refused(browser, host):
    for verb in ("POST", "OPTIONS"):
        assert browser.send(verb, "/SOF_GetUserList", Host=host)[0] == 403


def test_the_agent_is_met_on_the_loopback_by_both_its_names(browser):
    assert browser.agent.server_address[0] == "127.0.0.1"
    name = f"localhost:{browser.agent.server_port}"
    assert browser.send("POST", "/SOF_GetVersion", Host=name)[0] == 200


def test_a_browser_that_asks_first_is_told_yes(browser):
    asked = {
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "content-type",
        "Access_Control_Request_Private_Network": "true",
    }
    status, headers, _ = browser.send("OPTIONS", "/SOF_Login", b"", **asked)
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == PAGE
    assert headers["Access-Control-Allow-Methods"] == "POST"
    assert headers["Access-Control-Allow-Headers"] == "content-type"
    assert headers["Access-Control-Allow-Private-Network"] == "true"
    assert headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in headers


# ---- what is no call


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_read_for_a_form_needs_no_permission(browser, kind):
    assert browser.send("POST", "/SOF_GetUserList", Content_Type=kind)[0] == 415


@pytest.mark.parametrize("length", [str(BIG + 1), "99999999999999999999", "-1", "x", ""])
def test_what_is_too_long_is_not_read(browser, length):
    assert browser.send("POST", "/SOF_GetUserList", Content_Length=length)[0] == 413


def test_a_body_of_unknown_length_is_not_read(browser):
    assert browser.send("POST", "/SOF_GetUserList", Transfer_Encoding="chunked")[0] == 413


@pytest.mark.parametrize("body", [b"x", b"[]", b"1", b"\xff", b"[" * BIG, b'{"a":' * 10_000])
def test_what_is_no_json_object_is_refused(browser, body):
    status, _, told = browser.send("POST", "/SOF_GetUserList", body)
    assert (status, json.loads(told)["error"]) == (200, "input_invalid")


@pytest.mark.parametrize("value", [None, 1, "", [], "x" * 201, "\ud800"])
def test_a_value_that_is_no_text_is_refused(browser, value):
    assert browser.call("ExportUserCert", CertID=value) == "[input_invalid]"


def test_a_text_that_is_too_long_is_not_signed(browser, sm2):
    browser.log_in(sm2)
    assert browser.sign(sm2, "x" * (32 * 1024 + 1)) == "[input_invalid]"


def test_unknown_certificates_and_methods_are_named(browser):
    assert browser.call("ExportUserCert", CertID="UK0/sign") == "[certificate_unknown]"
    assert browser.call("CreateTimeStamp") == "[method_unknown]"
    assert browser.call("../call") == "[method_unknown]"
    assert browser.send("GET", "/SOF_GetUserList")[0] == 404

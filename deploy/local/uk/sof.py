"""The methods of GM/T 0020 that the pages call, over all tokens at hand.

What the standard leaves to the vendor (how a certificate is named, what is said on errors) is in words here.
"""

import base64
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deploy.local.uk.pki import Form, Holder, make_cms, sign_bare
from deploy.local.uk.token import Locked, Token, WrongPin
from services.chassis.clock import Clock, utc_now

VERSION = "wengang-development-agent 1"
PIN_SECONDS = 60  # how long a PIN need not be entered again, by one page and for one certificate
LONGEST_DATA = 32 * 1024  # characters
LONGEST_WORD = 200
_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON may hold halves of characters, UTF-8 may not

Values = Mapping[str, Any]


class Refusal(Exception):
    """The answer is no; `code` says why: certificate_unknown, pin_wrong, pin_locked, pin_unusable,
    login_needed, origin_differs, input_invalid, method_unknown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EnteredPins:
    """The PINs that pages have entered a short while ago, by origin and certificate. Thread-safe."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[str, float]] = {}

    def keep(self, origin: str, certificate_id: str, pin: str) -> None:
        """Remember a PIN that was right."""
        with self._lock:
            self._kept[origin, certificate_id] = pin, self._seconds() + PIN_SECONDS

    def find(self, origin: str, certificate_id: str) -> str | None:
        """Return the PIN, if it still counts."""
        with self._lock:
            now = self._seconds()
            self._kept = {key: kept for key, kept in self._kept.items() if now < kept[1]}
            return self._kept.get((origin, certificate_id), (None,))[0]

    def forget(self, origin: str | None = None, certificate_id: str | None = None) -> None:
        """Forget those of an origin, of a certificate, or all."""
        with self._lock:
            for key in [*self._kept]:
                if origin in (None, key[0]) and certificate_id in (None, key[1]):
                    del self._kept[key]


class Middleware:
    """One agent: the tokens that are plugged in now, and the PINs that pages have entered."""

    def __init__(
        self,
        tokens: Callable[[], Sequence[Token]],
        *,
        clock: Clock = utc_now,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tokens, self.clock = tokens, clock
        self._pins = EnteredPins(seconds)

    def call(self, method: str, values: Values, origin: str) -> object:
        """Return what a method answers to the page at `origin`; raises Refusal."""
        act = _METHODS.get(method)
        if act is None:
            raise Refusal("method_unknown")
        try:
            return act(self, values, origin)
        except WrongPin:
            raise Refusal("pin_wrong") from None
        except Locked:
            raise Refusal("pin_locked") from None

    # what needs no PIN

    def get_version(self, _values: Values, _origin: str) -> str:
        """SOF_GetVersion"""
        return VERSION

    def get_user_list(self, _values: Values, _origin: str) -> str:
        """SOF_GetUserList: name||certificate&&&name||certificate&&&"""
        lines = (
            f"{_name_of(certificate)}||{_certificate_id(token, name)}&&&"
            for token in self.tokens()
            for name, certificate in token.certificates().items()
        )
        return "".join(lines)

    def export_user_cert(self, values: Values, _origin: str) -> str:
        """SOF_ExportUserCert: DER in base64."""
        token, name = self._find(values)
        return _base64(token.certificates()[name].dump())

    def get_pin_retry_count(self, values: Values, _origin: str) -> int:
        """SOF_GetPinRetryCount: how many tries are left."""
        token, _ = self._find(values)
        return token.tries.left()

    # the PIN

    def login(self, values: Values, origin: str) -> bool:
        """SOF_Login"""
        token, name = self._find(values)
        certificate_id, pin = _word(values, "CertID"), _word(values, "PassWd")
        self._pins.forget(origin, certificate_id)
        token.unlock(name, pin)
        self._pins.keep(origin, certificate_id, pin)
        return True

    def change_pin(self, values: Values, _origin: str) -> bool:
        """SOF_ChangePassWd; the old PIN has to be entered everywhere anew."""
        token, _ = self._find(values)
        try:
            token.change_pin(_word(values, "OldPassWd"), _word(values, "NewPassWd"))
        except ValueError:
            raise Refusal("pin_unusable") from None
        self._pins.forget()
        return True

    def logout(self, _values: Values, origin: str) -> bool:
        """SOF_Logout: forget what this page has entered."""
        self._pins.forget(origin)
        return True

    # signatures

    def sign_data(self, values: Values, origin: str) -> str:
        """SOF_SignData: a bare signature (P1) in base64."""
        return _base64(sign_bare(_data(values, origin), self._unlocked(values, origin)))

    def sign_data_by_p7(self, values: Values, origin: str) -> str:
        """SOF_SignDataByP7: a detached SignedData in base64; for SM2 with the names of GM/T 0010."""
        data, holder = _data(values, origin), self._unlocked(values, origin)
        form = Form(gm=holder.key.algorithm == "sm2", signing_time=self.clock())
        return _base64(make_cms(data, holder, form))

    def _find(self, values: Values) -> tuple[Token, str]:
        wanted = _word(values, "CertID")
        for token in self.tokens():
            for name in token.certificates():
                if _certificate_id(token, name) == wanted:
                    return token, name
        raise Refusal("certificate_unknown")

    def _unlocked(self, values: Values, origin: str) -> Holder:
        """Return certificate and key if this page has entered the PIN a short while ago."""
        token, name = self._find(values)
        pin = self._pins.find(origin, _word(values, "CertID"))
        if pin is None:
            raise Refusal("login_needed")
        return token.unlock(name, pin)


_METHODS: dict[str, Callable[[Middleware, Values, str], object]] = {
    "SOF_GetVersion": Middleware.get_version,
    "SOF_GetUserList": Middleware.get_user_list,
    "SOF_ExportUserCert": Middleware.export_user_cert,
    "SOF_GetPinRetryCount": Middleware.get_pin_retry_count,
    "SOF_Login": Middleware.login,
    "SOF_ChangePassWd": Middleware.change_pin,
    "SOF_Logout": Middleware.logout,
    "SOF_SignData": Middleware.sign_data,
    "SOF_SignDataByP7": Middleware.sign_data_by_p7,
}


def _data(values: Values, origin: str) -> bytes:
    """Return what is to be signed. A text whose second line is an origin, as a challenge's is, is signed for
    the page at that origin only: no page can have a login to another one signed."""
    text = _text(values, "InData", LONGEST_DATA)
    lines = text.split("\n")
    if len(lines) > 1 and "://" in lines[1] and lines[1] != origin:
        raise Refusal("origin_differs")
    return text.encode()


def _word(values: Values, name: str) -> str:
    return _text(values, name, LONGEST_WORD)


def _text(values: Values, name: str, longest: int) -> str:
    text = values.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= longest or _SURROGATE.search(text):
        raise Refusal("input_invalid")
    return text


def _certificate_id(token: Token, name: str) -> str:
    return f"{token.serial_number}/{name}"


def _name_of(certificate: Any) -> str:
    """Return the unit if the certificate tells it: some CAs write numbers into the common name."""
    subject = certificate.subject.native
    told = (
        subject.get("organization_name") or subject.get("common_name") or certificate.subject.human_friendly
    )
    name = told[0] if isinstance(told, list) else told
    return str(name).replace("||", " ").replace("&&&", " ")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()

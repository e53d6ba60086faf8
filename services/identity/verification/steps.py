"""What later rooms do with codes, within their own unit of work. Chance enters here."""

import secrets
from datetime import timedelta

from services.chassis.sealing import fingerprint, seal
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.verification import SmsCodeIssued
from services.contracts.values import PictureId
from services.identity.locks.steps import one_place
from services.identity.verification import domain, store
from services.identity.verification.domain import SmsCode


def use_picture_code(uow: UnitOfWork, picture_id: PictureId | None, text: str | None) -> bool:
    """Use a picture up, right or wrong, and say whether it was read right in time."""
    taken = store.take_picture_code(uow, picture_id) if picture_id else None
    if taken is None or picture_id is None or text is None:
        return False
    text_hash, issued_at = taken
    right = secrets.compare_digest(text_hash, picture_hash(picture_id, domain.plain_picture_text(text)))
    return right and domain.counts(issued_at=issued_at, at=uow.now)


def issue_sms_code(uow: UnitOfWork, *, purpose: str, account: str, phone: str, send: bool) -> int:
    """Make a code for account and phone and return the seconds until the next may be asked for.

    Not to be sent is for pairs that do not belong together: all else happens alike, so that nobody can tell.
    """
    _count(uow, purpose, phone)
    code, binding = f"{secrets.randbelow(10**6):06}", _binding(purpose, account, phone)
    store.put_sms_code(uow, binding, SmsCode(code_hash=_code_hash(binding, code), issued_at=uow.now))
    with uow.connection.begin_nested() as savepoint:  # what is not sent takes as long
        minutes = domain.GOOD_FOR // timedelta(minutes=1)
        sealed = {"phone": seal(phone), "code": seal(code)}
        uow.publish(SmsCodeIssued(at=uow.now, purpose=purpose, valid_minutes=minutes, **sealed))
        if not send:
            savepoint.rollback()
            uow.published.pop()
    return int(domain.RESEND_AFTER.total_seconds())


def use_sms_code(uow: UnitOfWork, *, purpose: str, account: str, phone: str, code: str) -> bool:
    """Try a code and say whether it was right; then it is used up. The caller must let a wrong try stay."""
    binding = _binding(purpose, account, phone)
    issued = store.get_sms_code_alone(uow, binding)
    if issued is None:
        return False
    issued, right = issued.attempt(code_hash=_code_hash(binding, code), at=uow.now)
    if right:
        store.delete_sms_code(uow, binding)
    else:
        store.put_sms_code(uow, binding, issued)
    return right


def picture_hash(picture_id: PictureId, text: str) -> str:
    """Return what is kept of a picture's text."""
    return fingerprint(f"picture:{picture_id}:{text}")


def _count(uow: UnitOfWork, purpose: str, phone: str) -> None:
    """Refuse what comes too soon for this purpose, or too often from this address or for this phone."""
    at, limit = uow.now, uow.settings.sms_per_address_a_day
    if uow.caller.address:
        place = fingerprint(f"sms address:{one_place(uow.caller.address)}")
        quota = store.get_quota_alone(uow, place)
        store.save_quota(uow, place, quota.ask_from_address(at=at, limit=limit))
    in_all, again = fingerprint(f"sms phone:{phone}"), fingerprint(f"sms phone:{phone}:{purpose}")
    store.save_quota(uow, again, store.get_quota_alone(uow, again).ask(at=at))
    store.save_quota(uow, in_all, store.get_quota_alone(uow, in_all).ask_for_phone(at=at))


def _binding(purpose: str, account: str, phone: str) -> str:
    return fingerprint(f"sms:{purpose}:{account}:{phone}")


def _code_hash(binding: str, code: str) -> str:
    return fingerprint(f"sms code:{binding}:{code}")

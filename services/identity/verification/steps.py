"""What later rooms do with codes, within their own unit of work. Chance enters here."""

import secrets
from datetime import timedelta

from services.chassis.sealing import fingerprint, seal
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.verification import SmsCodeIssued
from services.contracts.values import PictureId
from services.identity.verification import domain, store
from services.identity.verification.domain import SmsCode


def use_picture_code(uow: UnitOfWork, picture_id: PictureId, text: str) -> bool:
    """Use a picture up, right or wrong, and say whether it was read right in time."""
    taken = store.take_picture_code(uow, picture_id)
    if taken is None:
        return False
    text_hash, issued_at = taken
    right = secrets.compare_digest(text_hash, picture_hash(picture_id, domain.plain_picture_text(text)))
    return right and domain.counts(issued_at=issued_at, at=uow.now)


def issue_sms_code(uow: UnitOfWork, *, purpose: str, account: str, phone: str, send: bool) -> int:
    """Make a code for account and phone and return the seconds until the next may be asked for.

    Not to be sent is for pairs that do not belong together: all else happens alike, so that nobody can tell.
    """
    phone_key = fingerprint(f"sms phone:{phone}")
    store.save_quota(uow, phone_key, store.get_quota_alone(uow, phone_key).ask(at=uow.now))
    code, binding = f"{secrets.randbelow(10**6):06}", _binding(purpose, account, phone)
    store.put_sms_code(uow, binding, SmsCode(code_hash=_code_hash(binding, code), issued_at=uow.now))
    if send:
        minutes = domain.GOOD_FOR // timedelta(minutes=1)
        uow.publish(
            SmsCodeIssued(
                at=uow.now, phone=seal(phone), code=seal(code), purpose=purpose, valid_minutes=minutes
            )
        )
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


def _binding(purpose: str, account: str, phone: str) -> str:
    return fingerprint(f"sms:{purpose}:{account}:{phone}")


def _code_hash(binding: str, code: str) -> str:
    return fingerprint(f"sms code:{binding}:{code}")

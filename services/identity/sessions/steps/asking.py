"""The second step is asked for. Chance enters here."""

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.errors import Refused
from services.contracts.identity.audit import Act
from services.contracts.identity.sessions import Factor, SecondStepView
from services.contracts.values import SignInId, mask_phone
from services.identity.audit.steps import record
from services.identity.clerks import steps as clerks
from services.identity.sessions.domain import Candidate, PendingSignIn
from services.identity.sessions.steps import candidates
from services.identity.sessions.store import pending as store
from services.identity.verification import steps as verification

SMS_PURPOSE = "sign_in"


def ask(uow: UnitOfWork, candidate: Candidate, factor: Factor) -> SecondStepView | Refused:
    """Ask for the second step of somebody whose password was right; refused when no SMS can be sent now."""
    assert candidate.account
    pending = PendingSignIn(
        sign_in_id=new_id(),
        kind=candidate.kind,
        account=candidate.account,
        factor=factor,
        issued_at=uow.now,
    )
    if factor is Factor.SMS:
        step: SecondStepView | Refused = _ask_by_sms(uow, candidate, pending)
    else:
        step, pending = _ask_authenticator(uow, pending)
    if isinstance(step, SecondStepView):
        store.add_pending(uow, pending)
        facts = {"kind": candidate.kind.value, "factor": factor.value}
        record(uow, Act.SECOND_STEP_ASKED, subject=candidate.subject, key=candidate.key, **facts)
    return step


def send_code(uow: UnitOfWork, candidate: Candidate, pending: PendingSignIn, phone: str) -> int:
    """Send a code for a sign-in; return the seconds until the next."""
    seconds = verification.issue_sms_code(
        uow, purpose=SMS_PURPOSE, account=str(pending.sign_in_id), phone=phone, send=True
    )
    facts = {"purpose": SMS_PURPOSE, "phone": mask_phone(phone), "sent": "yes"}
    record(uow, Act.CODE_SENT, subject=candidate.subject, key=candidate.key, **facts)
    return seconds


def _ask_by_sms(uow: UnitOfWork, candidate: Candidate, pending: PendingSignIn) -> SecondStepView | Refused:
    phone = candidates.find_phone(uow, pending.kind, pending.account)
    if phone is None:
        return Refused("phone_missing", "no phone is known for the second step")
    try:
        seconds = send_code(uow, candidate, pending, phone)
    except Refused as refused:  # too soon, too often: returned, so that the picture stays used up
        return refused
    return SecondStepView(
        sign_in_id=SignInId(pending.sign_in_id),
        factor=Factor.SMS,
        phone_masked=mask_phone(phone),
        resend_after_seconds=seconds,
    )


def _ask_authenticator(uow: UnitOfWork, pending: PendingSignIn) -> tuple[SecondStepView, PendingSignIn]:
    sign_in_id, is_told = SignInId(pending.sign_in_id), uow.settings.environment == "development"
    if pending.factor is Factor.TOTP:
        answer = clerks.find_present_code(uow, pending.account) if is_told else None
        return SecondStepView(sign_in_id=sign_in_id, factor=Factor.TOTP, answer=answer), pending
    new = clerks.begin_enrolment(uow, pending.account)
    view = SecondStepView(
        sign_in_id=sign_in_id,
        factor=Factor.ENROLMENT,
        secret=new.secret,
        uri=new.uri,
        answer=new.code if is_told else None,
    )
    return view, pending.with_secret(new.secret)

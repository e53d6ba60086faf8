"""One function per message."""

from services.chassis.ids import new_id
from services.chassis.sealing import unseal
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.identity.verification import SecurityNoticeDue, SmsCodeIssued
from services.contracts.subsidy.bank_accounts import BankAccountChanged
from services.contracts.values import SmsId
from services.notify.sms import store
from services.notify.sms.domain import bank_account_sms, code_sms, security_sms


def on_sms_code_issued(uow: UnitOfWork, event: SmsCodeIssued) -> None:
    """Put the SMS of a verification code in front of the queue."""
    sms = code_sms(
        id=SmsId(new_id()),
        phone=unseal(event.phone),
        purpose=event.purpose,
        code=unseal(event.code),
        valid_minutes=event.valid_minutes,
        issued_at=event.at,
        at=uow.now,
    )
    store.add_messages(uow, [sms])


def on_security_notice_due(uow: UnitOfWork, event: SecurityNoticeDue) -> None:
    """Put the SMS that tells an owner what was done with the account right behind the codes."""
    sms = security_sms(
        id=SmsId(new_id()),
        phone=unseal(event.phone),
        template=event.template,
        facts=event.facts,
        happened_at=event.at,
        at=uow.now,
    )
    store.add_messages(uow, [sms])


def on_bank_account_changed(uow: UnitOfWork, event: BankAccountChanged) -> None:
    """Tell the unit's contact that its account has changed, where a phone is known."""
    if event.phone is None:
        return
    sms = bank_account_sms(
        id=SmsId(new_id()),
        phone=unseal(event.phone),
        change_id=event.change_id,
        unit_name=event.unit_name,
        bank=event.bank,
        account_masked=event.account_masked,
        at=uow.now,
    )
    store.add_messages(uow, [sms])

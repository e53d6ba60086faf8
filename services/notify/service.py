"""The front door of notify: every message it takes."""

from services.chassis.service import Service, event, every, query
from services.contracts.identity.verification import SecurityNoticeDue, SmsCodeIssued
from services.contracts.notify import ListOutboxSms, ListPrompts
from services.contracts.subsidy.bank_accounts import BankAccountChanged
from services.contracts.subsidy.confirmation import RefundConfirmed, RefundWaived
from services.notify.prompts import handlers as prompts
from services.notify.prompts import views as prompt_views
from services.notify.sms import handlers as sms
from services.notify.sms import jobs as sms_jobs
from services.notify.sms import views as sms_views


class Notify(Service):
    """Prompts and SMS."""

    name = "notify"

    on_refund_confirmed = event(RefundConfirmed, prompts.on_refund_confirmed)
    on_refund_waived = event(RefundWaived, prompts.on_refund_waived)
    list_prompts = query(ListPrompts, prompt_views.list_prompts)

    on_sms_code_issued = event(SmsCodeIssued, sms.on_sms_code_issued)
    on_security_notice_due = event(SecurityNoticeDue, sms.on_security_notice_due)
    on_bank_account_changed = event(BankAccountChanged, sms.on_bank_account_changed)
    dispatch_sms = every(0.5, sms_jobs.dispatch_sms)
    list_outbox_sms = query(ListOutboxSms, sms_views.list_outbox_sms)

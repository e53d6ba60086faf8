"""The front door of identity: every message it takes, in the order of the business."""

from services.chassis.service import Service, command, every, query
from services.contracts.identity.accounts import RegisterEmployer, RequestSmsCode
from services.contracts.identity.audit import ListAuditEntries
from services.contracts.identity.credit_codes import EnterMaintenance
from services.contracts.identity.sessions import (
    RegisterAdministrator,
    RenewSession,
    SignInClerk,
    SignInEmployer,
    SignOut,
)
from services.contracts.identity.verification import IssuePictureCode
from services.identity.accounts import handlers as accounts
from services.identity.audit import views as audit
from services.identity.credit_codes import handlers as credit_codes
from services.identity.sessions import handlers as sessions
from services.identity.verification import handlers as verification


class Identity(Service):
    """Who somebody is, from the hall's entry to the signed session."""

    name = "identity"

    enter_maintenance = command(EnterMaintenance, credit_codes.enter_maintenance)

    register_employer = command(RegisterEmployer, accounts.register_employer)
    request_sms_code = command(RequestSmsCode, accounts.request_sms_code)
    register_administrator = command(RegisterAdministrator, sessions.register_administrator)

    list_audit_entries = query(ListAuditEntries, audit.list_audit_entries)

    issue_picture_code = command(IssuePictureCode, verification.issue_picture_code)
    sign_in_employer = command(SignInEmployer, sessions.sign_in_employer)
    sign_in_clerk = command(SignInClerk, sessions.sign_in_clerk)
    renew_session = command(RenewSession, sessions.renew_session)
    sign_out = command(SignOut, sessions.sign_out)

    sweep_codes = every(60.0, verification.sweep_codes)
    sweep_sessions = every(60.0, sessions.sweep_sessions)

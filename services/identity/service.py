"""The front door of identity: every message it takes, in the order of the business."""

from services.chassis.service import Service, command, every, query
from services.contracts.identity.accounts import (
    ChangeEmployerPassword,
    ChangeHandler,
    GetEmployer,
    RegisterEmployer,
    RequestSmsCode,
    ResetEmployerPassword,
)
from services.contracts.identity.audit import ListAuditEntries
from services.contracts.identity.certificates import (
    AddAuthority,
    IssueChallenge,
    ListAuthorities,
    ReleaseCertificate,
    RetireAuthority,
)
from services.contracts.identity.clerks import (
    AddClerk,
    ChangeClerk,
    ChangeClerkPassword,
    DisableClerk,
    EnableClerk,
    ListClerks,
    ResetClerk,
)
from services.contracts.identity.credit_codes import (
    AcceptMaintenance,
    DeclareMaintenance,
    EnterMaintenance,
    ListMaintenances,
    RefuseMaintenance,
)
from services.contracts.identity.persons import (
    ChangePersonPassword,
    ChangePersonPhone,
    GetPerson,
    RegisterPerson,
    RequestPersonCode,
    ResetPersonPassword,
)
from services.contracts.identity.sessions import (
    EndSession,
    EnrolClerk,
    FinishSignIn,
    ListSessions,
    RegisterAdministrator,
    RenewSession,
    ResendSignInCode,
    SignInCertificate,
    SignInClerk,
    SignInEmployer,
    SignInPerson,
    SignOut,
)
from services.contracts.identity.verification import IssuePictureCode
from services.identity.accounts import handlers as accounts
from services.identity.accounts import views as account_views
from services.identity.audit import views as audit
from services.identity.certificates import handlers as certificates
from services.identity.certificates import jobs as certificate_jobs
from services.identity.certificates import views as certificate_views
from services.identity.credit_codes import handlers as credit_codes
from services.identity.credit_codes import views as credit_code_views
from services.identity.persons import handlers as persons
from services.identity.persons import views as person_views
from services.identity.sessions import jobs as session_jobs
from services.identity.sessions import views as session_views
from services.identity.sessions.handlers import (
    by_certificate,
    clerks,
    coming_in,
    passwords,
    second_step,
    staying,
)
from services.identity.verification import handlers as verification


class Identity(Service):
    """Who somebody is, from the first registration to the signed session."""

    name = "identity"

    request_person_code = command(RequestPersonCode, persons.request_person_code)
    register_person = command(RegisterPerson, persons.register_person)
    get_person = query(GetPerson, person_views.get_person)
    change_person_phone = command(ChangePersonPhone, persons.change_person_phone)

    declare_maintenance = command(DeclareMaintenance, credit_codes.declare_maintenance)
    enter_maintenance = command(EnterMaintenance, credit_codes.enter_maintenance)
    accept_maintenance = command(AcceptMaintenance, credit_codes.accept_maintenance)
    refuse_maintenance = command(RefuseMaintenance, credit_codes.refuse_maintenance)
    list_maintenances = query(ListMaintenances, credit_code_views.list_maintenances)

    register_employer = command(RegisterEmployer, accounts.register_employer)
    get_employer = query(GetEmployer, account_views.get_employer)
    request_sms_code = command(RequestSmsCode, accounts.request_sms_code)
    change_handler = command(ChangeHandler, accounts.change_handler)
    register_administrator = command(RegisterAdministrator, coming_in.register_administrator)

    issue_challenge = command(IssueChallenge, certificates.issue_challenge)
    add_authority = command(AddAuthority, certificates.add_authority)
    retire_authority = command(RetireAuthority, certificates.retire_authority)
    list_authorities = query(ListAuthorities, certificate_views.list_authorities)
    release_certificate = command(ReleaseCertificate, certificates.release_certificate)

    list_audit_entries = query(ListAuditEntries, audit.list_audit_entries)

    issue_picture_code = command(IssuePictureCode, verification.issue_picture_code)
    sign_in_employer = command(SignInEmployer, coming_in.sign_in_employer)
    sign_in_person = command(SignInPerson, coming_in.sign_in_person)
    sign_in_clerk = command(SignInClerk, coming_in.sign_in_clerk)
    sign_in_certificate = command(SignInCertificate, by_certificate.sign_in_certificate)
    finish_sign_in = command(FinishSignIn, second_step.finish_sign_in)
    resend_sign_in_code = command(ResendSignInCode, second_step.resend_sign_in_code)
    enrol_clerk = command(EnrolClerk, second_step.enrol_clerk)

    renew_session = command(RenewSession, staying.renew_session)
    sign_out = command(SignOut, staying.sign_out)
    list_sessions = query(ListSessions, session_views.list_sessions)
    end_session = command(EndSession, staying.end_session)

    reset_person_password = command(ResetPersonPassword, passwords.reset_person_password)
    reset_employer_password = command(ResetEmployerPassword, passwords.reset_employer_password)
    change_person_password = command(ChangePersonPassword, passwords.change_person_password)
    change_employer_password = command(ChangeEmployerPassword, passwords.change_employer_password)
    change_clerk_password = command(ChangeClerkPassword, passwords.change_clerk_password)

    add_clerk = command(AddClerk, clerks.add_clerk)
    change_clerk = command(ChangeClerk, clerks.change_clerk)
    disable_clerk = command(DisableClerk, clerks.disable_clerk)
    enable_clerk = command(EnableClerk, clerks.enable_clerk)
    reset_clerk = command(ResetClerk, clerks.reset_clerk)
    list_clerks = query(ListClerks, session_views.list_clerks)

    refresh_revocations = every(2.0, certificate_jobs.refresh_revocations)
    sweep_challenges = every(60.0, certificate_jobs.sweep_challenges)
    sweep_codes = every(60.0, verification.sweep_codes)
    sweep_sessions = every(60.0, session_jobs.sweep_sessions)

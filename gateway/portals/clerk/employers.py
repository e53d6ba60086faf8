"""What the reception post changes for an employer at the counter: handler, bank account, certificate."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.clerk.blueprint import pages
from gateway.queries import from_address, from_path
from services.chassis.ids import new_id
from services.contracts.errors import Missing
from services.contracts.identity.accounts import ChangeHandler, EmployerView, GetEmployer, RequestSmsCode
from services.contracts.identity.certificates import ReleaseCertificate
from services.contracts.subsidy.bank_accounts import BankAccountView, ChangeBankAccount, ListBankAccounts


@pages.get("/employers")
def employers() -> Response:
    """Find an employer that stands at the counter, and show what can be changed for it."""
    code = request.args.get("credit_code", "").strip().upper()
    employer: EmployerView | None = None
    accounts: tuple[BankAccountView, ...] = ()
    error = None
    if code:
        try:
            employer, accounts = _find_account(code), _find_bank_accounts(code)
        except FAULTS as fault:
            error = fault
    return show("clerk/employers.html", error, code=code, employer=employer, accounts=accounts)


@pages.route("/employers/<string:code>/handler", methods=["GET", "POST"])
def change_handler(code: str) -> Response:
    """经办人变更: a code to the new handler's phone first, then the change with it."""
    if request.method == "GET":
        return _show_handler(code)
    try:
        if request.form.get("action") == "sms":
            ask(filled(RequestSmsCode, id=new_id(), purpose="change_handler", credit_code=code))
            return _show_handler(code, code_requested=True)
        changed = ask(filled(ChangeHandler, employer=code))
    except FAULTS as error:
        return _show_handler(code, error)
    flash(gettext("经办人已变更为 %(name)s，原经办人将收到短信通知。", name=changed.handler_name), "success")
    return _back_to(code)


@pages.route("/employers/<string:code>/bank-accounts/<string:unit_no>", methods=["GET", "POST"])
def change_bank_account(code: str, unit_no: str) -> Response:
    """单位银行账户变更: the number is typed twice."""
    if request.method == "GET":
        return _show_bank_account(code, unit_no)
    number, again = (_digits(name) for name in ("account", "account_again"))
    try:
        command = filled(ChangeBankAccount, employer=code, unit_no=unit_no, account=number)
        if number != again:
            raise InvalidForm(["account_again"])
        changed = ask(command)
    except FAULTS as error:
        return _show_bank_account(code, unit_no, error)
    flash(gettext("%(unit)s的银行账户已变更。", unit=changed.unit_name), "success")
    if changed.refunds_changed:
        refunds = "、".join(changed.refunds_changed)
        flash(gettext("以下返还改为付至新账户：%(refunds)s。", refunds=refunds), "success")
    return _back_to(code)


@pages.route("/employers/<string:code>/certificate", methods=["GET", "POST"])
def release_certificate(code: str) -> Response:
    """证书解绑, after it was said what that means."""
    if request.method == "GET":
        return _show_certificate(code)
    try:
        if "understood" not in request.form:
            raise InvalidForm(["understood"])
        ask(filled(ReleaseCertificate, credit_code=code))
    except FAULTS as error:
        return _show_certificate(code, error)
    flash(gettext("已解绑。单位下次登录时将绑定所用数字证书的机构。"), "success")
    return _back_to(code)


def _find_account(code: str) -> EmployerView | None:
    try:
        return ask(from_address(GetEmployer, employer=code))
    except Missing:
        return None


def _find_bank_accounts(code: str) -> tuple[BankAccountView, ...]:
    try:
        return ask(from_address(ListBankAccounts, employer=code)).accounts
    except Missing:
        return ()


def _digits(name: str) -> str:
    """Return a number that may have been typed in groups."""
    return "".join(request.form.get(name, "").split())


def _back_to(code: str) -> Response:
    return redirect(url_for(".employers", credit_code=code), 303)


def _show_handler(code: str, error: Exception | None = None, *, code_requested: bool = False) -> Response:
    employer = ask(from_path(GetEmployer, employer=code))
    return show("clerk/handler.html", error, employer=employer, code_requested=code_requested)


def _show_bank_account(code: str, unit_no: str, error: Exception | None = None) -> Response:
    accounts = ask(from_path(ListBankAccounts, employer=code)).accounts
    current = next((account for account in accounts if account.unit_no == unit_no), None)
    if current is None:
        raise Missing("unit_missing", "this employer has no such unit")
    return show("clerk/bank_account.html", error, current=current)


def _show_certificate(code: str, error: Exception | None = None) -> Response:
    return show("clerk/certificate.html", error, employer=ask(from_path(GetEmployer, employer=code)))

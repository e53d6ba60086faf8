"""单位银行账户变更: which account the money of each insured unit goes to."""

import re

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.employer.blueprint import pages
from services.contracts.errors import Missing
from services.contracts.subsidy.bank_accounts import BankAccountView, ChangeBankAccount, ListBankAccounts


@pages.get("/bank-accounts")
def bank_accounts() -> Response:
    """Show the accounts of all insured units."""
    return show("employer/bank_accounts.html", accounts=ask(ListBankAccounts()).accounts)


@pages.route("/bank-accounts/<string:unit_no>", methods=["GET", "POST"])
def bank_account(unit_no: str) -> Response | Redirect:
    """Change the account of one unit."""
    current = next((one for one in ask(ListBankAccounts()).accounts if one.unit_no == unit_no), None)
    if current is None:
        raise Missing("unit_missing", "this employer has no such unit")
    if request.method == "GET":
        return show("employer/bank_account.html", account=current)
    try:
        flash(_told(_change(unit_no)), "success")
    except FAULTS as error:
        return show("employer/bank_account.html", error, account=current)
    return redirect(url_for(".bank_accounts"), 303)


def _change(unit_no: str) -> BankAccountView:
    """The number may be typed in groups. Its field is not called `account`: that is a clerk's."""
    digits = re.sub(r"\s", "", request.form.get("bank_account", ""))
    try:
        command = filled(ChangeBankAccount, unit_no=unit_no, account=digits)
    except InvalidForm as error:
        names = ["bank_account" if name == "account" else name for name in error.fields]
        raise InvalidForm(names) from None
    return ask(command)


def _told(changed: BankAccountView) -> str:
    if changed.refunds_changed:
        numbers = "、".join(changed.refunds_changed)
        return gettext("银行账户已变更。尚未公示的返还 %(numbers)s 将拨付到新账户。", numbers=numbers)
    return gettext("银行账户已变更。")

"""单位银行账户变更: where an employer's money goes."""

from flask import Response

from gateway.api.messages import body_of, command, only, reply, room
from gateway.bus import ask
from services.contracts.subsidy.bank_accounts import (
    BankAccountsView,
    BankAccountView,
    ChangeBankAccount,
    ListBankAccounts,
)

api = room("bank_accounts")

UnitPath = only(ChangeBankAccount, "unit_no")
ChangeBankAccountBody = body_of(ChangeBankAccount, "unit_no")


@api.get("/bank-accounts", responses={200: BankAccountsView})
def list_bank_accounts(query: ListBankAccounts) -> Response:
    """Show an employer the accounts of its insured units (the reception post names one: `employer`)."""
    return reply(ask(query))


@api.post("/bank-accounts/<string:unit_no>", responses={200: BankAccountView})
def change_bank_account(path: UnitPath, body: ChangeBankAccountBody) -> Response:
    """Change the account of a unit: by certificate, or at the counter (`employer` says for whom)."""
    return reply(ask(command(ChangeBankAccount, path, body)))

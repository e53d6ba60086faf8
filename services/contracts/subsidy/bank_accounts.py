"""单位银行账户变更: where an employer's money goes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.contracts.base import Command, Event, Query, View
from services.contracts.values import CreditCode, Sealed, UnitNo

AccountNo = Annotated[str, Field(pattern=r"^[0-9]{8,30}$", repr=False, description="digits only")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class BankAccountView(View):
    """The account that counts for an insured unit, masked; `changed_at` is None while it is the registry's.

    `refunds_changed`: numbers of the refunds (not yet in a notice) that are paid to the new account from now
    on; for those already answered a new slip is archived.
    """

    credit_code: CreditCode
    unit_no: UnitNo
    unit_name: str
    account_name: str | None
    account_masked: str | None
    bank: str | None
    changed_at: datetime | None
    changed_by: str | None
    refunds_changed: tuple[str, ...] = ()


class BankAccountsView(View):
    """The accounts of all insured units of one employer."""

    accounts: tuple[BankAccountView, ...]


class ListBankAccounts(Query[BankAccountsView]):
    """Show the employer its accounts; `employer` is for the reception post."""

    employer: CreditCode | None = None


class ChangeBankAccount(Command[BankAccountView]):
    """By the employer with its certificate, or at the counter (`employer` says for whom). The name of the
    account must be the unit's. Refunds that stand in a notice keep the account they were published with."""

    unit_no: UnitNo
    account_name: Name
    account: AccountNo
    bank: Name
    employer: CreditCode | None = None


class BankAccountChanged(Event):
    """A unit is paid to another account from now on. `phone`: of the unit's contact, None if not known."""

    version: Literal[1] = 1
    change_id: UUID
    employer: CreditCode
    unit_no: UnitNo
    unit_name: str
    account_masked: str
    bank: str
    phone: Sealed | None

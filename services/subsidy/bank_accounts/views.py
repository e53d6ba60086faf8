"""What is seen of accounts: masked."""

from services.chassis.unit_of_work import UnitOfWork
from services.contracts.subsidy.bank_accounts import BankAccountsView, BankAccountView, ListBankAccounts
from services.contracts.values import mask_account
from services.subsidy.bank_accounts.domain import may_deal_with, require_owner
from services.subsidy.registry import store as registry
from services.subsidy.registry.domain import Unit


def list_bank_accounts(uow: UnitOfWork, query: ListBankAccounts) -> BankAccountsView:
    """Show an employer the accounts of its units; the counter those of the units within its region."""
    employer = require_owner(actor=uow.actor, employer=query.employer)
    units = registry.list_units(uow, employer)
    mine = [unit for unit in units if may_deal_with(unit=unit, actor=uow.actor)]
    return BankAccountsView(accounts=tuple(account_view(uow, unit) for unit in mine))


def account_view(uow: UnitOfWork, unit: Unit, *, refunds_changed: tuple[str, ...] = ()) -> BankAccountView:
    """Return the view of a unit's account as the registry of today has it."""
    change = registry.get_change_in_force(uow, unit)
    return BankAccountView(
        credit_code=unit.credit_code,
        unit_no=unit.unit_no,
        unit_name=unit.unit_name,
        account_name=unit.account_name,
        account_masked=mask_account(unit.account) if unit.account else None,
        bank=unit.bank,
        changed_at=change.at if change else None,
        changed_by=(change.by_name or change.by) if change else None,
        refunds_changed=refunds_changed,
    )

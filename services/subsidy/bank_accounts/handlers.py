"""One function per message: load → decide → save → publish."""

from dataclasses import replace

from services.chassis.sealing import seal, unseal
from services.chassis.unit_of_work import UnitOfWork
from services.contracts import catalogue
from services.contracts.subsidy.bank_accounts import BankAccountChanged, BankAccountView, ChangeBankAccount
from services.contracts.values import CreditCode, UnitNo, mask_account
from services.subsidy.approval.domain import Account, Refund
from services.subsidy.approval.store import items, refunds
from services.subsidy.bank_accounts.domain import one_line, require_own_name, require_owner, require_unit
from services.subsidy.bank_accounts.views import account_view
from services.subsidy.confirmation.domain import channel_of
from services.subsidy.confirmation.steps import repeat_answer
from services.subsidy.confirmation.store import hold_refunds
from services.subsidy.decisions.store import record_decision
from services.subsidy.registry import store as registry
from services.subsidy.registry.domain import AccountChange, Unit


def change_bank_account(uow: UnitOfWork, command: ChangeBankAccount) -> BankAccountView:
    """Let the money of a unit go elsewhere: registry, lines of batches, refunds that no notice has frozen.

    The change takes the id of its command.
    """
    employer = require_owner(actor=uow.actor, employer=command.employer)
    catalogue.require(uow.actor, "bank_account_change")
    registry.hold_unit(uow, command.unit_no)
    unit = require_unit(unit=_unit_of(uow, employer, command.unit_no), actor=uow.actor)
    require_own_name(account_name=command.account_name, unit=unit)
    change = _change(uow, command, unit).after(registry.get_last_change(uow, unit.unit_no))
    changed = _change_refunds(uow, change)
    registry.add_account_change(uow, change)
    record_decision(uow, command.name, change.id, command.id)
    for refund in changed:
        record_decision(uow, command.name, refund.id, command.id)
    _tell(uow, change, unit)
    numbers = tuple(sorted(refund.number for refund in changed))
    return account_view(uow, registry.get_unit(uow, unit.unit_no), refunds_changed=numbers)


def _unit_of(uow: UnitOfWork, employer: CreditCode, unit_no: UnitNo) -> Unit | None:
    found = registry.get_units(uow, [unit_no]).get(unit_no)
    return found if found and found.credit_code == employer else None


def _change(uow: UnitOfWork, command: ChangeBankAccount, unit: Unit) -> AccountChange:
    return AccountChange(
        id=command.id,
        unit_no=unit.unit_no,
        credit_code=unit.credit_code,
        account_name=one_line(command.account_name),
        account=command.account,
        bank=one_line(command.bank),
        by=uow.actor.id,
        by_name=uow.actor.name,
        channel=channel_of(actor=uow.actor),
        address=uow.caller.address[:45],
        message_id=uow.message_id,
        at=uow.now,
    )


def _change_refunds(uow: UnitOfWork, change: AccountChange) -> list[Refund]:
    """Change what no notice froze, under the locks of answers and notices; return what was changed."""
    account = Account(account_name=change.account_name, account=seal(change.account), bank=change.bank)
    items.hold_batches_of(uow, change.unit_no)
    items.set_account(uow, change.unit_no, change.credit_code, account)
    found = [
        refund
        for refund in refunds.list_refunds(uow, change.credit_code)
        if refund.unit_no == change.unit_no and not _goes_to(refund, change)
    ]
    standings = hold_refunds(uow, found)
    changed = []
    for refund in found:
        standing = standings[refund.id]
        if standing.noticed_at:
            continue
        refunds.set_account(uow, refund.id, account)
        changed.append(replace(refund, **vars(account)))
        if standing.choice:
            repeat_answer(uow, changed[-1], standing)
    return changed


def _goes_to(refund: Refund, change: AccountChange) -> bool:
    same = (refund.account_name, refund.bank) == (change.account_name, change.bank)
    return same and unseal(refund.account) == change.account


def _tell(uow: UnitOfWork, change: AccountChange, unit: Unit) -> None:
    """Tell the contact whom the registry knows, not who is signed in: a stranger would not complain."""
    uow.publish(
        BankAccountChanged(
            at=uow.now,
            change_id=change.id,
            employer=unit.credit_code,
            unit_no=unit.unit_no,
            unit_name=unit.unit_name,
            account_masked=mask_account(change.account),
            bank=change.bank,
            phone=seal(unit.phone) if unit.phone else None,
        )
    )

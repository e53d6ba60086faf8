"""单位网厅: sign in, register, confirm or waive, 待办 and 已办, look after the account."""

from gateway.portals import confirmation, second_step, todos
from gateway.portals.employer import (  # noqa: F401  (they add their routes)
    account,
    bank_accounts,
    eligibility,
    home,
    register,
    sign_in,
)
from gateway.portals.employer.blueprint import pages

confirmation.add_to(pages)
todos.add_to(pages)
second_step.add_to(pages)

__all__ = ["pages"]

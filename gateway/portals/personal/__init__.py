"""个人网厅: register, sign in, declare the maintenance of a unit's credit code, look after the account."""

from gateway.portals import second_step
from gateway.portals.personal import (  # noqa: F401  (they add their routes)
    account,
    maintenance,
    register,
    sign_in,
)
from gateway.portals.personal.blueprint import pages

second_step.add_to(pages)

__all__ = ["pages"]

"""经办端: import, screen, approve, publish, the counter; people, authorities and the audit trail."""

from gateway.portals import confirmation, second_step, todos
from gateway.portals.clerk import (  # noqa: F401  (they add their routes)
    account,
    approval,
    audit,
    authorities,
    batch_lines,
    counter,
    employers,
    incomplete,
    maintenances,
    notices,
    policies,
    policy_drafts,
    quality,
    registry,
    screening,
    sign_in,
    simulation,
    staff,
    versions,
    workbench,
)
from gateway.portals.clerk.blueprint import pages

confirmation.add_to(pages)
todos.add_to(pages)
second_step.add_to(pages)

__all__ = ["pages"]

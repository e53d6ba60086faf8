"""单位网厅: sign in, register, confirm or waive, 待办 and 已办."""

from gateway.portals import confirmation, todos
from gateway.portals.employer import home, register, sign_in  # noqa: F401  (they add their routes)
from gateway.portals.employer.blueprint import pages

confirmation.add_to(pages)
todos.add_to(pages)

__all__ = ["pages"]

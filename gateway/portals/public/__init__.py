"""What anybody may see: the landing page, notices, the slip check, policies, help."""

from gateway.portals.public import health, landing, notices, slip_check  # noqa: F401  (they add their routes)
from gateway.portals.public.blueprint import pages

__all__ = ["pages"]

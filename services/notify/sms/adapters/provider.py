"""What an SMS provider does for us."""

from typing import Protocol
from uuid import UUID


class NotSent(Exception):
    """The provider certainly did not take the message. `is_final`: it never will (a wrong number, say)."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Provider(Protocol):
    """Carries messages. Called outside transactions; must answer well within the lease of a message."""

    def send(self, *, key: UUID, phone: str, text: str) -> None:
        """Hand a message over; the same key is the same message, sent once.

        Raises NotSent if it surely did not go; any other error means that nobody knows.
        """

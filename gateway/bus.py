"""The way to the services: one client per worker process, made after fork at the first request."""

import threading
from typing import Any
from uuid import UUID

from flask import current_app, g, request

from services.chassis.ids import new_id
from services.chassis.rpc_client import RpcClient
from services.contracts.base import Answer, Request
from services.contracts.errors import Refused


class LazyBus:
    """Makes the RpcClient when it is first needed, once, whichever thread comes first."""

    def __init__(self, broker_url: str, timeout: float) -> None:
        self._broker_url, self._timeout = broker_url, timeout
        self._lock = threading.Lock()
        self._client: RpcClient | None = None

    def client(self) -> RpcClient:
        """Return the client of this process."""
        with self._lock:
            if self._client is None:
                self._client = RpcClient(self._broker_url, self._timeout)
            return self._client

    def ask(
        self, request: Request[Answer], session: str | None = None, trace: str = "", **caller: str
    ) -> Answer:
        """Ask the owner of the request. `caller`: address and agent, as the RpcClient takes them."""
        return self.client().ask(request, session, trace, **caller)

    def is_connected(self, seconds: float) -> bool:
        """Is the broker there, or within so many seconds?"""
        return self.client().is_connected(seconds)


def ask(question: Request[Answer]) -> Answer:
    """Ask in the name of whoever is signed in; Problems come back as exceptions."""
    bus: Any = current_app.extensions["bus"]
    caller = {"address": request.remote_addr or "", "agent": request.user_agent.string}
    answer: Answer = bus.ask(question, g.get("token"), trace=g.get("trace", ""), **caller)
    return answer


def command_id() -> UUID:
    """Return the id of a command: the caller's Idempotency-Key (a repetition changes nothing), or new."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return new_id()
    try:
        return UUID(key)
    except ValueError:
        raise Refused("idempotency_key_invalid", "Idempotency-Key must be a UUID") from None

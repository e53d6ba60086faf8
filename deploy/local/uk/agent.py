"""`python -m deploy.local.uk.agent`: what the vendors' middleware is on an employer's computer.

A page posts JSON to http://127.0.0.1:18999/SOF_… and reads {"retVal": …} or {"retVal": null, "error": code}.
Only pages of the origins that are allowed are answered, and only under a name of the loopback: a page that
bends its own name to 127.0.0.1 (DNS rebinding) is refused.

    UK_AGENT_PORT       18999
    UK_AGENT_ORIGINS    http://127.0.0.1:8000,http://localhost:8000
    UK_TOKENS           var/run/uk/tokens: the folder of the software tokens, one folder each
    UK_PKCS11_MODULE    a .so whose tokens are offered as well; may be empty
"""

import importlib.util
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from deploy.local.terminal import Trouble, run_command, say
from deploy.local.uk.clock import house_clock
from deploy.local.uk.loopback import Loopback, Visit
from deploy.local.uk.sof import Middleware, Refusal
from deploy.local.uk.token import SoftwareToken, Token

PREFLIGHT_SECONDS = 600  # how long a browser need not ask again


class AgentVisit(Visit):
    """A request of a page."""

    def do_OPTIONS(self) -> None:
        """Tell the browser whether its page may call."""
        refused = self._refused()
        self.answer(403 if refused else 204, headers={} if refused else self._permission())

    def do_POST(self) -> None:
        """Call a method."""
        refused, body = self._refused(), self.body()
        if refused:
            return self._say(403, {"retVal": None, "error": refused})
        if self.headers.get_content_type() != "application/json":
            return self._say(415, {"retVal": None, "error": "input_invalid"})
        if body is None:
            return self._say(413, {"retVal": None, "error": "input_invalid"})
        try:
            values = _object(body)
            answer = self._agent.middleware.call(self.path.removeprefix("/"), values, self._origin)
        except Refusal as refusal:
            return self._say(200, {"retVal": None, "error": refusal.code})
        self._say(200, {"retVal": answer})

    @property
    def _agent(self) -> "Agent":
        return cast(Agent, self.server)

    @property
    def _origin(self) -> str:
        return str(self.headers.get("Origin", ""))

    def _refused(self) -> str | None:
        """Return why this page, or this way of calling, is not answered."""
        if self.headers.get("Host") not in self._agent.names:
            return "host_refused"
        return None if self._origin in self._agent.origins else "origin_refused"

    def _permission(self) -> dict[str, str]:
        """Return what the browser wants to read before its page may read the answer."""
        return {
            "Access-Control-Allow-Origin": self._origin,
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "content-type",
            "Access-Control-Allow-Private-Network": "true",
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
            "Vary": "Origin",
        }

    def _say(self, status: int, content: Mapping[str, Any]) -> None:
        permission = {} if status == 403 else self._permission()
        self.answer(status, json.dumps(content).encode(), "application/json", permission)


class Agent(Loopback):
    """The agent on its port. `origins`: the pages that are answered."""

    def __init__(self, port: int, *, middleware: Middleware, origins: Sequence[str]) -> None:
        super().__init__(port, AgentVisit)
        self.middleware = middleware
        self.origins = frozenset(origins)
        self.names = frozenset(f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost"))


def find_tokens(folder: Path, module: str) -> list[Token]:
    """Return what is plugged in now: the software tokens of a folder, and what a PKCS#11 module shows."""
    tokens: list[Token] = [SoftwareToken.load(path.parent) for path in sorted(folder.glob("*/token.json"))]
    if module:
        from deploy.local.uk.pkcs11_token import Pkcs11Token

        tokens.extend(Pkcs11Token.find_all(module, folder / "pkcs11"))
    return tokens


def main() -> None:
    """Serve until SIGTERM."""
    folder = Path(os.environ.get("UK_TOKENS", "var/run/uk/tokens"))
    module = os.environ.get("UK_PKCS11_MODULE", "")
    if module and not importlib.util.find_spec("pkcs11"):
        raise Trouble("UK_PKCS11_MODULE needs the package python-pkcs11")
    port = int(os.environ.get("UK_AGENT_PORT", "18999"))
    origins = os.environ.get("UK_AGENT_ORIGINS", "http://127.0.0.1:8000,http://localhost:8000").split(",")
    middleware = Middleware(lambda: find_tokens(folder, module), clock=house_clock())
    agent = Agent(port, middleware=middleware, origins=origins)
    say(f"the UK agent answers on port {agent.server_port} to {', '.join(origins)}")
    agent.serve_until_stopped()


def _object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal("input_invalid") from None
    if not isinstance(values, dict):
        raise Refusal("input_invalid")
    return values


if __name__ == "__main__":
    run_command(main)

"""Run the Procfile under honcho: `python -m deploy.local.supervise FIRST_PORT subsidy=2 …`

Each process gets a port of its own for its health page, in the order of the Procfile.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from honcho import environ, manager
from honcho.printer import Printer

PROCFILE = Path(__file__).with_name("Procfile")
WEB = ("gateway", "push")  # their replicas are workers behind one port
ALONE = ("uk-agent", "development-ca")  # one of each is all there is

manager.KILL_WAIT = 40  # seconds for the work in hand, before honcho kills


def kinds() -> list[str]:
    """Return the kinds of processes that can be scaled."""
    return [kind for kind in environ.parse_procfile(PROCFILE.read_text()).processes if kind not in ALONE]


def processes(first_port: int, replicas: Mapping[str, int]) -> list[environ.ProcessParams]:
    """Return name, command and environment of each process."""
    commands = environ.parse_procfile(PROCFILE.read_text()).processes
    replicas = {kind: count for kind, count in replicas.items() if kind not in WEB + ALONE}
    found = environ.expand_processes(commands, concurrency=replicas, env={})
    for port, process in enumerate(found, first_port):
        process.env["PORT"] = str(port)
    return list(found)


def main() -> None:
    """Run them until SIGTERM."""
    first_port, *scales = sys.argv[1:]
    replicas = {kind: int(count) for kind, count in (scale.split("=") for scale in scales)}
    house = manager.Manager(Printer(sys.stdout))
    for process in processes(int(first_port), replicas):
        house.add_process(process.name, process.cmd, env={**os.environ, **process.env})
    house.loop()
    sys.exit(house.returncode)


if __name__ == "__main__":
    main()

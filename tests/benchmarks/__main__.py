"""How fast, against floors and peers: `make bench`, or python -m tests.benchmarks [--only screening,import].

Writes tests/benchmarks/RESULTS.md: each part that ran replaces its section. Starts servers of its own.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import joined, loading, peers, rpc, scaling, screening
from tests.benchmarks.ground import Ground
from tests.benchmarks.report import RESULTS, Findings, load_average, section_of, write_section

Part = Callable[[Ground, argparse.Namespace], Findings]
PARTS: Mapping[str, Part] = {
    "screening": lambda ground, size: screening.measure(ground, size.units, size.rounds),
    "peers": lambda ground, size: peers.measure(ground, size.units),
    "scaling": lambda ground, size: scaling.measure(ground, size.units),
    "import": lambda ground, size: loading.measure(ground, size.lines),
    "what-if": lambda ground, size: joined.measure_what_if(ground, size.units),
    "approval": lambda ground, size: joined.measure_approval(ground, size.approvals),
    "rpc": lambda ground, size: rpc.measure(ground, size.seconds),
}


def main(words: list[str]) -> int:
    """Run the parts; 1 when one of them could not be measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--approvals", type=int, default=300_000)
    parser.add_argument("--seconds", type=float, default=4, help="of calling, in rpc")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(words)
    names = options.only.split(",")
    if unknown := set(names) - set(PARTS):
        parser.error(f"no such parts: {', '.join(sorted(unknown))}")
    for name in names:
        run(name, options)
    return 0


def run(name: str, options: argparse.Namespace) -> None:
    """Measure one part on fresh ground, and write its section."""
    before = load_average()
    # Everybody may look in: PostgreSQL runs as nobody where we are root.
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as servers:
        Path(folder).chmod(0o755)
        found = PARTS[name](Ground(Path(folder), servers), options)
    loads = before, load_average()
    write_section(name, found, loads, options.results)
    print(section_of(name, found, loads), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

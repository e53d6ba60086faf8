"""`python -m deploy.local.sample GATEWAY_URL [--units 5000] [--year 2026] [--folder F]`"""

import argparse
from pathlib import Path

from deploy.local.demo.people import Clerk
from deploy.local.demo.visitor import SaidNo
from deploy.local.sample.bring_in import CLERK_PASSWORD, MAKER, Agency, bring_in
from deploy.local.terminal import Trouble, run_command, say

ROOT = Path(__file__).parents[3]


def main() -> None:
    """Bring the sample province into a house in development; a second time changes nothing."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.sample", description=main.__doc__)
    parser.add_argument("gateway_url")
    parser.add_argument("--units", type=int, default=5000, help="insured units in all (5000)")
    parser.add_argument("--year", type=int, help="programme year (the latest in force)")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var/sample", help="where the files are written"
    )
    options = parser.parse_args()
    year = (
        options.year or Clerk(options.gateway_url).sign_in(MAKER, CLERK_PASSWORD).policies()[0].programme_year
    )
    say(f"programme {year}: {options.units} units")
    try:
        bring_in(Agency(options.gateway_url, year, say), folder=options.folder, count=options.units)
    except (SaidNo, TimeoutError, RuntimeError) as trouble:
        raise Trouble(str(trouble)) from trouble


if __name__ == "__main__":
    run_command(main)

"""The readers of the rules against each other: `python -m tests.benchmarks.agreement 1000000 [database url]`.

Judges that many units by chance with columns, plain Python, the explanation of every criterion and SQL
(SQLite in memory unless said otherwise), and prints counts, the first units over which they differ, seconds.
"""

import argparse
import sys
import time
from collections import Counter
from itertools import islice

import sqlalchemy as sa

from services.subsidy.policy.adapters.programmes import read_programme
from tests.services.screening_oracle import by_sql, disagreements
from tests.units import by_chance

STEP, SHOWN = 10_000, 10


def main() -> int:
    """Compare; 1 when any two differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("units", type=int)
    parser.add_argument("url", nargs="?", default="sqlite://")
    parser.add_argument("--seed", type=int, default=2023)
    options = parser.parse_args()
    policy, units = read_programme("henan_2023"), by_chance(options.units, options.seed)
    outcomes: Counter[str] = Counter()
    amount, differing, began = 0, 0, time.perf_counter()
    engine = sa.create_engine(options.url)
    with engine.connect() as connection:
        while some := list(islice(units, STEP)):
            verdicts = by_sql(connection, policy, some)
            outcomes.update(verdict.outcome.value for verdict in verdicts)
            amount += sum(verdict.amount for verdict in verdicts)
            found = disagreements(connection, policy, some)
            for each in found[: max(0, SHOWN - differing)]:
                print(each)
            differing += len(found)
    engine.dispose()
    counts = " + ".join(f"{outcomes[each]} {each}" for each in sorted(outcomes))
    print(f"{outcomes.total()} units = {counts}; {amount / 100:,.2f} yuan")
    print(f"{differing} differences in {time.perf_counter() - began:.0f} s")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

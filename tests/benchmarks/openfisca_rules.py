"""The rules of 2023 as an OpenFisca country, over columns in text files: `python openfisca_rules.py FOLDER`.

Runs in the environment of OpenFisca, not in ours. Amounts in yuan, as its countries have them. Writes
theirs.csv (their_eligible, their_amount in fen) and prints seconds as JSON.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

YEAR = "2022"
UNIT = build_entity(key="unit", plural="units", label="Insured unit", is_person=True)
ENTERPRISE, OTHERS = 1, (2, 3, 4, 5, 6, 7)  # places in values.UnitType; 8 and 9 are government, institutions
LARGE, SMALLER = 1, (2, 3, 4)  # places in values.SizeClass
WHOLE = (
    "unit_type size_class labour_dispatch audit_findings dishonest zombie headcount_now headcount_start"
    " headcount_end exempt months_full"
).split()


def given(name: str, kind: type) -> type[Variable]:
    """Return an input variable."""
    fields = {"value_type": kind, "entity": UNIT, "definition_period": DateUnit.YEAR}
    return type(name, (Variable,), fields)


class ratio(Variable):
    """30 % for large enterprises, 60 % for the others."""

    value_type, entity, definition_period = float, UNIT, DateUnit.YEAR

    def formula(unit, period):
        kind, size = unit("unit_type", period), unit("size_class", period)
        by_size = np.where(size == LARGE, 0.3, np.where(np.isin(size, SMALLER), 0.6, 0.0))
        return np.where(np.isin(kind, OTHERS), 0.6, by_size)


class layoff_is_small(Variable):
    """At most 5.5 % of the insured, 20 % where 30 people or fewer are."""

    value_type, entity, definition_period = bool, UNIT, DateUnit.YEAR

    def formula(unit, period):
        start = unit("headcount_start", period)
        gone = start - unit("headcount_end", period) - unit("exempt", period)
        return gone <= start * np.where(start <= 30, 0.2, 0.055)


class eligible(Variable):
    """All criteria."""

    value_type, entity, definition_period = bool, UNIT, DateUnit.YEAR

    def formula(unit, period):
        clean = (unit(name, period) == 0 for name in WHOLE[2:6])
        kind = np.isin(unit("unit_type", period), (ENTERPRISE, *OTHERS))
        end = unit("headcount_end", period)
        drop = end - unit("headcount_now", period) <= end * 0.5
        paid = (unit("months_full", period) >= 12) & (unit("base", period) > 0)
        may = kind & (unit("ratio", period) > 0) & unit("layoff_is_small", period) & drop & paid
        return may & np.logical_and.reduce(list(clean))


class amount(Variable):
    """Base × ratio, half up to the fen."""

    value_type, entity, definition_period = float, UNIT, DateUnit.YEAR

    def formula(unit, period):
        exact = unit("base", period) * unit("ratio", period)
        return np.where(unit("eligible", period), np.floor(exact * 100 + 0.5) / 100, 0)


def main(folder: Path) -> None:
    """Read, compute (timed), write."""
    columns = {name: np.fromfile(folder / name, dtype=np.int64, sep="\n") for name in (*WHOLE, "base")}
    system = TaxBenefitSystem([UNIT])
    inputs = [given(name, int) for name in WHOLE] + [given("base", float)]
    for variable in (*inputs, ratio, layoff_is_small, eligible, amount):
        system.add_variable(variable)
    began, cpu = time.perf_counter(), time.process_time()
    simulation = SimulationBuilder().build_default_simulation(system, count=len(columns["base"]))
    for name in WHOLE:
        simulation.set_input(name, YEAR, columns[name])
    simulation.set_input("base", YEAR, columns["base"] / 100)
    amounts, judged = simulation.calculate("amount", YEAR), simulation.calculate("eligible", YEAR)
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    fen = np.rint(amounts.astype(np.float64) * 100).astype(np.int64)
    table = np.column_stack([judged.astype(np.int64), fen])
    np.savetxt(folder / "theirs.csv", table, "%d", ",", header="their_eligible,their_amount", comments="")
    print(json.dumps({**took, "version": version("openfisca-core")}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

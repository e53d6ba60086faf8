"""Runs, verdicts and their explanation. Pure: (policy, facts) → verdict.

Amounts in fen, rates in basis points. None is unknown, and what rests on it is unknown.
"""

from services.subsidy.screening.domain.explanation import derivation as derivation
from services.subsidy.screening.domain.explanation import explain as explain
from services.subsidy.screening.domain.explanation import missing_facts as missing_facts
from services.subsidy.screening.domain.explanation import next_step as next_step
from services.subsidy.screening.domain.explanation import told_layoff_rate as told_layoff_rate
from services.subsidy.screening.domain.runs import Chunk as Chunk
from services.subsidy.screening.domain.runs import Screening as Screening
from services.subsidy.screening.domain.runs import Snapshot as Snapshot
from services.subsidy.screening.domain.runs import Source as Source
from services.subsidy.screening.domain.runs import plan_chunks as plan_chunks
from services.subsidy.screening.domain.verdicts import Verdict as Verdict
from services.subsidy.screening.domain.verdicts import codes_of as codes_of
from services.subsidy.screening.domain.verdicts import decide as decide
from services.subsidy.screening.domain.verdicts import evaluate as evaluate

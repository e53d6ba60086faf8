"""The rules of a programme: the language, a version, its statement, drafts and what differs. Pure."""

from services.subsidy.policy.domain.drafts import PolicyDraft as PolicyDraft
from services.subsidy.policy.domain.expressions import COMPARISONS as COMPARISONS
from services.subsidy.policy.domain.expressions import FACTS as FACTS
from services.subsidy.policy.domain.expressions import WORD as WORD
from services.subsidy.policy.domain.expressions import Expression as Expression
from services.subsidy.policy.domain.expressions import PolicyFault as PolicyFault
from services.subsidy.policy.domain.expressions import Value as Value
from services.subsidy.policy.domain.policies import Criterion as Criterion
from services.subsidy.policy.domain.policies import Policy as Policy
from services.subsidy.policy.domain.policies import PolicyInForce as PolicyInForce
from services.subsidy.policy.domain.policies import Section as Section
from services.subsidy.policy.domain.statement import Statement as Statement
from services.subsidy.policy.domain.statement import statement as statement
from services.subsidy.policy.domain.texts import figures as figures
